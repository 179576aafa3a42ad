"""One analysis: survey a bare repository, take every metric on its own, and collect the facts that rules ask for."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from checkup.analysis import (
    architecture,
    community,
    credentials,
    documentation,
    duplication,
    groups,
    history,
    hotspots,
    instructions,
    interfaces,
    licences,
    limits,
    patterns,
    probes,
    publiccode,
    safeguards,
    toolset,
    units,
    usability,
    words,
)
from checkup.analysis.groups import Clock, Detector, GroupDone
from checkup.analysis.paths import Kind
from checkup.analysis.repository import Repository, Skipped
from checkup.analysis.survey import Survey
from checkup.domain.measurement import Analysis, Measurement, toolset_of

DETECTORS: tuple[tuple[tuple[str, ...], Detector], ...] = (
    (("U2",), usability.german_interface),
    (("U3",), usability.way_to_try),
    (("U4",), usability.pictures),
    (("U5",), usability.accessibility),
    (("U6",), usability.handbook),
    (("U7",), usability.markup),
    (("C1",), community.weeks),
    (("C2",), community.knowledge),
    (("C3",), community.people),
    (("C4",), community.organisations),
    (("C5",), community.releases),
    (("C7",), community.welcome),
    (("C8",), community.reuse),
    (("D1",), documentation.roles),
    (("D2",), documentation.substance),
    (("D3",), documentation.extent),
    (("D4",), instructions.commands),
    (("D5",), instructions.configuration),
    (("D6",), documentation.changelog),
    (("D7",), licences.measure),
    (("D8",), documentation.german),
    (("D9",), publiccode.measure),
    (("D10",), instructions.links),
    (("D11",), documentation.freshness),
    (("A1",), architecture.overview),
    (("A2",), architecture.topics),
    (("A3",), architecture.diagrams),
    (("A4",), architecture.decisions),
    (("A5",), interfaces.measure),
    (("A6",), architecture.deployment),
    (("A7",), architecture.drift),
    (("Q1", "Q2", "Q4"), units.measure),
    (("Q3",), duplication.measure),
    (("Q5",), safeguards.tests),
    (("Q6",), safeguards.ci_tests),
    (("Q7",), safeguards.style),
    (("Q8",), patterns.measure),
    (("Q9",), credentials.measure),
    (("Q10",), safeguards.dependencies),
    (("Q11",), hotspots.measure),
)
ARCHIVED = re.compile(
    r"\b(this (project|repository|repo) (is|has been) (now )?(archived|deprecated|no longer maintained|discontinued|"
    r"unmaintained)|"
    r"no longer (actively )?maintained|nicht (mehr|länger) (weiter)?(gepflegt|entwickelt|gewartet)|"
    r"(projekt|repository) (ist|wurde) (archiviert|eingestellt))",
    re.IGNORECASE,
)


def analyse(
    git_dir: Path,
    as_of: datetime,
    *,
    scratch: Path | None = None,
    seconds: float = limits.ANALYSIS_SECONDS,
    tell: Callable[[GroupDone], None] | None = None,
) -> Analysis:
    """Measure HEAD of a bare repository at a reference date, in about `seconds`. EmptyRepository if there is no commit.

    The same commit, history and `as_of` give the same analysis, whatever the machine and the time of day. `scratch` is
    an empty folder for copies (one of its own by default); `tell` hears of every group of metrics that is through.
    """
    if scratch is None:
        with tempfile.TemporaryDirectory(prefix="marktplatz-checkup-") as folder:
            return analyse(git_dir, as_of, scratch=Path(folder), seconds=seconds, tell=tell)
    clock = Clock(seconds)
    with Repository.open(git_dir) as repository:
        survey = Survey(repository, history.read(git_dir, as_of), scratch)
        measurements: list[Measurement] = []
        for done, (ids, detector) in enumerate(DETECTORS, start=1):
            begun = time.monotonic()
            measurements.extend(groups.taken(ids, detector, survey, clock))
            if tell is not None:
                tell(GroupDone(ids, done, len(DETECTORS), time.monotonic() - begun, groups.peak_bytes()))
        return Analysis(
            commit=repository.commit,
            measurements=tuple(measurements),
            facts=_facts(survey, clock),
            share_read=repository.share_read(),
            notes=tuple(_notes(repository.skipped, survey)),
            probes={name: groups.probed(probe, survey, clock) for name, probe in probes.PROBES.items()},
            tools=toolset.tools(),
            toolset=toolset_of(toolset.tools()),
        )


def _facts(survey: Survey, clock: Clock) -> dict[str, float]:
    """Numbers that rules beside the metrics ask for; one that cannot be had is left out, which earns nothing."""
    facts: dict[str, float] = {}
    for name, count in FACTS.items():
        # a repository may be malformed in any way
        with suppress(Exception), groups.deadline(limits.GROUP_SECONDS, wall=clock.left() or 1):
            facts[name] = float(count(survey))
    return facts


def _prose(survey: Survey) -> str:
    return survey.readme.prose if survey.readme else ""


FACTS: Mapping[str, Callable[[Survey], float]] = {
    "files": lambda survey: len(survey.files),
    "production_lines": lambda survey: safeguards.code_lines(survey, Kind.PRODUCTION),
    "days_since_last_commit": lambda survey: survey.history.days_since_last_commit,
    "commits_last_year": lambda survey: len(survey.history.last_year),
    "template_phrases": lambda survey: len(words.template_phrases(_prose(survey))),
    "archived": lambda survey: bool(ARCHIVED.search(_prose(survey)[:5_000])),
    "no_licence": lambda survey: not licences.found_any(survey),
}


def _notes(skipped: Skipped, survey: Survey) -> Iterator[str]:
    counted = (
        (skipped.symlinks, "symbolische Verweise übersprungen"),
        (skipped.submodules, "Untermodule nicht gelesen"),
        (skipped.strange_paths, "Einträge mit unzulässigen Pfaden übersprungen"),
        (skipped.oversize, f"Dateien über {limits.MAX_FILE_BYTES // 1_000_000} MB nicht gelesen"),
        (skipped.missing, "Objekte fehlten im Repository"),
        (skipped.elsewhere, "Dateien liegen in Git LFS und wurden nicht gelesen"),
    )
    for count, what in counted:
        if count:
            yield f"{count} {what}"
    if skipped.over_limit:
        yield f"Nach {limits.MAX_FILES} Dateien abgeschnitten; die Abdeckung ist entsprechend verringert"
    if survey.history.cut:
        yield f"Geschichte nach {limits.MAX_COMMITS} Beiträgen abgeschnitten"
