"""Search filters that follow from questions without a field of their own; the others are search's own business."""

from dataclasses import dataclass
from typing import Any, cast

from contracts.profile.questionnaire import Question, Questionnaire
from contracts.vocabulary import Term


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter by the answers to a question with choices."""

    name: str
    question: Question
    vocabulary: type[Term]

    def values_in(self, answers: dict[str, Any]) -> list[str]:
        """Return the values to filter by in the `answers` of a listing; those that are no choices are left out."""
        answer = answers.get(self.question.id)
        given = answer if isinstance(answer, list) else [answer]
        return [str(value) for value in given if self.question.chosen(value)]


def filters(questionnaire: Questionnaire) -> tuple[Filter, ...]:
    """Return the filters, in the order of the questions."""
    return tuple(
        Filter(each.filter, each, _vocabulary(each.filter, each))
        for each in questionnaire.questions
        if each.filter and not each.typed and each.choices
    )


def _vocabulary(name: str, question: Question) -> type[Term]:
    members = [(f"V{place}", (each.value, each.de, each.en)) for place, each in enumerate(question.choices)]
    make = cast(Any, Term)  # the functional way to make an enumeration, which its type does not tell of
    return cast(type[Term], make(name.title().replace("_", ""), members))
