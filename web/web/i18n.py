"""Words, numbers and dates in the reader's language; German texts are the keys, `locales/en.json` has the English."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from fastapi import Request
from servicekit.clock import BERLIN

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")
COOKIE = "mp_sprache"
DASH = "–"

_MONTHS: Mapping[Language, tuple[str, ...]] = {
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


_ENGLISH: Mapping[str, str] = json.loads(
    (Path(__file__).resolve().parent / "locales" / "en.json").read_text(encoding="utf-8")
)


def catalogue(language: Language) -> Mapping[str, str]:
    """The translations of the German texts; German itself needs none."""
    return {} if language == "de" else _ENGLISH


@dataclass(frozen=True)
class Locale:
    """One reader's language."""

    language: Language

    def say(self, german: str, /, **values: object) -> str:
        """Return a text in the reader's language with its {placeholders} filled."""
        text = catalogue(self.language).get(german, german)
        return text.format(**values) if values else text

    def count(self, number: int, one: str, many: str) -> str:
        """Return the singular or the plural with `{n}` filled: `count(2, "{n} Lösung", "{n} Lösungen")`."""
        return self.say(one if number == 1 else many, n=self.number(number))

    def number(self, value: float | None, digits: int = 0) -> str:
        """`1234.5` becomes `1.234,5` (de) or `1,234.5` (en); None becomes a dash."""
        if value is None:
            return DASH
        english = f"{value:,.{digits}f}"
        if self.language == "en":
            return english
        return english.translate(str.maketrans(",.", ".,"))

    def percent(self, share: float | None) -> str:
        """`0.72` becomes `72 %`."""
        if share is None:
            return DASH
        return f"{round(share * 100)}\N{NARROW NO-BREAK SPACE}%" if self.language == "de" else f"{round(share * 100)}%"

    def day(self, moment: datetime | date | None) -> str:
        """`21. November 2026`, in German time."""
        if moment is None:
            return DASH
        local = moment.astimezone(BERLIN) if isinstance(moment, datetime) else moment
        dot = "." if self.language == "de" else ""
        return f"{local.day}{dot}\N{NO-BREAK SPACE}{_MONTHS[self.language][local.month - 1]} {local.year}"

    def month(self, given: str) -> str:
        """`2024-05` becomes `Mai 2024`; a bare year, or anything else, stays as it is."""
        year, _, month = given.partition("-")
        if not month.isdigit() or not 1 <= int(month) <= 12:
            return given
        return f"{_MONTHS[self.language][int(month) - 1]} {year}"

    def moment(self, moment: datetime | None) -> str:
        """`21. November 2026, 14:05 Uhr`, in German time."""
        if moment is None:
            return DASH
        clock = moment.astimezone(BERLIN).strftime("%H:%M")
        return f"{self.day(moment)}, {clock}" + ("\N{NO-BREAK SPACE}Uhr" if self.language == "de" else "")


GERMAN = Locale("de")
ENGLISH = Locale("en")


def locale_of(request: Request) -> Locale:
    """The language chosen by the switch in the footer; German unless English was chosen."""
    return ENGLISH if request.cookies.get(COOKIE) == "en" else GERMAN
