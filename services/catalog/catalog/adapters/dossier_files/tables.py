"""The survey as tables, the same in the spreadsheet and the CSV."""

from dataclasses import dataclass

from catalog.adapters.dossier_files import words
from catalog.application.dossier_record import NOTICE, Record

Row = list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title; the first row names the columns."""

    title: str
    rows: list[Row]


def tables(record: Record, sha256: str) -> list[Table]:
    """Return all tables of the survey."""
    return [
        Table(
            "Markterkundung",
            [
                ["Angabe", "Wert"],
                *([name, value] for name, value in words.facts(record)),
                ["Bedarf", record.need],
                ["Hinweis", NOTICE],
                ["SHA-256 der JSON-Fassung", sha256],
            ],
        ),
        Table("Lösungen", _solutions(record)),
        Table("Anforderungen", _requirements(record)),
        Table("Vergleich", _matrix(record)),
        Table("Antworten", _answers(record)),
        Table("Protokoll", _log(record)),
    ]


def _solutions(record: Record) -> list[Row]:
    columns = [
        "Lösung", "Anbieter", "Entscheidung", "Begründung", "Stand", "Anforderungen", "Prüfung", "Bewertungen",
        "Einsatz", "Checkup", "Kennung",
    ]  # fmt: skip
    return [
        columns,
        *(
            [
                each.name,
                each.organisation_name,
                words.DECISIONS[each.included],
                each.reason or "",
                words.version(each),
                words.score(each),
                words.seal(each),
                words.ratings(each),
                words.uses(each),
                "; ".join(words.checkup(each)),
                each.solution_id,
            ]
            for each in record.solutions
        ),
    ]


def _requirements(record: Record) -> list[Row]:
    names = [each.name for each in record.solutions]
    return [
        ["Anforderung", "Erwartet", "Art", "Gewicht", *names],
        *(
            [
                wanted.label,
                wanted.wanted,
                words.NEEDS[wanted.need],
                str(wanted.weight),
                *(words.FULFILMENTS[each.fulfilment[number]] for each in record.solutions),
            ]
            for number, wanted in enumerate(record.criteria.requirements)
        ),
    ]


def _matrix(record: Record) -> list[Row]:
    return [
        ["Abschnitt", "Angabe", "Unterschied", *(each.name for each in record.solutions)],
        *(
            [
                row.section,
                row.label,
                "ja" if row.differs else "nein",
                *("; ".join(texts) or words.NOTHING for texts in row.texts),
            ]
            for row in record.matrix
        ),
    ]


def _answers(record: Record) -> list[Row]:
    return [
        ["Lösung", "Frage", "Antwort", "Datum", "Quelle"],
        *(
            [each.name, said.question, said.answer, f"{said.answered_on:%d.%m.%Y}", said.source]
            for each in record.solutions
            for said in each.answers
        ),
    ]


def _log(record: Record) -> list[Row]:
    return [
        ["Zeitpunkt", "Wer", "Was", "Woran"],
        *([words.moment(step.at), step.name or step.user, words.STEPS[step.step], step.about] for step in record.log),
    ]
