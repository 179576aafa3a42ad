"""How much of the profile a listing answers, section by section, and which answers are missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.profile.questionnaire import Question, Questionnaire, Section


@dataclass(frozen=True, slots=True)
class SectionCompleteness:
    """Answered and possible weight of one section, with the asked questions of weight that have no answer."""

    section: Section
    answered: int
    possible: int
    missing: tuple[Question, ...]

    @property
    def percent(self) -> int:
        """Share in per cent, rounded down, so that 100 means that nothing is missing."""
        return _percent(self.answered, self.possible)


@dataclass(frozen=True, slots=True)
class Completeness:
    """The same for the whole profile; `required` are the questions without whose answer it cannot be submitted."""

    sections: tuple[SectionCompleteness, ...]
    required: tuple[Question, ...]

    @property
    def percent(self) -> int:
        """Share in per cent, rounded down."""
        return _percent(sum(each.answered for each in self.sections), sum(each.possible for each in self.sections))

    @property
    def missing(self) -> tuple[Question, ...]:
        """Everything that is missing, the most helpful first."""
        found = [question for each in self.sections for question in each.missing]
        return tuple(sorted(found, key=lambda question: -question.weight))


def measure(questionnaire: Questionnaire, document: Mapping[str, Any]) -> Completeness:
    """Return the completeness of a listing (as JSON values). Questions that its answers make pointless do not count."""
    answers = questionnaire.answers_in(document)
    sections, required = [], []
    for section in questionnaire.sections:
        asked = [each for each in section.questions if questionnaire.asks(each, answers)]
        missing = [each for each in asked if each.id not in answers]
        needed = [each for each in missing if questionnaire.requires(each, answers)]
        required += needed
        sections.append(
            SectionCompleteness(
                section=section,
                answered=sum(each.weight for each in asked if each.id in answers),
                possible=sum(each.weight for each in asked),
                missing=tuple(each for each in missing if each.weight or each in needed),
            )
        )
    return Completeness(tuple(sections), tuple(required))


def _percent(answered: int, possible: int) -> int:
    return 100 * answered // possible if possible else 100
