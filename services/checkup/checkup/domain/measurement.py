"""What an analysis yields before any scoring: raw numbers per metric, each with its status and evidence."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """How far a metric got. A missing file is `measured` with 0; a missing source is `not_available`."""

    MEASURED = "measured"
    NOT_APPLICABLE = "not_applicable"
    NOT_AVAILABLE = "not_available"
    ERROR = "error"
    TIMEOUT = "timeout"


class Origin(StrEnum):
    """Where a number was taken. What is not of the commit was so at the time it was looked at, and may change."""

    REPOSITORY = "repository"
    FORGE = "forge"
    DEMO = "demo"


class Presence(StrEnum):
    """What a probe says; `not_available` when its source was out of reach."""

    FOUND = "found"
    ABSENT = "absent"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding in words, with the place it was found at; never a secret, never a person's name or address."""

    text: str
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """One metric's raw numbers (`raw`, by input name of the rubric), or why there are none (`reason`).

    `observed_at` is set when a part of it was not taken from the commit but from the forge or the demo.
    """

    id: str
    status: Status
    raw: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None
    origin: Origin = Origin.REPOSITORY
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """A fact beside the dimensions that supports or contradicts what a provider declares; never part of a score.

    `values` are what was found where it can be compared: SPDX identifiers, host names.
    """

    status: Presence
    evidence: tuple[Evidence, ...] = ()
    values: tuple[str, ...] = ()
    reason: str | None = None
    origin: Origin = Origin.REPOSITORY
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that one look at one commit yields; scoring it again under another rubric needs nothing else.

    `facts` are numbers that rules beside the metrics ask for (caps, award gates), for example
    `production_lines`, `days_since_last_commit`, `template_phrases`, `no_licence`, `archived`.
    `share_read` is the part of the files that was looked at (1.0 unless a limit cut the analysis short).
    `probes` are by id; `tools` are versions by name of whatever measured, `toolset` is the digest of those that
    measured the commit: the same commit, toolset and `as_of` give the same numbers.
    """

    commit: str
    measurements: tuple[Measurement, ...]
    facts: Mapping[str, float]
    share_read: float = 1.0
    notes: tuple[str, ...] = ()
    probes: Mapping[str, Probe] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    toolset: str = ""


@dataclass(frozen=True, slots=True)
class Observations:
    """What was seen outside of the commit during the run, on the forge or the demo address."""

    measurements: tuple[Measurement, ...] = ()
    probes: Mapping[str, Probe] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)


def with_observations(analysis: Analysis, *seen: Observations) -> Analysis:
    """The analysis with what was seen elsewhere: new metrics are added, a measured one gets the further raw numbers.

    A metric that could not be taken of the commit (`not_applicable`, `error`, `timeout`) stays so.
    """
    measurements = {measurement.id: measurement for measurement in analysis.measurements}
    probes, tools = dict(analysis.probes), dict(analysis.tools)
    for one in seen:
        for new in one.measurements:
            measurements[new.id] = _joined(measurements.get(new.id), new)
        probes.update(one.probes)
        tools.update(one.tools)
    return replace(
        analysis,
        measurements=tuple(sorted(measurements.values(), key=lambda measurement: measurement.id)),
        probes=dict(sorted(probes.items())),
        tools=dict(sorted(tools.items())),
    )


def _joined(known: Measurement | None, new: Measurement) -> Measurement:
    if known is None or known.status is Status.NOT_AVAILABLE:
        return new
    if known.status is not Status.MEASURED or new.status is not Status.MEASURED:
        return known
    raw, evidence = {**known.raw, **new.raw}, (*known.evidence, *new.evidence)
    return replace(known, raw=raw, evidence=evidence, origin=new.origin, observed_at=new.observed_at)


def toolset_of(tools: Mapping[str, str]) -> str:
    """The digest of tools and their versions: 16 hexadecimal digits."""
    canonical = json.dumps(dict(tools), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def measured(metric_id: str, evidence: Iterable[Evidence] = (), /, **raw: float) -> Measurement:
    """A metric that was measured; numbers are rounded so that no platform's last bit shows in a report."""
    return Measurement(
        metric_id, Status.MEASURED, {name: round(float(value), 4) for name, value in raw.items()}, tuple(evidence)
    )


def not_applicable(metric_id: str, reason: str) -> Measurement:
    """The question makes no sense for this repository: leaves numerator and denominator."""
    return Measurement(metric_id, Status.NOT_APPLICABLE, reason=reason)


def not_available(metric_id: str, reason: str) -> Measurement:
    """The question makes sense but its source was out of reach: lowers the coverage, not the score."""
    return Measurement(metric_id, Status.NOT_AVAILABLE, reason=reason)
