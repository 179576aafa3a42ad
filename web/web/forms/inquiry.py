"""The form in which a municipality asks a provider."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.vocabulary import SizeClass

from web.forms.body import FormData
from web.forms.faults import Faults
from web.forms.use import LONGEST_MESSAGE, LONGEST_NAME, check_month
from web.i18n import Locale

MOST_QUESTIONS = 20
LONGEST_QUESTION = 500


@dataclass(frozen=True)
class InquiryForm:
    """What was typed."""

    organisation_id: str = ""
    subject: str = ""
    size_class: str = ""
    needed_by: str = ""
    budget: str = ""
    questions: str = ""
    text: str = ""

    @classmethod
    def read(cls, form: FormData) -> "InquiryForm":
        return cls(**{name: form.text(name) for name in cls.__dataclass_fields__})

    def check(self, solution_id: str, locale: Locale, today: date) -> tuple[dict[str, Any], Faults]:
        """Return the body for the catalog and what is wrong."""
        faults = Faults()
        questions = [line.strip() for line in self.questions.split("\n") if line.strip()]
        if not self.subject:
            faults.add("subject", locale.say("Bitte sagen Sie in wenigen Worten, was Sie brauchen."))
        for name in ("subject", "budget"):
            if len(getattr(self, name)) > LONGEST_NAME:
                faults.add(name, locale.say("Höchstens {n} Zeichen.", n=LONGEST_NAME))
        if not self.text:
            faults.add("text", locale.say("Bitte schreiben Sie eine Nachricht."))
        if len(self.text) > LONGEST_MESSAGE:
            faults.add("text", locale.say("Höchstens {n} Zeichen.", n=locale.number(LONGEST_MESSAGE)))
        self._check_needed_by(faults, locale, today)
        if len(questions) > MOST_QUESTIONS or any(len(each) > LONGEST_QUESTION for each in questions):
            faults.add(
                "questions",
                locale.say("Höchstens {n} Fragen mit je {m} Zeichen.", n=MOST_QUESTIONS, m=LONGEST_QUESTION),
            )
        given = {
            "solution_id": solution_id,
            "organisation_id": self.organisation_id,
            "subject": self.subject,
            "size_class": self.size_class if self.size_class in {str(each.value) for each in SizeClass} else "",
            "needed_by": self.needed_by,
            "budget": self.budget,
            "questions": questions,
            "text": self.text,
        }
        return {name: value for name, value in given.items() if value}, faults

    def _check_needed_by(self, faults: Faults, locale: Locale, today: date) -> None:
        malformed = Faults()
        check_month(malformed, "needed_by", self.needed_by, locale, date.max)
        past = self.needed_by < today.isoformat()[: len(self.needed_by)]
        if malformed or (self.needed_by and past):
            faults.add("needed_by", locale.say("Bitte geben Sie ein Jahr oder Jahr und Monat ab heute an."))
