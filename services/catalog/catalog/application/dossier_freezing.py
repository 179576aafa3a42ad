"""Looks up what is public about the solutions of a survey now, and makes the record of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.listing import RatingSummary
from contracts.profile.questionnaire import YES_NO, Question, Questionnaire
from contracts.profile.showing import compare
from servicekit import errors
from servicekit.errors import FieldError

from catalog.application.dossier_answers import answers_of
from catalog.application.dossier_ports import MarketState, SurveyPorts
from catalog.application.dossier_record import (
    MatrixRow,
    Record,
    RecordedAnswer,
    RecordedConclusion,
    RecordedCriteria,
    RecordedRequirement,
    RecordedSolution,
    RecordedStep,
    wanted,
)
from catalog.application.ports import LiveSolution
from catalog.domain.dossier import Candidate, Criteria, Dossier
from catalog.domain.requirement import Requirement, judge_all
from catalog.domain.term import day_of

_NUMBERS = frozenset({"number"})
_CHOSEN = frozenset({"choice", "choices", "yes_no"})
_TEXTS = frozenset({"line", "note", "markdown", "lines", "records"})


@dataclass(frozen=True, slots=True)
class MarketView:
    """A solution that is online, with what users, review and checkup say about it."""

    live: LiveSolution
    ratings: RatingSummary
    uses: int
    state: MarketState


async def market_views(ports: SurveyPorts, solutions: Sequence[LiveSolution]) -> list[MarketView]:
    """Return what is public beside the listings, in the same order."""
    judged = await ports.market.states([each.id for each in solutions])

    async def one(live: LiveSolution) -> MarketView:
        ratings, uses = await asyncio.gather(
            ports.catalog.ratings.summary(live.id), ports.catalog.uses.deployments.get(live.id)
        )
        return MarketView(live, ratings.state, len(uses.state.counting), judged.get(live.id, MarketState()))

    return list(await asyncio.gather(*(one(live) for live in solutions)))


async def appraise(ports: SurveyPorts, dossier: Dossier) -> list[RecordedSolution]:
    """Return every solution of the survey as it is public now, in order."""
    found = await asyncio.gather(*(ports.catalog.solutions.live(each.solution_id) for each in dossier.candidates))
    views = await market_views(ports, [loaded.state for loaded in found if loaded])
    seen = {view.live.id: view for view in views}
    asked = await answers_of(ports, dossier)
    requirements = dossier.criteria.requirements

    def one(candidate: Candidate) -> RecordedSolution:
        key = candidate.solution_id
        view = seen.get(key)
        shown = view.live if view else None
        answers = ports.catalog.profile.answers_of(shown.listing) if shown else {}
        fulfilled = judge_all(requirements, answers)
        return RecordedSolution(
            solution_id=key,
            slug=shown.slug if shown else candidate.slug,
            name=shown.listing.name if shown else candidate.name,
            organisation_name=shown.organisation_name if shown else candidate.organisation_name,
            included=candidate.included,
            reason=candidate.reason,
            noted_version=candidate.noted_version,
            version=shown.number if shown else None,
            published_at=shown.published_at if shown else None,
            listing=shown.listing if shown else None,
            ratings=view.ratings if view else None,
            uses=view.uses if view else None,
            seal=view.state.seal if view else None,
            checkup=view.state.checkup if view else None,
            fulfilment=list(fulfilled.each),
            musts=fulfilled.musts,
            musts_met=fulfilled.musts_met,
            score=fulfilled.score,
            answers=[
                RecordedAnswer(
                    question=each.question, answer=each.answer, answered_on=each.answered_on, source=each.source
                )
                for each in candidate.answers
            ]
            + asked.get(key, []),
        )

    return [one(candidate) for candidate in dossier.candidates]


def record_of(profile: Questionnaire, dossier: Dossier, solutions: Sequence[RecordedSolution]) -> Record:
    """Return the record of a dossier that is being frozen."""
    return Record(
        dossier_id=dossier.id,
        organisation_id=dossier.organisation_id,
        organisation_name=dossier.organisation_name,
        title=dossier.title,
        need=dossier.need,
        criteria=recorded_criteria(profile, dossier.criteria),
        created_at=dossier.created_at,
        frozen_at=dossier.updated_at,
        profile_version=profile.version,
        solutions=list(solutions),
        matrix=matrix(profile, solutions, dossier.updated_at),
        log=[RecordedStep.of(entry) for entry in dossier.log],
        conclusion=RecordedConclusion.of(dossier.conclusion) if dossier.conclusion else None,
    )


def matrix(profile: Questionnaire, solutions: Sequence[RecordedSolution], at: datetime) -> list[MatrixRow]:
    """Return a row for every question that is compared and that somebody answers, as of a moment."""
    documents = [each.listing.model_dump(mode="json") if each.listing else {} for each in solutions]
    titles = {section.id: section.title.de for section in profile.sections}
    return [
        MatrixRow(
            question=row.question.id,
            section=titles[row.question.section],
            label=row.question.title("de"),
            differs=row.differs,
            texts=[list(each) for each in row.texts],
        )
        for row in compare(profile, documents, "de", today=day_of(at))
        if any(row.texts)
    ]


def recorded_criteria(profile: Questionnaire, criteria: Criteria) -> RecordedCriteria:
    """Return the criteria with the words of the questions."""
    return RecordedCriteria(
        query=criteria.query,
        filters={facet: list(values) for facet, values in criteria.filters.items()},
        requirements=recorded_requirements(profile, criteria.requirements),
    )


def recorded_requirements(profile: Questionnaire, requirements: Sequence[Requirement]) -> list[RecordedRequirement]:
    """Return requirements with the words of their questions."""
    return [_recorded(profile, each) for each in requirements]


def require_sound(
    profile: Questionnaire, requirements: Sequence[Requirement], where: str = "criteria.requirements"
) -> None:
    """Raise ProblemError `invalid-requirements` (422) for conditions that no answer could ever be compared with."""
    faults = [
        FieldError(f"{where}.{number}.{fault[0]}", fault[1])
        for number, each in enumerate(requirements)
        if (fault := _fault(profile, each))
    ]
    if faults:
        said = "; ".join(f"{fault.field} {fault.message}" for fault in faults[:5])
        raise errors.invalid("invalid-requirements", f"the requirements are not valid: {said}", faults)


def _fault(profile: Questionnaire, requirement: Requirement) -> tuple[str, str] | None:
    question = profile.by_id.get(requirement.question)
    if question is None:
        return "question", "is no question of the profile"
    if requirement.any_of and (
        question.type not in _CHOSEN or (unknown := set(requirement.any_of) - set(_labels(question)))
    ):
        return "any_of", "are no answers of this question" if question.type not in _CHOSEN else f"unknown: {unknown}"
    if requirement.contains is not None and question.type not in _TEXTS:
        return "contains", "is for questions with texts"
    low, high = requirement.at_least, requirement.at_most
    if (low is not None or high is not None) and question.type not in _NUMBERS:
        return "at_least", "and at_most are for questions with numbers"
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
        wanted=wanted(requirement, _labels(question) if question else {}),
    )
