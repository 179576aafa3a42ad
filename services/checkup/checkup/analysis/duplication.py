"""Duplicated production code (Q3) by jscpd, on copies that nothing of the repository configures."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checkup.analysis import copies, limits, programs
from checkup.analysis.copies import Copy
from checkup.analysis.programs import ProgramFailed
from checkup.analysis.survey import Survey, shown, too_large
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable, not_available

FEWEST_TOKENS, FEWEST_LINES = 70, 6
FEWEST_CODE = 100  # lines below which a percentage says nothing


def measure(survey: Survey) -> list[Measurement]:
    """Q3: percentage of the lines (not blank, comments do not make a duplicate) that occur more than once."""
    program = programs.path_of("jscpd")
    if program is None:
        return [not_available("Q3", "Das Programm jscpd fehlt auf diesem Rechner.")]
    originals = copies.made(survey)
    total = sum(len(copy.filled) for copy in originals.values())
    if total < FEWEST_CODE:
        return [not_applicable("Q3", f"Nur {total} Zeilen Produktivcode, weniger als {FEWEST_CODE}.")]
    report = survey.scratch / "jscpd"
    programs.run(
        program, "--min-tokens", str(FEWEST_TOKENS), "--min-lines", str(FEWEST_LINES), "--max-lines", "100000",
        "--max-size", f"{limits.MAX_UNIT_BYTES * 2}", "--mode", "weak", "--workers", "1", "--no-gitignore",
        "--absolute", "--silent", "--no-tips", "--no-colors", "--reporters", "json", "--output", str(report),
        str(survey.scratch / copies.FOLDER),
        scratch=survey.scratch, seconds=limits.GROUP_SECONDS,
    )  # fmt: skip
    answer = report / "jscpd-report.json"
    if not answer.is_file() or answer.stat().st_size > programs.MOST_OUTPUT:
        raise ProgramFailed("jscpd gave no answer")
    pairs = sorted(_pairs(json.loads(answer.read_bytes()), originals), key=lambda pair: (-pair.lines, pair))
    double: dict[str, set[int]] = defaultdict(set)
    for pair in pairs:
        for place in (pair.first, pair.second):
            double[place.path].update(range(place.start, place.end + 1))
    lines = sum(len(copy.filled & double[copy.file.path]) for copy in originals.values())
    evidence = [Evidence(f"{lines} von {total} Zeilen in {len(pairs)} doppelten Stellen")]
    evidence += [pair.evidence() for pair in pairs]
    kept = (*shown(evidence), *too_large(copies.unread(survey)))
    return [measured("Q3", kept, duplicated_percent=100 * lines / total, clones=len(pairs))]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Lines of a file, both ends included."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """The same code in two places."""

    first: Place
    second: Place

    @property
    def lines(self) -> int:
        return self.first.end - self.first.start + 1

    def evidence(self) -> Evidence:
        other = f"{self.second.path}:{self.second.start}"
        return Evidence(f"{self.lines} Zeilen auch in {other}", self.first.path, self.first.start)


def _pairs(report: Mapping[str, Any], originals: Mapping[str, Copy]) -> Iterator[Pair]:
    for clone in report["duplicates"]:
        sides = [clone["firstFile"], clone["secondFile"]]
        if all(side["name"] in originals for side in sides):
            first, second = sorted(
                Place(originals[side["name"]].file.path, side["startLoc"]["line"], side["endLoc"]["line"])
                for side in sides
            )
            yield Pair(first, second)
