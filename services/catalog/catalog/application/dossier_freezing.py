"""Looks up what is public about the solutions of a survey now, and makes the record of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.listing import RatingSummary
from contracts.profile.questionnaire import Questionnaire
from contracts.profile.showing import compare

from catalog.application.dossier_answers import answers_of
from catalog.application.dossier_ports import MarketState, SurveyPorts
from catalog.application.dossier_record import (
    MatrixRow,
    Record,
    RecordedAnswer,
    RecordedConclusion,
    RecordedCriteria,
    RecordedSolution,
    RecordedStep,
)
from catalog.application.ports import LiveSolution
from catalog.application.requirements import fulfilment, recorded_requirements
from catalog.domain.dossier import Candidate, Criteria, Dossier
from catalog.domain.term import day_of


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
    requirements, now = dossier.criteria.requirements, ports.catalog.clock.now()

    def one(candidate: Candidate) -> RecordedSolution:
        key = candidate.solution_id
        view = seen.get(key)
        shown = view.live if view else None
        fulfilled = fulfilment(ports.catalog.profile, requirements, shown.listing if shown else None, now)
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
