"""What the use cases need from the outside: the index, its administration, the event log, the run log."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from contracts.envelope import Event

from search.domain.document import SolutionDocument
from search.domain.entry import Listed, Revision
from search.domain.query_text import QueryText
from search.domain.search_request import Position, SearchRequest

Mode = Literal["last_per_subject", "full"]
RunState = Literal["requested", "running", "done", "failed"]


Counted = Mapping[str, Sequence[tuple[str, int]]]
"""Value and number of hits by facet."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of a result; `position` is that of its last hit when there are more.

    `results` are empty where only ids were asked for; `fitting` counts what fits each filter in words for certain.
    """

    total: int
    ids: list[str]
    results: list[dict[str, Any]]
    counts: Counted
    fitting: Mapping[str, int]
    position: Position | None


@dataclass(frozen=True, slots=True)
class Window:
    """The hits to be fused: everything near in meaning, and the best in words.

    `matches` are scores in words by id, `stated` how many filters in words each states (half for one only said in its
    texts). `cut` is where the engine's order goes on after these, None when they are all.
    """

    total: int
    matches: Mapping[str, float]
    stated: Mapping[str, float]
    counts: Counted
    fitting: Mapping[str, int]
    cut: float | None


class SolutionSearch(Protocol):
    """Asks the live index. All raise ProblemError `search-unavailable`."""

    async def page(
        self, request: SearchRequest, text: QueryText, *, near: Collection[str] = (), complete: bool = True
    ) -> FoundPage:
        """Return one page in the engine's order; `near` ones are found too. Raises ProblemError `bad-cursor`."""
        ...

    async def window(self, request: SearchRequest, text: QueryText, near: Collection[str]) -> Window:
        """Return the hits that are to be fused."""
        ...

    async def details(self, ids: Sequence[str], text: QueryText, cosines: Mapping[str, float]) -> list[dict[str, Any]]:
        """Return what is shown of solutions, in the order of the ids, with highlights and reasons."""
        ...


class ListingFeed(Protocol):
    """Tells what an index shows, and how far it is. All raise ProblemError `search-unavailable`."""

    async def live(self) -> str:
        """Return the name of the index that is searched now."""
        ...

    async def lineage(self, index: str) -> str:
        """Name what an index is made from and by: equal versions in indices of one lineage mean equal entries."""
        ...

    def revisions(self, index: str, *, after: int) -> AsyncIterator[list[Revision]]:
        """Read how far the index is with every solution, findable or not, whose position is above `after`.

        In batches, by position. What changes meanwhile is met at its old position or at its new one, or at both.
        """
        ...

    async def read(self, index: str, ids: Sequence[str]) -> list[Listed]:
        """Return solutions as they are now; those that are not in the index are left out."""
        ...


class PastQueries(Protocol):
    """Queries that found something, as people typed them."""

    def matching(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return at most `limit` queries that begin with `prefix` in any spelling, most used first, with their uses.

        An empty prefix matches every query. Answers from memory.
        """
        ...


class SolutionStore(Protocol):
    """Writes documents; several writers may do so at once."""

    async def targets(self) -> tuple[str, ...]:
        """Return the indices that live writes go to; raises ProblemError `search-unavailable` when there is none."""
        ...

    async def join(
        self, index: str, documents: Collection[SolutionDocument], *, expect_new: bool = False
    ) -> Mapping[str, str]:
        """Bring what the documents know into an index; returns the reason per id that the engine refuses for good.

        `expect_new` saves the reading where most of them are not there yet; the outcome is the same.

        Raises ProblemError `search-unavailable` when the engine or the index is away.
        """
        ...


@dataclass(frozen=True, slots=True)
class IndexState:
    """The indices as they are: the one behind the alias (None when there is none) and those written to."""

    live: str | None = None
    schema: int = 0
    stream: str = ""
    targets: tuple[str, ...] = ()
    all: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Documents of an index, and those of them that can be found."""

    documents: int
    visible: int


class IndexAdministration(Protocol):
    """Makes, switches and removes indices. All raise ProblemError `search-unavailable`."""

    schema: int

    async def state(self) -> IndexState:
        """Return the indices as they are now."""
        ...

    async def create(self, stream: str, at: datetime) -> str:
        """Make a new index that is filled fast and not yet found nor written to by others; return its name."""
        ...

    async def open_for_writing(self, index: str) -> None:
        """Let live writes go to this index too."""
        ...

    async def finish_filling(self, index: str) -> None:
        """Make everything written searchable and switch to the settings of live use."""
        ...

    async def count(self, index: str) -> Counts:
        """Count the documents of an index."""
        ...

    async def swap(self, index: str) -> None:
        """Put the index behind the alias and make it the only one written to, in one step."""
        ...

    async def discard(self, indices: Collection[str]) -> None:
        """Remove indices (those that are gone already are fine)."""
        ...


@dataclass(frozen=True, slots=True)
class Logged:
    """One message of the event log."""

    sequence: int
    data: bytes


class EventLog(Protocol):
    """Reads the event stream from a position, in order, without a durable."""

    async def identity(self) -> str:
        """Name the incarnation of the stream: another one after it was made anew, when sequences start again."""
        ...

    async def last_sequence(self) -> int:
        """Return the position of the newest event."""
        ...

    def replay(self, *, after: int, upto: int, mode: Mode) -> AbstractAsyncContextManager[AsyncIterator[list[Logged]]]:
        """Read the projected events of (after, upto] in order, in batches.

        `last_per_subject` skips what a later message on the same subject has replaced.
        """
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One rebuild, as asked for and as far as it came."""

    id: str
    mode: Mode
    force: bool
    state: RunState
    reason: str
    requested_at: datetime
    requested_by: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    index: str | None = None
    documents: int = 0
    events: int = 0
    position: int = 0
    last_position: int = 0
    error: str | None = None


class RunLog(Protocol):
    """Keeps runs, and lets only one be carried out at a time."""

    async def put(self, run: Run) -> None:
        """Store how far a run came."""
        ...

    async def get(self, run_id: str) -> Run | None:
        """Return a run."""
        ...

    async def unfinished(self) -> list[Run]:
        """Return requested and running ones, oldest first."""
        ...

    def lease(self, owner: str) -> AbstractAsyncContextManager["Lease"]:
        """Hold the right to rebuild inside the block; raises ProblemError `rebuild-running` (conflict)."""
        ...


class Lease(Protocol):
    """The right to rebuild."""

    def check(self) -> None:
        """Raise ProblemError `rebuild-lease-lost` when it could not be renewed in time."""
        ...


class Announcer(Protocol):
    """Publishes events of this service."""

    async def announce(self, event: Event) -> None:
        """Publish; the same event id is stored once."""
        ...


@dataclass
class Progress:
    """What a rebuild counts while it runs."""

    events: int = 0
    position: int = 0
    unreadable: int = 0
    ids: set[str] = field(default_factory=set)
