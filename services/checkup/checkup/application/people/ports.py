"""What these use cases need from outside, as Protocols; adapters fulfil them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from servicekit.clock import Clock
from servicekit.outbox import OutboxMessage

from checkup.application.ports import Rubrics, Runs, Solutions
from checkup.domain.people.contest import Contest
from checkup.domain.people.contradictions import ContradictionLog, SourceRules
from checkup.domain.people.disclosure import Disclosure, Edition
from checkup.domain.people.manual_check import Checklist, ManualCheck
from checkup.domain.people.questionnaire import Questionnaire
from checkup.domain.people.trail import Entry

T = TypeVar("T")
Version_co = TypeVar("Version_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """A record with the revision that `If-Match` is compared with; 0 while it was never saved."""

    record: T
    revision: int


class Records(Protocol[T]):
    """One kind of aggregate, each with its audit trail."""

    async def get(self, record_id: str) -> Loaded[T] | None:
        """Return the record, or None."""
        ...

    async def add(self, record: T, messages: Sequence[OutboxMessage] = ()) -> Loaded[T] | None:
        """Save a new record; None when there is one with this id already."""
        ...

    async def change(
        self,
        record_id: str,
        decide: Callable[[T | None], T],
        *,
        expected: int | None = None,
        messages: Callable[[T], Sequence[OutboxMessage]] | None = None,
    ) -> Loaded[T]:
        """Load (None when there is none), decide, save.

        With `expected` raises `stale-version` (stale) when the revision is another one, else tries anew when somebody
        was faster. What is decided equal to what is there is not saved.
        """
        ...

    async def of_solution(self, solution_id: str) -> Sequence[Loaded[T]]:
        """Return a solution's records, oldest first."""
        ...

    async def find(self, state: str, *, limit: int) -> Sequence[Loaded[T]]:
        """Return the records in a state, oldest first."""
        ...

    async def archived(self, solution_id: str) -> Sequence[Entry]:
        """Return the entries of the audit trail that no longer fit into the records, oldest first."""
        ...


class Editions(Protocol):
    """Every published version of every self-disclosure, for ever."""

    async def add(self, solution_id: str, edition: Edition) -> None:
        """Keep a version before it becomes the published one."""
        ...

    async def get(self, edition_id: str) -> Edition | None:
        """Return a version with its answers."""
        ...


class Released(Protocol[Version_co]):
    """Data of which a new version is released from time to time."""

    @property
    def current(self) -> Version_co:
        """The version for what begins now."""
        ...

    def get(self, version: str) -> Version_co:
        """Return one version. Raises KeyError when it was never released."""
        ...


@dataclass(frozen=True, slots=True)
class PeoplePorts:
    """Everything that these use cases are handed; `answer_time` is the provider's, before all see a contradiction."""

    solutions: Solutions
    runs: Runs
    rubrics: Rubrics
    disclosures: Records[Disclosure]
    editions: Editions
    checks: Records[ManualCheck]
    contests: Records[Contest]
    contradictions: Records[ContradictionLog]
    questionnaires: Released[Questionnaire]
    checklists: Released[Checklist]
    source_rules: Released[SourceRules]
    clock: Clock
    answer_time: timedelta
