"""The form of the self-disclosure: answers as they were typed, for the questions that were shown."""

from dataclasses import dataclass, field
from typing import Any

from web.api.checkup_people import Answer, Draft, Question, Questionnaire
from web.api.problem import FieldFault
from web.forms.body import FormData
from web.forms.faults import Faults
from web.i18n import Locale

REFUSALS = {
    "there is no such question": "Diese Frage gibt es nicht (mehr).",
    "has the wrong type for this question": "Diese Angabe passt nicht zur Frage.",
    "is not one of the choices": "Bitte wählen Sie einen Wert aus der Liste.",
    "this choice cannot be combined with others": "Diese Auswahl lässt sich nicht mit anderen verbinden.",
    "is too long": "Das ist zu lang: höchstens 2.000 Zeichen, bei Adressen 500.",
    "is outside of the allowed range": "Diese Zahl liegt außerhalb des erlaubten Bereichs.",
    "is no date (YYYY-MM-DD)": "Bitte geben Sie ein Datum an, etwa 2026-05-31.",
    "must not lie in the future": "Das Datum darf nicht in der Zukunft liegen.",
    "must not lie in the past": "Das Datum darf nicht in der Vergangenheit liegen.",
    "must be an https address": "Bitte geben Sie eine Adresse an, die mit https:// beginnt.",
    "is not asked for here": "Danach wird hier nicht gefragt.",
    "is needed": "Bitte beantworten Sie diese Frage.",
}
"""The checkup's words for what is wrong with an answer, and ours; a test holds that none is missing."""


@dataclass(frozen=True)
class TypedAnswer:
    """What stands in the fields of one question."""

    value: str = ""
    values: tuple[str, ...] = ()
    note: str = ""
    proof_url: str = ""
    valid_until: str = ""

    @classmethod
    def of(cls, answer: Answer, locale: Locale) -> "TypedAnswer":
        given = answer.value
        shown = f"{given:g}" if isinstance(given, float) else given if isinstance(given, str) else ""
        if isinstance(given, float) and locale.language == "de":
            shown = shown.replace(".", ",")
        return cls(
            value=shown,
            values=tuple(given) if isinstance(given, list) else (),
            note=answer.note,
            proof_url=answer.proof_url or "",
            valid_until=answer.valid_until.isoformat() if answer.valid_until else "",
        )

    def given(self, question: Question) -> dict[str, Any] | None:
        """The answer for the checkup; None when the question is left open."""
        value: Any = list(self.values) if question.type == "multi" else self.value
        if not value:
            return None
        if question.type == "number":
            value = _number(self.value)
        body = {"value": value, "note": self.note, "proof_url": self.proof_url, "valid_until": self.valid_until}
        return {name: each for name, each in body.items() if each not in ("", None) or name == "value"}


@dataclass(frozen=True)
class DisclosureForm:
    """All answers by question, and the questions that were shown."""

    answers: dict[str, TypedAnswer] = field(default_factory=dict)
    shown: tuple[str, ...] = ()

    @classmethod
    def of(cls, draft: Draft, locale: Locale) -> "DisclosureForm":
        answers = {question: TypedAnswer.of(answer, locale) for question, answer in draft.answers.items()}
        return cls(answers, tuple(draft.asked))

    @classmethod
    def read(cls, form: FormData, questionnaire: Questionnaire) -> "DisclosureForm":
        shown = tuple(each.id for each in questionnaire.questions if each.id in set(form.texts("gezeigt")))
        answers = {
            each: TypedAnswer(
                value=form.text(f"a-{each}"),
                values=tuple(form.texts(f"a-{each}")),
                note=form.text(f"notiz-{each}"),
                proof_url=form.text(f"nachweis-{each}"),
                valid_until=form.text(f"bis-{each}"),
            )
            for each in shown
        }
        return cls(answers, shown)

    def answer(self, question: Question) -> TypedAnswer:
        return self.answers.get(question.id, TypedAnswer())

    def body(self, questionnaire: Questionnaire) -> dict[str, Any]:
        """The answers that were given, for the checkup."""
        given = {each.id: self.answer(each).given(each) for each in questionnaire.questions}
        return {question: answer for question, answer in given.items() if answer is not None}


def refused_answers(errors: tuple[FieldFault, ...], locale: Locale) -> Faults:
    """The checkup's findings about answers in the reader's language, by field of the form."""
    parts = {"value": "a", "note": "notiz", "proof_url": "nachweis", "valid_until": "bis"}
    faults = Faults()
    for error in errors:
        path = [part for part in error.field.split(".") if part not in ("body", "answers")]
        german = REFUSALS.get(error.message, "Diese Angabe passt nicht zur Frage.")
        if len(path) > 1 and path[1] in parts:
            faults.add(f"{parts[path[1]]}-{path[0]}", locale.say(german))
        else:
            faults.general.append(locale.say(german))
    return faults


def _number(typed: str) -> float | str:
    """`99,5` and `99.5` are numbers; what is none goes as it is, and comes back refused."""
    try:
        return float(typed.replace(",", "."))
    except ValueError:
        return typed
