"""The survey as an accessible PDF: PDF/UA-1, set by Typst without a browser and without a network."""

import json
import unicodedata
from itertools import islice
from pathlib import Path
from typing import Any

import typst

from catalog.adapters.dossier_files import words
from catalog.application.dossier_record import MatrixRow, Record, RecordedSolution

_TEMPLATE = (Path(__file__).parent / "dossier.typ").read_bytes()
_COLUMNS = 4
"""Solutions side by side in one table; more get a table of their own below."""
_SHOWN = (
    (0x0A, 0x0A), (0x20, 0x7E), (0xA0, 0x377), (0x384, 0x38A), (0x38E, 0x3A1), (0x3A3, 0x4FF),
    (0x5B0, 0x5C3), (0x5C6, 0x5C6), (0x5D0, 0x5EA), (0x5EF, 0x5F4), (0x606, 0x60C), (0x615, 0x615), (0x61B, 0x61B),
    (0x61F, 0x61F), (0x621, 0x63A), (0x640, 0x655), (0x65A, 0x65A), (0x660, 0x66D), (0x674, 0x674), (0x679, 0x67B),
    (0x67E, 0x680), (0x683, 0x684), (0x686, 0x687), (0x691, 0x691), (0x698, 0x698), (0x6A4, 0x6A4), (0x6A9, 0x6A9),
    (0x6AF, 0x6AF), (0x6BE, 0x6BE), (0x6CC, 0x6CC), (0x6F0, 0x6F9), (0x1E00, 0x1F15),
    (0x2000, 0x200B), (0x2010, 0x2027), (0x2030, 0x2040), (0x2070, 0x2071), (0x2074, 0x208E), (0x2090, 0x209C),
    (0x20A0, 0x20C0), (0x2100, 0x211E), (0x2126, 0x2151), (0x2153, 0x2184), (0x2190, 0x23FF), (0x2500, 0x25FF),
)  # fmt: skip
"""Characters that the two built-in fonts have: every Latin one, Greek, Cyrillic, Hebrew, Arabic (with what Persian
adds), signs. PDF/UA allows no others. Typst joins Arabic letters and sets both from right to left."""

_SCRIPTS = (("Hebrew", "\u0590", "\u05ff"), ("Arabic", "\u0600", "\u06ff"))


def to_pdf(record: Record, sha256: str) -> bytes:
    """Return the file; takes a moment of processor time."""
    data, made_at = _data(record, sha256), int(record.frozen_at.timestamp())
    try:
        return compiled(_TEMPLATE, _printable(data), made_at)
    except typst.TypstError:  # a mark on a letter of another font: neither font has both
        return compiled(_TEMPLATE, _printable(data, marks=False), made_at)


def compiled(template: bytes, data: Any, made_at: int) -> bytes:
    """Set a template with data; raises TypstError when a sign is in no font."""
    made: bytes = typst.compile(
        template,
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        timestamp=made_at,
    )
    return made


def printable(text: str, *, marks: bool = True) -> str:
    """Return the text composed (NFC), with signs that no font shows as their code point, `[U+1F600]`.

    So are marks that begin a line, or that do not follow a letter of their own script; without `marks` all that are no
    part of a letter. What shows nothing (control characters, marks of the direction of writing) is left out.
    """
    shown = ["\n"]
    for sign in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(sign)
        if sign == "\n" or kind not in ("Cc", "Cf"):
            fits = kind not in ("Mn", "Me") or (marks and shown[-1] != "\n" and _script(sign) == _script(shown[-1]))
            shown.append(sign if fits and _shown(sign) else f"[U+{ord(sign):04X}]")
    return "".join(shown[1:])


def _script(sign: str) -> str:
    """Return which of the scripts with marks of their own a sign belongs to; all others share theirs."""
    return next((name for name, first, last in _SCRIPTS if first <= sign <= last), "")


def _shown(sign: str) -> bool:
    code = ord(sign)
    known = any(first <= code <= last for first, last in _SHOWN)
    return known and unicodedata.category(sign) not in ("Cn", "Co", "Cs")


def _printable(value: Any, *, marks: bool = True) -> Any:
    if isinstance(value, str):
        return printable(value, marks=marks)
    if isinstance(value, dict):
        return {key: _printable(each, marks=marks) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(each, marks=marks) for each in value]
    return value


def _data(record: Record, sha256: str) -> dict[str, Any]:
    wanted = record.criteria.requirements
    return {
        "title": f"Markterkundung: {record.title}",
        "organisation": record.organisation_name,
        "notice": record.notice,
        "footer": f"Markterkundung {record.dossier_id}",
        "facts": words.facts(record),
        "need": record.need,
        "requirements": [[each.label, each.wanted, words.NEEDS[each.need], str(each.weight)] for each in wanted],
        "overview": [
            [each.name, each.organisation_name, words.DECISIONS[each.included], each.reason or "–", words.score(each)]
            for each in record.solutions
        ],
        "solutions": [_solution(record, each) for each in record.solutions],
        "matrix": _matrix(record),
        "log": [
            [words.moment(step.at), step.name or step.user, words.STEPS[step.step], step.about or "–"]
            for step in record.log
        ],
        "sha256": sha256,
    }


def _solution(record: Record, solution: RecordedSolution) -> dict[str, Any]:
    return {
        "name": solution.name,
        "facts": [
            ["Anbieter", solution.organisation_name],
            ["Entscheidung", words.DECISIONS[solution.included]],
            *([["Begründung", solution.reason]] if solution.reason else []),
            ["Stand der Angaben", words.version(solution)],
            ["Prüfung", words.seal(solution)],
            ["Bewertungen", words.ratings(solution)],
            ["Einsatz in Kommunen", words.uses(solution)],
            ["Checkup", "\n".join(words.checkup(solution))],
        ],
        "fulfilment": [
            [wanted.label, words.NEEDS[wanted.need], words.FULFILMENTS[solution.fulfilment[number]]]
            for number, wanted in enumerate(record.criteria.requirements)
        ],
        "answers": [
            [each.question, each.answer, f"{each.answered_on:%d.%m.%Y}", each.source] for each in solution.answers
        ],
    }


def _matrix(record: Record) -> list[dict[str, Any]]:
    sections: dict[str, list[MatrixRow]] = {}
    for row in record.matrix:
        sections.setdefault(row.section, []).append(row)
    return [{"title": title, "groups": _groups(record, rows)} for title, rows in sections.items()]


def _groups(record: Record, rows: list[MatrixRow]) -> list[dict[str, Any]]:
    numbers = iter(range(len(record.solutions)))
    groups = []
    while some := list(islice(numbers, _COLUMNS)):
        answered = [row for row in rows if any(row.texts[number] for number in some)]
        if answered:
            groups.append(
                {
                    "head": ["Angabe", *(record.solutions[number].name for number in some)],
                    "rows": [
                        [row.label, *("\n".join(row.texts[number]) or words.NOTHING for number in some)]
                        for row in answered
                    ],
                }
            )
    return groups
