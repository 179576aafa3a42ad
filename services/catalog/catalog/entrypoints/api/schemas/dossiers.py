"""Market surveys over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal, Self

from contracts.listing import QuestionId, RatingSummary, ReviewSeal
from contracts.profile.questionnaire import Questionnaire
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from catalog.application.commands.dossier_asking import AskedProvider
from catalog.application.dossier_answers import AskedAbout
from catalog.application.dossier_freezing import recorded_criteria
from catalog.application.dossier_ports import CheckupState
from catalog.application.dossier_record import (
    RecordedAnswer,
    RecordedConclusion,
    RecordedCriteria,
    RecordedSolution,
    RecordedStep,
)
from catalog.application.dossier_verifying import Verdict
from catalog.application.ports import Loaded
from catalog.domain.dossier import MAX_ANSWERS, MAX_SOLUTIONS, Criteria, Dossier, DossierState, Outcome, ProviderAnswer
from catalog.domain.inquiry import InquiryState, Wish
from catalog.domain.requirement import MAX_REQUIREMENTS, MAX_WEIGHT, Fulfilment, Need, Requirement
from catalog.entrypoints.api.schemas.inquiries import Month, Question
from catalog.entrypoints.api.schemas.texts import Name, Note, Request, Text, without_control_characters


def _one_line(value: str) -> str:
    return str(without_control_characters(value, line_breaks=False))


Short = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_one_line)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=100)]
References = Annotated[list[Reference], Field(max_length=MAX_SOLUTIONS)]
Facet = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class RequirementIn(Request):
    """A question of the profile and the answer that is wanted: one condition, or none for any answer."""

    question: QuestionId
    need: Need
    weight: Annotated[int, Field(ge=1, le=MAX_WEIGHT)] = 1
    any_of: Annotated[list[Short], Field(max_length=50)] = []
    at_least: Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)] | None = None
    at_most: Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)] | None = None
    contains: Short | None = None

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        bounded = self.at_least is not None or self.at_most is not None
        if sum((bool(self.any_of), bounded, self.contains is not None)) > 1:
            raise ValueError("give one condition: any_of, contains, or at_least with at_most")
        return self

    def to_requirement(self) -> Requirement:
        """Return the requirement as the domain knows it."""
        return Requirement(**{**self.model_dump(), "any_of": tuple(dict.fromkeys(self.any_of))})


class CriteriaIn(Request):
    """What the market is searched by."""

    query: Annotated[str, StringConstraints(max_length=300), AfterValidator(_one_line)] = ""
    filters: Annotated[dict[Facet, Annotated[list[Short], Field(max_length=50)]], Field(max_length=30)] = {}
    requirements: Annotated[list[RequirementIn], Field(max_length=MAX_REQUIREMENTS)] = []

    def to_criteria(self) -> Criteria:
        """Return the criteria as the domain knows them."""
        filters = {facet: tuple(values) for facet, values in self.filters.items() if values}
        return Criteria(self.query, filters, tuple(each.to_requirement() for each in self.requirements))


class DossierRequest(Request):
    """What a survey is about."""

    title: Name
    need: Text
    criteria: CriteriaIn = CriteriaIn()


class NewDossierRequest(DossierRequest):
    """A new survey; `organisation_id` only where the user belongs to more than one municipality."""

    organisation_id: Reference | None = None
    solutions: References = []


class SolutionsRequest(Request):
    """Published solutions by id or slug."""

    solutions: Annotated[References, Field(min_length=1)]


class DecisionRequest(Request):
    """Whether a solution stays in the choice; an exclusion needs its reason."""

    included: bool
    reason: Note | None = None


class AnswerIn(Request):
    """What a provider answered to a question, when, and how it came."""

    question: Short
    answer: Note
    answered_on: date
    source: Short

    def to_answer(self) -> ProviderAnswer:
        """Return the answer as the domain knows it."""
        return ProviderAnswer(self.question, self.answer, self.answered_on, self.source)


class AnswersRequest(Request):
    """All answers of one provider, in place of those noted before."""

    answers: Annotated[list[AnswerIn], Field(max_length=MAX_ANSWERS)]


class QuestionsRequest(Request):
    """The same questions to the providers of all included solutions; `text` says in words what is needed."""

    subject: Name
    questions: Annotated[list[Question], Field(max_length=20)] = []
    needed_by: Month | None = None
    text: Text

    def to_wish(self) -> Wish:
        """Return what is asked for as the domain knows it."""
        return Wish(subject=self.subject, needed_by=self.needed_by, questions=tuple(self.questions))


class AskedView(BaseModel):
    """What became of the inquiry about one solution: its id, or the slug of the refusal."""

    solution_id: str
    name: str
    inquiry_id: str | None
    refused: str | None


class Asked(BaseModel):
    """What became of each inquiry."""

    items: list[AskedView]

    @classmethod
    def of(cls, outcomes: Sequence[AskedProvider]) -> Self:
        """Return the view."""
        return cls(items=[AskedView(**asdict(each)) for each in outcomes])


class ConclusionRequest(Request):
    """What the survey led to."""

    outcome: Outcome
    note: Note | None = None


class SealView(BaseModel):
    """The SHA-256 of the record when it was frozen, and again when the outcome was added."""

    sha256: str
    at: datetime
    step: str


class SurveyedSolution(BaseModel):
    """A solution as it is public now, or was when the survey was frozen."""

    solution_id: str
    slug: str
    name: str
    organisation_name: str
    included: bool
    reason: str | None
    noted_version: int
    version: int | None
    online: bool
    changed: bool
    ratings: RatingSummary | None
    uses: int | None
    seal: ReviewSeal | None
    checkup: CheckupState | None
    fulfilment: list[Fulfilment]
    musts: int
    musts_met: int
    score: int | None
    answers: list[RecordedAnswer]

    @classmethod
    def of(cls, solution: RecordedSolution) -> Self:
        """Return the view."""
        given = {name: getattr(solution, name) for name in cls.model_fields}
        return cls(**given)


class InquiryOfDossier(BaseModel):
    """An inquiry that the survey led to."""

    inquiry_id: str
    solution_id: str
    provider_name: str
    state: InquiryState
    sent_at: datetime


class LaterAnswers(BaseModel):
    """What a provider answered after the survey was frozen; no part of what is sealed."""

    solution_id: str
    answers: list[RecordedAnswer]


class DossierSummary(BaseModel):
    """A survey in a list."""

    id: str
    organisation_id: str
    organisation_name: str
    title: str
    state: DossierState
    solutions: int
    included: int
    created_at: datetime
    updated_at: datetime
    outcome: Outcome | None

    @classmethod
    def of(cls, dossier: Dossier) -> Self:
        """Return the view."""
        return cls(
            id=dossier.id,
            organisation_id=dossier.organisation_id,
            organisation_name=dossier.organisation_name,
            title=dossier.title,
            state=dossier.state,
            solutions=len(dossier.candidates),
            included=sum(each.included for each in dossier.candidates),
            created_at=dossier.created_at,
            updated_at=dossier.updated_at,
            outcome=dossier.conclusion.outcome if dossier.conclusion else None,
        )


class DossierView(DossierSummary):
    """A survey with its solutions; `version` goes back as If-Match, `may_edit` tells whether it may be changed."""

    version: int
    may_edit: bool
    need: str
    criteria: RecordedCriteria
    items: list[SurveyedSolution]
    log: list[RecordedStep]
    seals: list[SealView]
    conclusion: RecordedConclusion | None
    inquiries: list[InquiryOfDossier]
    later_answers: list[LaterAnswers]

    @classmethod
    def with_solutions(
        cls,
        loaded: Loaded[Dossier],
        solutions: list[RecordedSolution],
        profile: Questionnaire,
        *,
        may_edit: bool,
        inquiries: Sequence[AskedAbout],
        later: Mapping[str, list[RecordedAnswer]],
    ) -> Self:
        """Return the view."""
        dossier = loaded.state
        return cls(
            **DossierSummary.of(dossier).model_dump(),
            version=loaded.version,
            may_edit=may_edit,
            need=dossier.need,
            criteria=recorded_criteria(profile, dossier.criteria),
            items=[SurveyedSolution.of(each) for each in solutions],
            log=[RecordedStep.of(entry) for entry in dossier.log],
            seals=[SealView(sha256=seal.sha256, at=seal.at, step=seal.step.value) for seal in dossier.seals],
            conclusion=RecordedConclusion.of(dossier.conclusion) if dossier.conclusion else None,
            inquiries=[InquiryOfDossier(**asdict(each)) for each in inquiries],
            later_answers=[LaterAnswers(solution_id=key, answers=answers) for key, answers in later.items()],
        )


class VerdictView(BaseModel):
    """Whether a file is what was sealed; `newer_seal`: the outcome was added after it was made."""

    result: Literal["genuine", "changed", "unknown"]
    sha256: str
    dossier_id: str | None
    title: str | None
    organisation_name: str | None
    frozen_at: datetime | None
    concluded_at: datetime | None
    newer_seal: bool

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """Return the view."""
        return cls(**{name: getattr(verdict, name) for name in cls.model_fields})
