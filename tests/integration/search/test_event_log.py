"""Reading the event stream: everything up to a position once, and what is on one subject in order."""

from dataclasses import dataclass

import pytest
from contracts.subjects import subject_of
from nats.aio.client import Client
from search.adapters.event_log import JetStreamEventLog
from search.adapters.gathering import SubjectGathering
from search.application.rebuild_ports import Logged, ReplayMode
from search.testing import Events
from search.wiring import DURABLE
from servicekit.testing import wait

COMBY, DORFFUNK = Events("comby"), Events("dorffunk")


@dataclass
class Stream:
    """Eight events of two solutions, counted from 1 on whatever their sequences are."""

    log: JetStreamEventLog
    subjects: list[str]
    before: int

    async def read(
        self, after: int, upto: int, mode: ReplayMode = "full", subject: str | None = None
    ) -> tuple[int, list[Logged]]:
        messages: list[Logged] = []
        async with self.log.replay(
            after=after and self.before + after, upto=self.before + upto, mode=mode, subject=subject
        ) as replay:
            async for batch in replay:
                messages += [each._replace(sequence=each.sequence - self.before) for each in batch]
            return replay.total, messages


@pytest.fixture
async def stream(connection: Client, clean_streams: None) -> Stream:
    happened = [
        *(COMBY.rated(1), COMBY.published(), DORFFUNK.rated(7), COMBY.rated(2), COMBY.scored()),
        *(DORFFUNK.published(), COMBY.delisted(), COMBY.rated(3)),
    ]
    js = connection.jetstream()
    positions = [(await js.publish(subject_of(event), event.to_bytes())).seq for event in happened]
    return Stream(JetStreamEventLog(js, DURABLE), [subject_of(event) for event in happened], positions[0] - 1)


@pytest.mark.parametrize(
    ("after", "upto", "mode", "sequences"),
    [
        (0, 8, "full", [1, 2, 3, 4, 5, 6, 7, 8]),
        (0, 5, "full", [1, 2, 3, 4, 5]),
        (3, 7, "full", [4, 5, 6, 7]),
        (0, 8, "last_per_subject", [2, 3, 5, 6, 7, 8]),
        (8, 8, "full", []),
    ],
)
async def test_every_event_up_to_a_position_comes_once(
    stream: Stream, after: int, upto: int, mode: ReplayMode, sequences: list[int]
) -> None:
    total, messages = await stream.read(after, upto, mode)
    assert sorted(each.sequence for each in messages) == sequences
    assert [stream.subjects[each.sequence - 1] for each in messages] == [each.subject for each in messages]
    assert total >= len(messages)


async def test_a_later_event_of_a_solution_comes_after_an_earlier_one_on_its_subject(stream: Stream) -> None:
    _, messages = await stream.read(0, 8)
    rated = subject_of(COMBY.rated())
    assert [each.sequence for each in messages if each.subject == rated] == [1, 4, 8]
    with SubjectGathering() as gathering:
        gathering.add(messages)
        newest = {each.subject: each.sequence for group in gathering.solutions() for each in group}
    assert newest[rated] == 8
    assert set(newest) == set(stream.subjects)


async def test_one_subject_alone(stream: Stream) -> None:
    total, messages = await stream.read(0, 7, subject=subject_of(COMBY.rated()))
    assert ([each.sequence for each in messages], total) == ([1, 4], 3)


async def test_a_reader_who_leaves_early_leaves_nobody_who_listens(connection: Client, stream: Stream) -> None:
    async with stream.log.replay(after=0, upto=stream.before + 8, mode="full") as replay:
        async for _ in replay:
            break

    async def nobody_listens() -> bool:
        found = await connection.jetstream().consumers_info("EVENTS")
        return not any(each.push_bound for each in found if each.name.startswith("search-replay-"))

    await wait.until(nobody_listens)
