"""Forms of market surveys: what is needed, which answers are required, what providers said."""

from dataclasses import dataclass

from web.api.problem import ApiProblem
from web.forms.body import FormData
from web.forms.faults import Faults
from web.i18n import Locale

LONGEST_TITLE = 200
LONGEST_NEED = 5000


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


def refused(problem: ApiProblem, locale: Locale) -> Faults:
    """Say what the service would not take."""
    faults = Faults()
    faults.general.append(problem.text(locale.language))
    return faults
