"""The form in which a municipality rates a solution."""

from dataclasses import dataclass, field
from typing import Any

from contracts.vocabulary import RatingDimension

from web.api.catalog import Rating
from web.forms.body import FormData
from web.forms.faults import Faults
from web.i18n import Locale

LONGEST_REPORT = 5000


@dataclass(frozen=True)
class RatingForm:
    """What was typed; numbers stay text until they are checked."""

    organisation_id: str = ""
    overall: str = ""
    dimensions: dict[str, str] = field(default_factory=dict)
    report: str = ""

    @classmethod
    def read(cls, form: FormData) -> "RatingForm":
        return cls(
            organisation_id=form.text("organisation_id"),
            overall=form.text("overall"),
            dimensions={str(each.value): form.text(f"dimension-{each.value}") for each in RatingDimension},
            report=form.text("report"),
        )

    @classmethod
    def of(cls, rating: Rating) -> "RatingForm":
        """Start from the rating given before, so that it can be revised."""
        return cls(
            organisation_id=rating.organisation_id,
            overall=str(rating.overall),
            dimensions={name: str(grade) for name, grade in rating.dimensions.items() if grade},
            report=rating.report or "",
        )

    def check(self, locale: Locale) -> tuple[dict[str, Any], Faults]:
        """Return the body for the catalog and what is wrong."""
        faults = Faults()
        grades = {name: _grade(given) for name, given in self.dimensions.items()}
        overall = _grade(self.overall)
        if overall is None:
            faults.add("overall", locale.say("Bitte vergeben Sie eine Gesamtbewertung von 1 bis 5."))
        if len(self.report) > LONGEST_REPORT:
            faults.add("report", locale.say("Höchstens {n} Zeichen.", n=locale.number(LONGEST_REPORT)))
        body: dict[str, Any] = {
            "organisation_id": self.organisation_id,
            "overall": overall,
            "dimensions": {name: grade for name, grade in grades.items() if grade is not None},
        }
        if self.report:
            body["report"] = self.report
        return body, faults


def _grade(given: str) -> int | None:
    return int(given) if given in {"1", "2", "3", "4", "5"} else None
