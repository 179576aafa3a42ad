"""Defect-prone patterns in Python code (Q8) by ruff's rules F, B and S; comments and files that switch rules off have
no effect."""

import json
from collections import defaultdict
from typing import Any

from checkup.analysis import copies, limits, programs
from checkup.analysis.survey import Survey, shown, too_large
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable, not_available

RULES = "F,B,S"
FEWEST_CODE = 100  # lines of Python below which a density says nothing


def measure(survey: Survey) -> list[Measurement]:
    """Q8: findings per 1 000 lines of Python that are not blank; files that are no Python 3 do not count."""
    program = programs.path_of("ruff")
    if program is None:
        return [not_available("Q8", "Das Programm ruff fehlt auf diesem Rechner.")]
    originals = {path: copy for path, copy in copies.made(survey).items() if path.endswith(".py")}
    if not originals:
        return [not_applicable("Q8", "Kein Python-Code; für andere Sprachen hat diese Fassung keine Prüfregeln.")]
    answer = programs.run(
        program, "check", "--isolated", "--ignore-noqa", "--no-cache", "--exit-zero", "--no-respect-gitignore",
        "--quiet", "--target-version", "py313", "--select", RULES, "--output-format", "json",
        str(survey.scratch / copies.FOLDER),
        scratch=survey.scratch, seconds=limits.GROUP_SECONDS,
    )  # fmt: skip
    findings: list[dict[str, Any]] = [finding for finding in json.loads(answer) if finding["filename"] in originals]
    unreadable = {finding["filename"] for finding in findings if finding["code"] in (None, "invalid-syntax")}
    lines = sum(len(copy.filled) for path, copy in originals.items() if path not in unreadable)
    if lines < FEWEST_CODE:
        return [not_applicable("Q8", f"Nur {lines} lesbare Zeilen Python, weniger als {FEWEST_CODE}.")]
    places: dict[str, list[Evidence]] = defaultdict(list)
    for finding in findings:
        if finding["filename"] not in unreadable:
            rule = f"{finding['code']} ({str(finding['url']).rpartition('/')[2]})"
            copy = originals[finding["filename"]]
            places[rule].append(Evidence(rule, copy.file.path, finding["location"]["row"]))
    return [_density(places, lines, len(unreadable), copies.unread(survey))]


def _density(places: dict[str, list[Evidence]], lines: int, unreadable: int, left_out: int) -> Measurement:
    count = sum(len(found) for found in places.values())
    evidence = [Evidence(f"{count} Stellen in {lines} Zeilen Python")]
    if unreadable:
        evidence.append(Evidence(f"{unreadable} Dateien sind kein Python 3 und zählen nicht"))
    evidence += too_large(left_out)
    for rule, found in sorted(places.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        first = min(found, key=lambda e: (e.path or "", e.line or 0))
        evidence.append(Evidence(f"{rule}: {len(found)}-mal, zuerst hier", first.path, first.line))
    return measured("Q8", shown(evidence), per_1000_lines=1000 * count / lines, findings=count)
