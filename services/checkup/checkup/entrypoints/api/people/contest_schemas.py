"""What the API takes and answers about contests."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from checkup.domain.people.contest import Contest, ContestState, Outcome, TargetKind


class ContestIn(BaseModel):
    """What is contested: the id of a metric, of an item of the newest completed check, or of a contradiction's rule."""

    kind: TargetKind
    finding: Annotated[str, Field(max_length=100)]
    reason: str


class ContestAnswerIn(BaseModel):
    """The team's answer; an accepted one says whether the finding is put right or does not count."""

    decision: Literal["corrected", "excluded", "rejected"]
    answer: str

    @property
    def outcome(self) -> Outcome | None:
        return None if self.decision == "rejected" else Outcome(self.decision)


class ContestOut(BaseModel):
    """A contest with both sides' words; `commit` says for which commit's reports a metric's answer holds."""

    id: str
    solution_id: str
    slug: str
    kind: TargetKind
    finding: str
    found_in: str
    commit: str | None
    title: str
    reason: str
    state: ContestState
    outcome: Outcome | None
    answer: str | None
    opened_at: datetime
    answered_at: datetime | None

    @classmethod
    def of(cls, contest: Contest) -> Self:
        return cls(
            id=contest.id,
            solution_id=contest.solution_id,
            slug=contest.slug,
            kind=contest.target.kind,
            finding=contest.target.id,
            found_in=contest.target.at,
            commit=contest.target.commit,
            title=contest.title,
            reason=contest.reason,
            state=contest.state,
            outcome=contest.outcome,
            answer=contest.answer,
            opened_at=contest.opened_at,
            answered_at=contest.answered_at,
        )


class ContestList(BaseModel):
    """Contests."""

    items: list[ContestOut]
    next_cursor: str | None
    total: int
