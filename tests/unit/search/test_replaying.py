"""A rebuild makes of the stream what the live projection made of it, in either mode, whatever lies in the stream."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from contracts.ids import uuid7
from contracts.subjects import subject_of
from hypothesis import given, settings
from hypothesis import strategies as st
from search.adapters.gathering import SubjectGathering
from search.application.mapping import apply
from search.application.rebuild_ports import Logged, ReplayMode, Run
from search.application.replaying import Replayer
from search.application.supervision import new_run
from search.application.tracking import Tracker
from search.domain.document import SolutionDocument
from servicekit.clock import SystemClock

KINDS = ("published", "delisted", "reviewed", "scored", "failed", "rated", "rating_hidden", "deployed")
histories = st.lists(
    st.tuples(
        st.sampled_from(("comby", "dorffunk")), st.sampled_from(KINDS), st.integers(1, 3), st.sampled_from("rrrrb")
    ),
    max_size=30,
)


class ListedReplay:
    """A stream in memory."""

    def __init__(self, messages: list[Logged]) -> None:
        self.total = len(messages)
        self._messages = messages

    async def __aiter__(self) -> AsyncIterator[list[Logged]]:
        for start in range(0, self.total, 4):
            yield self._messages[start : start + 4]


class ListedLog:
    """`EventLog` on a list."""

    def __init__(self, messages: list[Logged]) -> None:
        self._messages = messages

    async def identity(self) -> str:
        return "stream"

    async def last_sequence(self) -> int:
        return self._messages[-1].sequence if self._messages else 0

    @asynccontextmanager
    async def replay(
        self, *, after: int, upto: int, mode: ReplayMode, subject: str | None = None
    ) -> AsyncIterator[ListedReplay]:
        wanted = [each for each in self._messages if subject in (None, each.subject)]
        if mode == "last_per_subject":
            wanted = sorted({each.subject: each for each in wanted}.values(), key=lambda each: each.sequence)
        yield ListedReplay([each for each in wanted if after < each.sequence <= upto])


class NoRuns:
    """A run log and lease that nobody asks."""

    async def put(self, run: Run) -> None: ...

    def check(self) -> None: ...


def tracker() -> Tracker:
    return Tracker(new_run(SystemClock(), reason=uuid7()), NoRuns(), NoRuns(), None)  # type: ignore[arg-type]


async def rebuilt(log: ListedLog, mode: ReplayMode) -> dict[str, SolutionDocument]:
    replayer = Replayer(log, tracker())
    documents = {}
    with SubjectGathering(most_bytes=3000, partitions=2) as gathering:
        await replayer.gather(gathering, upto=await log.last_sequence(), mode=mode)
        for messages in gathering.solutions():
            document = await replayer.document(messages)
            if document is not None:
                assert document.id not in documents, "every solution comes once"
                documents[document.id] = document
    return documents


@settings(max_examples=150, deadline=None)
@given(history=histories)
def test_either_mode_makes_the_documents_of_the_live_projection(
    events: Callable[..., Any], history: list[tuple[str, str, int, str]]
) -> None:
    live: dict[str, SolutionDocument] = {}
    messages = []
    for number, (slug, kind, n, readable) in enumerate(history):
        sequence, event = 3 * number + 1, getattr(events(slug), kind)(n)
        data = event.to_bytes() if readable == "r" else event.to_bytes()[:-9]
        messages.append(Logged(sequence, subject_of(event), data))
        if readable == "r":
            document = apply(live.get(event.subject), event, sequence)
            assert document is not None
            live[event.subject] = document
    log = ListedLog(messages)
    for mode in ("last_per_subject", "full"):
        assert asyncio.run(rebuilt(log, mode)) == live  # type: ignore[arg-type]


def test_an_event_on_a_foreign_subject_is_left_out(events: Callable[..., Any]) -> None:
    """The aggregate in the subject is what messages are sorted by; the contract says that it is the solution."""
    event = events("comby").published()
    stray = Logged(1, subject_of(events("dorffunk").published()), event.to_bytes())
    replayer = Replayer(ListedLog([stray]), tracker())
    assert asyncio.run(replayer.document([stray])) is None
