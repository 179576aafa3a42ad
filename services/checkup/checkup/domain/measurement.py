"""What an analysis yields before any scoring: raw numbers per metric, each with its status and evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """How far a metric got. A missing file is `measured` with 0; a missing source is `not_available`."""

    MEASURED = "measured"
    NOT_APPLICABLE = "not_applicable"
    NOT_AVAILABLE = "not_available"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding in words, with the place it was found at; never a secret, never a person's name or address."""

    text: str
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """One metric's raw numbers (`raw`, by input name of the rubric), or why there are none (`reason`)."""

    id: str
    status: Status
    raw: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that one look at one commit yields; scoring it again under another rubric needs nothing else.

    `facts` are numbers that rules beside the metrics ask for (caps, award gates), for example
    `production_lines`, `days_since_last_commit`, `template_phrases`, `no_licence`, `archived`.
    `share_read` is the part of the files that was looked at (1.0 unless a limit cut the analysis short).
    """

    commit: str
    measurements: tuple[Measurement, ...]
    facts: Mapping[str, float]
    share_read: float = 1.0
    notes: tuple[str, ...] = ()
    toolset: str = ""


def measured(metric_id: str, evidence: tuple[Evidence, ...] | list[Evidence] = (), /, **raw: float) -> Measurement:
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
