"""Requirements and the questionnaire: which conditions a question allows, how they read, who meets them."""

from collections.abc import Sequence
from datetime import datetime

from contracts.listing import Listing
from contracts.profile.questionnaire import YES_NO, Question, Questionnaire
from contracts.profile.showing import holding, texts_of
from servicekit import errors
from servicekit.errors import FieldError

from catalog.application.dossier_record import RecordedRequirement
from catalog.domain.requirement import Fulfilled, Requirement, judge_all
from catalog.domain.term import day_of


def fulfilment(
    profile: Questionnaire, requirements: Sequence[Requirement], listing: Listing | None, at: datetime
) -> Fulfilled:
    """Judge a listing at a moment; without one nothing is stated."""
    answers = holding(profile, listing.model_dump(mode="json"), day_of(at)) if listing else {}
    return judge_all(requirements, answers)


def require_sound(
    profile: Questionnaire, requirements: Sequence[Requirement], where: str = "criteria.requirements"
) -> None:
    """Raise ProblemError `invalid-requirements` (422) for conditions that no answer could ever meet."""
    faults = [
        FieldError(f"{where}.{number}.{fault[0]}", fault[1])
        for number, each in enumerate(requirements)
        if (fault := _fault(profile, each))
    ]
    if faults:
        said = "; ".join(f"{fault.field} {fault.message}" for fault in faults[:5])
        raise errors.invalid("invalid-requirements", f"the requirements are not valid: {said}", faults)


def recorded_requirements(profile: Questionnaire, requirements: Sequence[Requirement]) -> list[RecordedRequirement]:
    """Return requirements with the words of their questions."""
    return [_recorded(profile, each) for each in requirements]


def _fault(profile: Questionnaire, requirement: Requirement) -> tuple[str, str] | None:
    question = profile.by_id.get(requirement.question)
    if question is None:
        return "question", "is no question of the profile"
    if requirement.any_of and question.comparator != "any_of":
        return "any_of", "are no answers of this question"
    if requirement.any_of and (unknown := set(requirement.any_of) - set(_labels(question))):
        return "any_of", f"unknown: {unknown}"
    if requirement.contains is not None and question.comparator != "contains":
        return "contains", "is for questions with texts"
    if (requirement.at_least, requirement.at_most) != (None, None) and question.comparator != "bounds":
        return "at_least", "and at_most are for questions with numbers"
    return _out_of_bounds(question, requirement.at_least, requirement.at_most)


def _out_of_bounds(question: Question, low: float | None, high: float | None) -> tuple[str, str] | None:
    if low is not None and question.greatest is not None and low > question.greatest:
        return "at_least", f"is above the greatest possible answer, {question.greatest:.15g}"
    if high is not None and question.least is not None and high < question.least:
        return "at_most", f"is below the smallest possible answer, {question.least:.15g}"
    if low is not None and high is not None and low > high:
        return "at_most", "is below at_least"
    return None


def _labels(question: Question) -> dict[str, str]:
    if question.type == "yes_no":
        return dict(zip((YES_NO[True], YES_NO[False]), ("ja", "nein"), strict=True))
    return {choice.value: choice.de for choice in question.choices}


def _recorded(profile: Questionnaire, requirement: Requirement) -> RecordedRequirement:
    question = profile.by_id.get(requirement.question)  # a later profile may ask it no longer
    return RecordedRequirement(
        question=requirement.question,
        label=question.title("de") if question else requirement.question,
        need=requirement.need.value,
        weight=requirement.weight,
        any_of=list(requirement.any_of),
        at_least=requirement.at_least,
        at_most=requirement.at_most,
        contains=requirement.contains,
        wanted=wanted(requirement, question),
    )


def wanted(requirement: Requirement, question: Question | None) -> str:
    """Return the condition in German words; without the question those of values and units are missing."""
    if requirement.any_of:
        labels = _labels(question) if question else {}
        return " oder ".join(labels.get(value, value) for value in requirement.any_of)
    if requirement.contains is not None:
        return f"enthält „{requirement.contains}“"
    bounds = [
        f"{word} {texts_of(question, bound, 'de')[0] if question else f'{bound:.15g}'}"
        for word, bound in (("mindestens", requirement.at_least), ("höchstens", requirement.at_most))
        if bound is not None
    ]
    return " und ".join(bounds) or "eine Angabe"
