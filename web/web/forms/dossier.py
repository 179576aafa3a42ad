"""Forms of market surveys: what is needed, which answers are required, what providers said."""

from dataclasses import dataclass
from datetime import date

from web.api.problem import ApiProblem
from web.forms.body import FormData
from web.forms.faults import Faults
from web.i18n import Locale

LONGEST_TITLE = 200
LONGEST_NEED = 5000
LONGEST_REASON = 2000
OUT = "nein"
"""The choice that excludes a solution."""


@dataclass(frozen=True)
class DossierForm:
    """Title and need as typed."""

    title: str = ""
    need: str = ""

    @classmethod
    def read(cls, form: FormData) -> "DossierForm":
        return cls(form.text("title"), form.text("need"))

    def check(self, locale: Locale) -> Faults:
        """Return what is missing or too long."""
        faults = Faults()
        if not self.title:
            faults.add("title", locale.say("Bitte geben Sie der Markterkundung einen Titel."))
        if not self.need:
            faults.add("need", locale.say("Bitte beschreiben Sie, was gebraucht wird."))
        for name, text, longest in (("title", self.title, LONGEST_TITLE), ("need", self.need, LONGEST_NEED)):
            if len(text) > longest:
                faults.add(name, locale.say("Höchstens {n} Zeichen.", n=longest))
        return faults


@dataclass(frozen=True)
class CandidateForm:
    """What was said about one solution of a survey: a decision, or an answer of its provider that is noted."""

    solution_id: str = ""
    action: str = ""
    included: bool = True
    reason: str = ""
    question: str = ""
    answer: str = ""
    answered_on: str = ""
    source: str = ""

    @classmethod
    def read(cls, form: FormData, action: str) -> "CandidateForm":
        texts = {name: form.text(name) for name in ("reason", "question", "answer", "answered_on", "source")}
        return cls(solution_id=form.text("solution_id"), action=action, included=form.text("included") != OUT, **texts)

    def check_decision(self, locale: Locale) -> Faults:
        """An exclusion needs a reason."""
        faults = Faults()
        if not self.included and not self.reason:
            faults.add(self._field("reason"), locale.say("Bitte begründen Sie den Ausschluss. Das steht im Dossier."))
        self._check_length(faults, "reason", LONGEST_REASON, locale)
        return faults

    def check_answer(self, locale: Locale) -> Faults:
        """An answer needs everything."""
        faults = Faults()
        for name, longest in (("question", 300), ("source", 300), ("answer", LONGEST_REASON)):
            if not getattr(self, name):
                faults.add(self._field(name), locale.say("Bitte füllen Sie dieses Feld aus."))
            self._check_length(faults, name, longest, locale)
        try:
            date.fromisoformat(self.answered_on)
        except ValueError:
            text = "Bitte geben Sie ein Datum an, zum Beispiel 31.12.2027."
            faults.add(self._field("answered_on"), locale.say(text))
        return faults

    def _check_length(self, faults: Faults, name: str, longest: int, locale: Locale) -> None:
        if len(getattr(self, name)) > longest:
            faults.add(self._field(name), locale.say("Höchstens {n} Zeichen.", n=longest))

    def _field(self, name: str) -> str:
        return f"{name}-{self.solution_id}"


@dataclass(frozen=True)
class ConclusionForm:
    """The outcome of a survey as typed."""

    outcome: str = ""
    note: str = ""

    @classmethod
    def read(cls, form: FormData) -> "ConclusionForm":
        return cls(form.text("outcome"), form.text("note"))

    def check(self, locale: Locale) -> Faults:
        """An outcome has to be chosen: it stays."""
        faults = Faults()
        if not self.outcome:
            faults.add("outcome", locale.say("Bitte wählen Sie ein Ergebnis."))
        if len(self.note) > LONGEST_REASON:
            faults.add("note", locale.say("Höchstens {n} Zeichen.", n=LONGEST_REASON))
        return faults


def refused(problem: ApiProblem, locale: Locale) -> Faults:
    """Say what the service would not take."""
    faults = Faults()
    faults.general.append(problem.text(locale.language))
    return faults
