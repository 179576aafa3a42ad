"""Production code copied under neutral names, so that programs can read it and nothing of the repository rules them."""

import re
from dataclasses import dataclass
from pathlib import Path

from checkup.analysis import limits, paths
from checkup.analysis.paths import Kind
from checkup.analysis.repository import File
from checkup.analysis.survey import Survey
from checkup.analysis.units import is_minified

# Comments that ask a program to look away; they are made ineffective in the copy, columns and lines stay.
LOOK_AWAY = re.compile(
    r"jscpd:ignore|(?<=#)(\s*)(ruff|flake8)(?=\s*:)|(?<=#)(\s*)noqa\b|gitleaks:allow|CPD-(OFF|ON)", re.IGNORECASE
)
FOLDER = "code"


@dataclass(frozen=True, slots=True)
class Copy:
    """One copied file: the original, and its lines that are not blank."""

    file: File
    filled: frozenset[int]


def made(survey: Survey) -> dict[str, Copy]:
    """The copies by absolute path; made once per analysis, in path order, until the total limit is reached."""
    return survey.once("copies", lambda: _write(survey))[0]


def unread(survey: Survey) -> int:
    """How many files were not copied because they, or all of them together, are too large."""
    return survey.once("copies", lambda: _write(survey))[1]


def _write(survey: Survey) -> tuple[dict[str, Copy], int]:
    folder = survey.scratch / FOLDER
    folder.mkdir()
    copies: dict[str, Copy] = {}
    total = left_out = 0
    for number, file in enumerate(survey.code(Kind.PRODUCTION)):
        if file.size > limits.MAX_UNIT_BYTES or total + file.size > limits.MAX_UNITS_TOTAL_BYTES:
            left_out += 1
            continue
        text = survey.text(file)
        if is_minified(text):
            continue
        total += file.size
        place = _place(folder, number, file)
        place.write_text(LOOK_AWAY.sub(_masked, text), encoding="utf-8", errors="replace")
        filled = frozenset(line for line, content in enumerate(text.split("\n"), start=1) if content.strip())
        copies[str(place)] = Copy(file, filled)
    return copies, left_out


def _place(folder: Path, number: int, file: File) -> Path:
    """A number and the file ending; `__init__.py` keeps its name, because it means something to those who check it."""
    if file.name == "__init__.py":
        package = folder / f"{number:05}"
        package.mkdir()
        return package / file.name
    return folder / f"{number:05}.{paths.extension(file.path)}"


def _masked(match: re.Match[str]) -> str:
    return re.sub(r"\w", "x", match.group())
