"""One analysis: survey a bare repository, take every metric on its own, and collect the facts that rules ask for."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import FrameType

from checkup.analysis import (
    architecture,
    community,
    credentials,
    documentation,
    history,
    instructions,
    interfaces,
    licences,
    limits,
    publiccode,
    safeguards,
    toolset,
    units,
    usability,
    words,
)
from checkup.analysis.paths import Kind
from checkup.analysis.repository import Repository, Skipped, printable
from checkup.analysis.survey import Survey
from checkup.domain.measurement import Analysis, Evidence, Measurement, Status, toolset_of

Detector = Callable[[Survey], list[Measurement]]
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
    (("Q5",), safeguards.tests),
    (("Q6",), safeguards.ci_tests),
    (("Q7",), safeguards.style),
    (("Q9",), credentials.measure),
    (("Q10",), safeguards.dependencies),
)
ARCHIVED = re.compile(
    r"\b(this (project|repository|repo) (is|has been) (now )?(archived|deprecated|no longer maintained|discontinued|"
    r"unmaintained)|"
    r"no longer (actively )?maintained|nicht (mehr|länger) (weiter)?(gepflegt|entwickelt|gewartet)|"
    r"(projekt|repository) (ist|wurde) (archiviert|eingestellt))",
    re.IGNORECASE,
)


def analyse(git_dir: Path, as_of: datetime) -> Analysis:
    """Measure HEAD of a bare repository at a reference date. EmptyRepository if there is no commit.

    The same commit, history and `as_of` give the same analysis, whatever the machine and the time of day.
    """
    with Repository.open(git_dir) as repository:
        survey = Survey(repository, history.read(git_dir, as_of))
        measurements: list[Measurement] = []
        for ids, detector in DETECTORS:
            measurements.extend(_taken(ids, detector, survey))
        facts = _facts(survey)
        return Analysis(
            commit=repository.commit,
            measurements=tuple(measurements),
            facts=facts,
            share_read=repository.share_read(),
            notes=tuple(_notes(repository.skipped, survey)),
            tools=toolset.tools(),
            toolset=toolset_of(toolset.tools()),
        )


def _taken(ids: tuple[str, ...], detector: Detector, survey: Survey) -> list[Measurement]:
    """What the detector says; a detector that fails or runs away costs its own metrics only."""
    try:
        with deadline(limits.GROUP_SECONDS):
            return [_printable(measurement) for measurement in detector(survey)]
    except TimeoutError:
        reason = f"Nach {limits.GROUP_SECONDS} Sekunden abgebrochen."
        return [Measurement(metric, Status.TIMEOUT, reason=reason) for metric in ids]
    except Exception as error:  # a repository may be malformed in any way
        reason = f"Die Messung ist an diesem Repository gescheitert ({type(error).__name__})."
        return [Measurement(metric, Status.ERROR, reason=reason) for metric in ids]


def _printable(measurement: Measurement) -> Measurement:
    """Evidence quotes a stranger's files: what is shown of it is free of control characters and short."""
    shown = (Evidence(printable(e.text), e.path and printable(e.path), e.line) for e in measurement.evidence)
    return replace(measurement, evidence=tuple(shown))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TimeoutError inside the block when it takes longer, even inside a regular expression."""

    def ring(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _facts(survey: Survey) -> dict[str, float]:
    readme = survey.readme
    prose = readme.prose if readme else ""
    return {
        "files": len(survey.files),
        "production_lines": safeguards.code_lines(survey, Kind.PRODUCTION),
        "days_since_last_commit": survey.history.days_since_last_commit,
        "commits_last_year": len(survey.history.last_year),
        "template_phrases": len(words.template_phrases(prose)),
        "archived": float(bool(ARCHIVED.search(prose[:5_000]))),
        "no_licence": float(not licences.found_any(survey)),
    }


def _notes(skipped: Skipped, survey: Survey) -> Iterator[str]:
    counted = (
        (skipped.symlinks, "symbolische Verweise übersprungen"),
        (skipped.submodules, "Untermodule nicht gelesen"),
        (skipped.strange_paths, "Einträge mit unzulässigen Pfaden übersprungen"),
        (skipped.oversize, f"Dateien über {limits.MAX_FILE_BYTES // 1_000_000} MB nicht gelesen"),
        (skipped.missing, "Objekte fehlten im Repository"),
    )
    for count, what in counted:
        if count:
            yield f"{count} {what}"
    if skipped.over_limit:
        yield f"Nach {limits.MAX_FILES} Dateien abgeschnitten; die Abdeckung ist entsprechend verringert"
    if survey.history.cut:
        yield f"Geschichte nach {limits.MAX_COMMITS} Beiträgen abgeschnitten"
