"""What the use cases need from outside, as Protocols; adapters fulfil them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from servicekit.clock import Clock

from review.domain.case import Case, CaseState
from review.domain.criteria import CriteriaSet
from review.domain.seal import Seal


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case as loaded; `revision` counts its changes and is what ETags are made of."""

    case: Case
    revision: int


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A case as it stands in a list, without listing, findings and audit trail."""

    id: str
    solution_id: str
    slug: str
    solution_name: str
    version: int
    round: int
    organisation_id: str
    organisation_name: str
    state: CaseState
    opened_at: datetime
    waiting_since: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of the queue ended."""

    waiting_since: datetime
    id: str


class Cases(Protocol):
    """Cases and, in the same write, the events that their steps lead to."""

    async def get(self, case_id: str) -> Loaded | None:
        """Return the case, or None."""
        ...

    async def of_solution(self, solution_id: str) -> Sequence[Case]:
        """Return the cases of a solution, newest version first."""
        ...

    async def undecided_of(self, organisation_id: str) -> Sequence[Case]:
        """Return the cases of an organisation's solutions that wait for the team or for the provider."""
        ...

    async def newest_seal(self, solution_id: str) -> Seal | None:
        """Return the seal of the newest approved version, or None."""
        ...

    async def queue(self, state: CaseState | None, *, limit: int, after: Position | None = None) -> Sequence[QueueItem]:
        """Return one page: what waits (open, changes requested) longest first, everything else newest first."""
        ...

    async def count(self, state: CaseState | None) -> int:
        """Return how many cases are in the state, or how many there are."""
        ...

    async def add(self, case: Case, *, event_id: str) -> bool:
        """Save a new case; False when it is there already."""
        ...

    async def change(
        self,
        case_id: str,
        decide: Callable[[Case], Case | None],
        *,
        expected: int | None = None,
        event_id: str | None = None,
    ) -> Loaded:
        """Load, decide, save; anew when somebody else saved first. None decided saves nothing.

        Raises ProblemError `case-not-found`, `stale-version` when the case is not at revision `expected`, and
        whatever `decide` raises.
        """
        ...


class Criteria(Protocol):
    """The published criteria."""

    @property
    def current(self) -> CriteriaSet:
        """The criteria that new cases are judged by."""
        ...

    def get(self, version: str) -> CriteriaSet:
        """Return the criteria of one version. Raises KeyError when there is no such version."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that the use cases of this service are handed."""

    cases: Cases
    criteria: Criteria
    clock: Clock
