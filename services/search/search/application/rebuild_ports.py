"""What rebuilding needs from the outside: the indices and their content, the event stream, the log of runs."""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from contracts.envelope import Event

from search.domain.checksum import Checksum
from search.domain.document import FacetName, SolutionDocument

ReplayMode = Literal["last_per_subject", "full"]
Mode = Literal["last_per_subject", "full", "rollback"]
RunState = Literal["requested", "running", "done", "failed"]
Phase = Literal["reading", "writing", "verifying", "catching_up"]


@dataclass(frozen=True, slots=True)
class Made:
    """What an index was made with, and when.

    `stream` names the incarnation of the event stream it was built from, `vectors` the model whose vectors it ranks,
    empty for none.
    """

    schema: int = 0
    stream: str = ""
    vectors: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IndexState:
    """The indices as they are: the one behind the alias, the one before it (None: there is none), those written to."""

    live: str | None = None
    live_made: Made = Made()
    previous: str | None = None
    previous_made: Made = Made()
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
    vectors: str

    async def state(self) -> IndexState:
        """Return the indices as they are now."""
        ...

    async def create(self, stream: str, at: datetime) -> str:
        """Make a new index that is filled fast and not yet found nor written to by others; return its name."""
        ...

    async def open_for_writing(self, index: str) -> None:
        """Let live writes go to this index too."""
        ...

    async def close_for_writing(self, index: str) -> None:
        """Let live writes no longer go to this index (fine when they did not, or when it is gone)."""
        ...

    async def make_searchable(self, index: str) -> None:
        """Make everything written searchable, now and from now on."""
        ...

    async def count(self, index: str) -> Counts:
        """Count the documents of an index."""
        ...

    async def swap(self, index: str) -> None:
        """Put the index behind the alias, make it the only one written to, and keep the one before; in one step."""
        ...

    async def discard(self, indices: Collection[str]) -> None:
        """Remove indices (those that are gone already are fine)."""
        ...


class Stored(NamedTuple):
    """What an index stores of one solution: JSON, its checksum, and the name of the text whose vector belongs to it.

    `content_hash` is empty when the solution cannot be found.
    """

    solution_id: str
    checksum: str
    content_hash: str
    json: bytes


class Filling(Protocol):
    """What goes into a new index that nobody else writes to."""

    @property
    def checksum(self) -> Checksum:
        """Of what was written so far."""
        ...

    @property
    def refused(self) -> Mapping[str, str]:
        """Why the engine never takes a document, by id."""
        ...

    async def put(self, stored: Stored) -> None:
        """Write a document, a little later and together with others; every document once."""
        ...


class IndexContent(Protocol):
    """Fills indices and reads back what they hold. All raise ProblemError `search-unavailable`."""

    def filling(self, index: str) -> AbstractAsyncContextManager[Filling]:
        """Fill a new index inside the block; everything was written when the block has ended."""
        ...

    def checksums(self, index: str) -> AsyncIterator[list[tuple[str, str | None]]]:
        """Read the id and the checksum of every searchable document, in batches; nobody may write meanwhile."""
        ...

    async def positions(self, index: str, ids: Collection[str]) -> Mapping[str, Mapping[FacetName, int]]:
        """Return the stream sequence of each facet of the documents that are there."""
        ...


class Logged(NamedTuple):
    """One message of the event stream."""

    sequence: int
    subject: str
    data: bytes

    @property
    def solution_id(self) -> str:
        """The last part of the subject: the aggregate that a projected event is about is the solution."""
        return self.subject.rpartition(".")[2]


class Making(Protocol):
    """Makes documents of many solutions."""

    def each(self, solutions: Iterator[list[Logged]]) -> AsyncIterator[tuple[list[Logged], Stored | None]]:
        """Return the messages of each solution with what they make; None when one of them cannot be read."""
        ...


class Maker(Protocol):
    """Makes what is stored of what the stream says."""

    def stored(self, document: SolutionDocument) -> Stored:
        """Return what is stored of a document."""
        ...

    def making(self, messages: int) -> AbstractAsyncContextManager[Making]:
        """Make documents of about so many messages inside the block."""
        ...


class Replay(Protocol):
    """Messages in batches, those on one subject in order."""

    @property
    def total(self) -> int:
        """How many there are to read, about."""
        ...

    def __aiter__(self) -> AsyncIterator[list[Logged]]: ...


class EventLog(Protocol):
    """Reads the event stream from a position, without a durable."""

    async def identity(self) -> str:
        """Name the incarnation of the stream: another one after it was made anew, when sequences start again."""
        ...

    async def last_sequence(self) -> int:
        """Return the position of the newest event."""
        ...

    def replay(
        self, *, after: int, upto: int, mode: ReplayMode, subject: str | None = None
    ) -> AbstractAsyncContextManager[Replay]:
        """Read the projected events of (after, upto], or those on one subject only.

        `last_per_subject` skips what a later message on the same subject has replaced.
        """
        ...


class Gathering(Protocol):
    """Sorts messages by solution, with bounded memory."""

    @property
    def messages(self) -> int:
        """How many are kept, about: the newest of each subject."""
        ...

    def add(self, batch: Iterable[Logged]) -> None:
        """Keep messages; a later one on the same subject replaces an earlier one."""
        ...

    def solutions(self) -> Iterator[list[Logged]]:
        """Return the kept messages, those of one solution together; once."""
        ...


Gather = AbstractContextManager[Gathering]


@dataclass(frozen=True, slots=True)
class Run:
    """One rebuild or rollback, as asked for and as far as it came."""

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
    phase: Phase | None = None
    progress: float = 0.0
    eta_seconds: float | None = None
    documents: int = 0
    events: int = 0
    skipped: int = 0
    """Events that cannot be read, and documents that the engine refuses."""
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

    async def latest(self, limit: int) -> list[Run]:
        """Return the newest ones, newest first."""
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
