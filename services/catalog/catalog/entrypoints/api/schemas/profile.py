"""The standard profile over HTTP: how complete a listing is, and listings side by side."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from contracts.listing import Listing, RatingSummary, ReviewSeal
from contracts.profile import completeness
from contracts.profile.questionnaire import Question, Questionnaire
from contracts.profile.showing import ComparedRow, compare
from contracts.vocabulary import Language
from pydantic import BaseModel

from catalog.application.dossier_freezing import MarketView
from catalog.application.dossier_ports import CheckupState
from catalog.domain.term import day_of


class MissingView(BaseModel):
    """A question without an answer; more `weight` helps more, `required` ones are needed before a submission."""

    question: str
    weight: int
    required: bool


class SectionCompletenessView(BaseModel):
    """How much of one section is answered."""

    id: str
    percent: int
    missing: list[MissingView]


class CompletenessView(BaseModel):
    """How much of the profile is answered, by weight; 100 means that nothing is missing."""

    profile: str
    percent: int
    sections: list[SectionCompletenessView]

    @classmethod
    def of(cls, profile: Questionnaire, listing: Listing) -> Self:
        """Return the view."""
        measured = completeness.measure(profile, listing.model_dump(mode="json"))

        required = {question.id for question in measured.required}

        def missing(question: Question) -> MissingView:
            return MissingView(question=question.id, weight=question.weight, required=question.id in required)

        return cls(
            profile=profile.version,
            percent=measured.percent,
            sections=[
                SectionCompletenessView(
                    id=each.section.id,
                    percent=each.percent,
                    missing=[missing(question) for question in each.missing],
                )
                for each in measured.sections
            ],
        )


class ComparedSolution(BaseModel):
    """A column of a comparison; `uses` counts the municipalities that confirmed that they use it."""

    id: str
    slug: str
    name: str
    organisation_name: str
    live_version: int
    ratings: RatingSummary
    uses: int
    seal: ReviewSeal | None
    checkup: CheckupState | None

    @classmethod
    def of(cls, found: MarketView) -> Self:
        """Return the view."""
        return cls(
            id=found.live.id,
            slug=found.live.slug,
            name=found.live.listing.name,
            organisation_name=found.live.organisation_name,
            live_version=found.live.number,
            ratings=found.ratings,
            uses=found.uses,
            seal=found.state.seal,
            checkup=found.state.checkup,
        )


class ComparedRowView(BaseModel):
    """A row of a comparison: the texts of each solution, empty where it does not answer."""

    question: str
    label: str
    differs: bool
    texts: list[list[str]]

    @classmethod
    def of(cls, row: ComparedRow, language: Language) -> Self:
        """Return the view."""
        texts = [list(each) for each in row.texts]
        return cls(question=row.question.id, label=row.question.title(language), differs=row.differs, texts=texts)


class ComparisonView(BaseModel):
    """Published solutions side by side, in the order they were asked for."""

    profile: str
    solutions: list[ComparedSolution]
    rows: list[ComparedRowView]

    @classmethod
    def of(cls, profile: Questionnaire, solutions: Sequence[MarketView], language: Language, *, now: datetime) -> Self:
        """Return the view."""
        documents = [each.live.listing.model_dump(mode="json") for each in solutions]
        rows = compare(profile, documents, language, today=day_of(now))
        return cls(
            profile=profile.version,
            solutions=[ComparedSolution.of(each) for each in solutions],
            rows=[ComparedRowView.of(row, language) for row in rows],
        )
