"""Differences between versions, and small corrections, over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from contracts.listing import QuestionId
from contracts.profile.differing import differences
from contracts.profile.questionnaire import Questionnaire
from contracts.vocabulary import Language
from pydantic import BaseModel, Field

from catalog.domain.correction import Correction, CorrectionState
from catalog.domain.solution import Solution, Version
from catalog.entrypoints.api.schemas.texts import Note, Request


class PieceView(BaseModel):
    """A passage of a text or an entry of a list."""

    mark: Literal["same", "removed", "added"]
    text: str


class DifferenceView(BaseModel):
    """A question with another answer; with `entries` every piece is an entry of a list, else a passage."""

    question: str
    title: str
    section: str
    entries: bool
    pieces: list[PieceView]


class DiffView(BaseModel):
    """What version `later` says otherwise than version `former`."""

    former: int
    later: int
    differences: list[DifferenceView]

    @classmethod
    def of(cls, profile: Questionnaire, former: Version, later: Version, language: Language) -> Self:
        """Return the view."""
        found = differences(
            profile, former.shown.model_dump(mode="json"), later.shown.model_dump(mode="json"), language
        )
        return cls(
            former=former.number,
            later=later.number,
            differences=[
                DifferenceView(
                    question=each.question.id,
                    title=each.question.title(language),
                    section=each.question.section,
                    entries=each.entries,
                    pieces=[PieceView(mark=piece.mark, text=piece.text) for piece in each.pieces],
                )
                for each in found
            ],
        )


class CorrectionRequest(Request):
    """New answers by question of the profile; null takes an answer away."""

    answers: Annotated[dict[QuestionId, Any], Field(min_length=1, max_length=20)]


class Judged(Request):
    """Which state of the correction was looked at."""

    revision: Annotated[int, Field(ge=1)]


class Reverted(Judged):
    """Why a correction is taken back; its provider will read it."""

    reason: Note


class ChangeView(BaseModel):
    """The answer to one question before and after; null: none."""

    question: str
    before: Any
    after: Any


class CorrectionView(BaseModel):
    """A correction and what the team said of it."""

    number: int
    version: int
    revision: int
    state: CorrectionState
    changes: list[ChangeView]
    at: datetime
    decided_at: datetime | None
    reason: str | None

    @classmethod
    def of(cls, correction: Correction) -> Self:
        """Return the view."""
        return cls(
            number=correction.number,
            version=correction.version,
            revision=correction.revision,
            state=correction.state,
            changes=[
                ChangeView(question=each.question, before=each.before, after=each.after) for each in correction.changes
            ],
            at=correction.at,
            decided_at=correction.decided_at,
            reason=correction.reason,
        )


class WaitingCorrectionView(CorrectionView):
    """An unapproved correction in the team's queue."""

    solution_id: str
    slug: str
    solution_name: str
    organisation_id: str
    organisation_name: str

    @classmethod
    def waiting(cls, solution: Solution) -> Self:
        """Return the view of the solution's open correction; raises LookupError when there is none."""
        correction = solution.open_correction
        if correction is None:
            raise LookupError(f"solution {solution.id} has no open correction")
        return cls(
            **CorrectionView.of(correction).model_dump(),
            solution_id=solution.id,
            slug=solution.slug,
            solution_name=solution.version(correction.version).shown.name,
            organisation_id=solution.organisation_id,
            organisation_name=solution.organisation_name,
        )
