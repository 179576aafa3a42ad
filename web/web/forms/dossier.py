"""Forms of market surveys: what is needed, which answers are required, what providers said."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.profile.questionnaire import Question, Questionnaire

from web.api.dossiers import Criteria, Requirement
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


def options(profile: Questionnaire, locale: Locale) -> list[tuple[str, list[tuple[str, str]]]]:
    """What may be required, by section: an answer of a question, or any answer at all (`question=`)."""
    groups = []
    for section in profile.sections:
        found = [option for each in section.questions if each.compare for option in _of_question(each, locale)]
        if found:
            groups.append((section.title.in_(locale.language), found))
    return groups


def _of_question(question: Question, locale: Locale) -> list[tuple[str, str]]:
    title = question.title(locale.language)
    values = [(choice.value, choice.in_(locale.language)) for choice in question.choices]
    if question.type == "yes_no":
        values = [("yes", locale.say("ja")), ("no", locale.say("nein"))]
    stated = (f"{question.id}=", locale.say("{question}: irgendeine Angabe", question=title))
    return [stated, *((f"{question.id}={value}", f"{title}: {text}") for value, text in values)]


def with_requirement(criteria: Criteria, form: FormData) -> Criteria:
    """Add the requirement that was chosen; a further answer of the same question widens what is there."""
    question, _, value = form.text("wanted").partition("=")
    if not question:
        return criteria
    weight = int(form.text("weight")) if form.text("weight").isdigit() else 1
    need = form.text("need_kind") or "must"
    kept = list(criteria.requirements)
    for number, each in enumerate(kept):
        if (each.question, each.need) == (question, need) and each.any_of and value:
            wider = list(dict.fromkeys([*each.any_of, value]))
            kept[number] = each.model_copy(update={"any_of": wider, "weight": weight})
            return criteria.model_copy(update={"requirements": kept})
    fresh = Requirement(question=question, need=need, weight=weight, any_of=[value] if value else [])
    return criteria.model_copy(update={"requirements": [*kept, fresh]})


def without_requirement(requirements: Sequence[Requirement], number: str) -> list[Requirement]:
    """Drop the requirement at this place."""
    gone = int(number) if number.isdigit() else -1
    return [each for place, each in enumerate(requirements) if place != gone]


def refused(problem: ApiProblem, locale: Locale) -> Faults:
    """Say what the service would not take."""
    faults = Faults()
    faults.general.append(problem.text(locale.language))
    return faults
