"""Functions and their complexity, length and parameters (lizard), immune to markers that ask to be left out."""

import contextlib
import io
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from checkup.analysis import limits, paths
from checkup.analysis.paths import Kind
from checkup.analysis.repository import File
from checkup.analysis.survey import Survey, shown, too_large
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable

_before = list(sys.path)
lizard: Any = import_module("lizard")  # it puts folders in front of the module path, which is undone at once
sys.path[:] = _before

MARKER = re.compile(
    r"lizard\s+forgive|GENERATED CODE|noqa\b|NOSONAR|eslint-disable|type:\s*ignore|pylint:\s*disable|nosec\b|"
    r"gitleaks:allow|jscpd:ignore|@SuppressWarnings|phpcs:ignore|nolint\b|rubocop:disable",
    re.IGNORECASE,
)
FEWEST = 30  # functions below which shares say nothing


@dataclass(frozen=True, slots=True)
class Unit:
    """One function: where it is, its lines of code, cyclomatic complexity and number of parameters."""

    name: str
    path: str
    line: int
    lines: int
    complexity: int
    parameters: int


def all_comments_dropped(tokens: Iterator[str], reader: Any) -> Iterator[str]:
    """Stands in for lizard's own comment step, which obeys `#lizard forgives` and stops at `GENERATED CODE`."""
    for token in tokens:
        comment = reader.get_comment_from_token(token)
        if comment is None:
            yield token
        else:
            for _ in comment.splitlines()[1:]:
                yield "\n"


_STEPS: list[Callable[..., Any]] = [
    lizard.preprocessing,
    all_comments_dropped,
    lizard.line_counter,
    lizard.token_counter,
    lizard.condition_counter,
]


def units_of(path: str, code: str) -> list[Unit]:
    """The functions of one file; none when lizard cannot read it."""
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            found = lizard.FileAnalyzer(_STEPS).analyze_source_code(path, code)
    except (TimeoutError, MemoryError):
        raise
    except Exception:  # any file may be malformed, and lizard has no error class of its own
        return []
    return [
        Unit(
            name=str(unit.name)[:100],
            path=path,
            line=int(unit.start_line),
            lines=int(unit.nloc),
            complexity=int(unit.cyclomatic_complexity),
            parameters=len(unit.full_parameters),
        )
        for unit in found.function_list
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """All functions of the production code, markers that ask checks to look away, and files too large to be read."""

    units: list[Unit]
    markers: list[Evidence]
    unread: int


def found_in(survey: Survey) -> Found:
    """The functions of the production code, gone through once per analysis."""
    return survey.once("units", lambda: _all_units(survey))


def _all_units(survey: Survey) -> Found:
    units: list[Unit] = []
    markers: list[Evidence] = []
    total = unread = 0
    for file in survey.code(Kind.PRODUCTION):
        if paths.extension(file.path) not in paths.UNIT_LANGUAGES:
            continue
        if file.size > limits.MAX_UNIT_BYTES or total + file.size > limits.MAX_UNITS_TOTAL_BYTES:
            unread += 1
            continue
        total += file.size
        code = survey.text(file)
        if is_minified(code):
            continue
        markers.extend(suppressions(file, code))
        units.extend(units_of(file.path, code))
    return Found(units, markers, unread)


def measure(survey: Survey) -> list[Measurement]:
    """Q1, Q2, Q4: shares of the code that stands in complex, long, wide functions."""
    found = found_in(survey)
    units, markers = found.units, found.markers
    if len(units) < FEWEST:
        reason = f"Nur {len(units)} Funktionen in auswertbaren Sprachen; ab {FEWEST} sind Anteile aussagekräftig."
        return [not_applicable(metric, reason) for metric in ("Q1", "Q2", "Q4")]
    extra = [*too_large(found.unread)]
    if markers:
        extra.append(
            Evidence(f"{len(markers)} Hinweise im Code, die Prüfungen abschalten (hier ohne Wirkung), zuerst hier",
                     markers[0].path, markers[0].line)
        )  # fmt: skip
    return [_complexity(units, extra), _length(units), _parameters(units)]


def suppressions(file: File, code: str) -> list[Evidence]:
    return [
        Evidence("Prüfung abgeschaltet", file.path, code.count("\n", 0, match.start()) + 1)
        for match in MARKER.finditer(code)
    ]


def is_minified(code: str) -> bool:
    """Very long lines on average: made by a machine, whatever the name says."""
    return len(code) > 5_000 and len(code) / (code.count("\n") + 1) > 300


def _percent(units: list[Unit], over: Callable[[Unit], bool]) -> float:
    return 100 * sum(unit.lines for unit in units if over(unit)) / max(sum(unit.lines for unit in units), 1)


def _worst(units: list[Unit], size: Callable[[Unit], int], above: int, words: str) -> list[Evidence]:
    worst = sorted((unit for unit in units if size(unit) > above), key=lambda u: (-size(u), u.path, u.line))
    found = [Evidence(f"{unit.name}: {words.format(size(unit))}", unit.path, unit.line) for unit in worst]
    return found or [Evidence(f"Keine von {len(units)} Funktionen über der Schwelle {above}")]


def _complexity(units: list[Unit], extra: list[Evidence]) -> Measurement:
    worst = _worst(units, lambda u: u.complexity, 10, "Komplexität {}")
    return measured(
        "Q1",
        (*shown(worst), *extra),
        percent_over_10=_percent(units, lambda u: u.complexity > 10),
        percent_over_25=_percent(units, lambda u: u.complexity > 25),
        functions=len(units),
    )


def _length(units: list[Unit]) -> Measurement:
    return measured(
        "Q2",
        shown(_worst(units, lambda u: u.lines, 30, "{} Zeilen")),
        percent_over_30=_percent(units, lambda u: u.lines > 30),
        percent_over_60=_percent(units, lambda u: u.lines > 60),
    )


def _parameters(units: list[Unit]) -> Measurement:
    return measured(
        "Q4",
        shown(_worst(units, lambda u: u.parameters, 4, "{} Parameter")),
        percent_over_4=_percent(units, lambda u: u.parameters > 4),
    )
