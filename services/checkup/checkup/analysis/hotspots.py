"""Hotspots (Q11): complex functions in the files that changed most in the last year."""

from collections import Counter
from collections.abc import Callable, Iterator
from math import ceil

from checkup.analysis import git_process, limits
from checkup.analysis.history import BOT, YEAR
from checkup.analysis.survey import Survey, shown
from checkup.analysis.units import found_in
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable

FEWEST_FILES, FEWEST_FUNCTIONS, COMPLEX = 10, 30, 10
SHARE = 0.1


def measure(survey: Survey) -> list[Measurement]:
    """Q11: percentage of the complex functions that is in the tenth of the files that changed most."""
    units = found_in(survey).units
    if len(units) < FEWEST_FUNCTIONS:
        return [not_applicable("Q11", f"Nur {len(units)} Funktionen in auswertbaren Sprachen.")]
    with_functions = {unit.path for unit in units}
    changed = {path: lines for path, lines in _changed_lines(survey).items() if path in with_functions}
    if len(changed) < FEWEST_FILES:
        return [not_applicable("Q11", f"Nur {len(changed)} Dateien mit Funktionen im letzten Jahr geändert.")]
    hot = sorted(changed, key=lambda path: (-changed[path], path))[: ceil(len(changed) * SHARE)]
    complex_units = [unit for unit in units if unit.complexity > COMPLEX]
    there = Counter(unit.path for unit in complex_units if unit.path in hot)
    evidence = [Evidence(f"{there.total()} von {len(complex_units)} komplexen Funktionen in {len(hot)} Dateien")]
    evidence += [Evidence(f"{changed[path]} geänderte Zeilen, {there[path]} komplexe Funktionen", path) for path in hot]
    share = 100 * there.total() / len(complex_units) if complex_units else 0
    return [measured("Q11", shown(evidence), hotspot_percent=share, complex_functions=len(complex_units))]


def _changed_lines(survey: Survey) -> Counter[str]:
    """Added and removed lines by path in the year before `as_of`, by humans; merges and first imports do not count."""
    as_of = survey.history.as_of
    process = git_process.start(
        survey.repository.git_dir, "log", "--no-merges", "--no-renames", "--numstat", "-z", "--use-mailmap",
        f"--max-count={limits.MAX_COMMITS}", f"--since={int((as_of - YEAR).timestamp())}",
        f"--until={int(as_of.timestamp())}", "--format=%x1e%P%x1f%aN%x1f%aE", "HEAD",
    )  # fmt: skip
    changed: Counter[str] = Counter()
    counts = False
    try:
        assert process.stdout is not None  # noqa: S101
        for record in _records(process.stdout.read1):  # type: ignore[attr-defined]
            text = record.lstrip("\n")
            if text.startswith("\x1e"):
                parents, _, who = text[1:].partition("\x1f")
                counts = bool(parents) and not BOT.search(who)
                continue
            added, _, rest = text.partition("\t")
            removed, _, path = rest.partition("\t")
            if counts and added.isdigit() and removed.isdigit():
                changed[path] += int(added) + int(removed)
    finally:
        git_process.end(process)
    return changed


def _records(read: Callable[[int], bytes]) -> Iterator[str]:
    rest = b""
    while chunk := read(65_536):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from (record.decode("utf-8", "replace") for record in whole)
