"""A partner reads the public events through the example program."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from contracts import registry, subjects, topology
from contracts.catalog import MemberJoined, OrganisationOnboarded, SolutionDelisted, SolutionPublished
from contracts.ids import uuid7
from nats.js.errors import NotFoundError
from servicekit.testing import wait

from .conftest import PASSWORDS, Connect, Connection, ConnectTo, fresh, guarded_server, published
from .example import SECONDS, finished, public_sequence, subscriber

PUBLIC = {event.event_type() for event in registry.all_events() if event.visibility == "public"}


async def test_the_example_sees_every_public_event_in_order_and_nothing_else(
    guarded_nats: str, operator: Connection
) -> None:
    before = await public_sequence(operator)
    expected = []
    for event_class in registry.all_events():
        event = fresh(event_class)
        await published(operator, event)
        if event_class.visibility == "public":
            expected.append(event)
    await public_sequence(operator, before + len(expected))
    marker = fresh(SolutionDelisted)  # after it, nothing hidden can still be on its way
    await published(operator, marker)
    await public_sequence(operator, before + len(expected) + 1)
    async with subscriber(guarded_nats, "--count", str(before + len(expected) + 1)) as process:
        lines, err, code = await finished(process)
    assert (err, code) == ("", 0)
    assert [line["sequence"] for line in lines] == list(range(1, before + len(expected) + 2))
    assert [line["event"]["id"] for line in lines[before:]] == [event.id for event in [*expected, marker]]
    assert {line["event"]["type"] for line in lines} == PUBLIC
    assert lines[before]["event"] == expected[0].model_dump(mode="json")


async def test_the_example_goes_on_from_a_sequence_and_sees_what_happens_then(
    guarded_nats: str, operator: Connection
) -> None:
    before = await public_sequence(operator)
    first, second, third = fresh(SolutionPublished), fresh(SolutionDelisted), fresh(OrganisationOnboarded)
    for event in (first, second):
        await published(operator, event)
    await public_sequence(operator, before + 2)
    async with subscriber(guarded_nats, "--from-sequence", str(before + 2), "--count", "2") as process:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), SECONDS)
        assert json.loads(line)["event"]["id"] == second.id
        await published(operator, fresh(MemberJoined))
        await published(operator, third)
        lines, err, code = await finished(process)
    assert [line["event"]["id"] for line in lines] == [third.id]
    assert (err, code) == ("", 0)


async def test_the_example_outlives_a_restart_of_the_server(tmp_path: Path, connect_to: ConnectTo) -> None:
    with guarded_server(tmp_path, topology.nats_authorization(PASSWORDS)) as server:
        operator = await connect_to(server.url, "operator")
        first, second, third = (fresh(SolutionPublished) for _ in range(3))
        await published(operator, first)
        async with subscriber(server.url, "--count", "3") as process:
            assert process.stdout is not None
            line = await asyncio.wait_for(process.stdout.readline(), SECONDS)
            assert json.loads(line)["event"]["id"] == first.id
            server.restart()
            again = await connect_to(server.url, "operator")
            for event in (second, third):
                await published(again, event)
            lines, err, code = await finished(process)
    assert [line["event"]["id"] for line in lines] == [second.id, third.id]
    assert (err, code) == ("", 0)


async def test_the_partner_asks_for_the_newest_event_of_a_solution_and_for_the_stream(
    connect: Connect, operator: Connection
) -> None:
    before = await public_sequence(operator)
    older, other = fresh(SolutionPublished), fresh(SolutionPublished)
    newer = older.model_copy(update={"id": uuid7()})
    for event in (older, newer, other):
        await published(operator, event)
    await public_sequence(operator, before + 3)
    partner = await connect("partner")
    found = await partner.public.get_last_msg("PUBLIC", subjects.subject_of(older), direct=True)
    assert (found.seq, registry.parse(found.data or b"")) == (before + 2, newer)
    assert (await partner.public.stream_info("PUBLIC")).state.last_seq == before + 3
    with pytest.raises(NotFoundError):
        await partner.public.get_msg("PUBLIC", before + 4, subject=">", next=True, direct=True)
    assert partner.refusals == []


async def test_a_wrong_password_is_said_in_a_sentence(guarded_nats: str) -> None:
    async with subscriber(guarded_nats, password="wrong") as process:
        lines, err, code = await finished(process)
    assert lines == []
    assert f"cannot connect to {guarded_nats} as partner:" in err
    assert "authorization violation" in err.lower()
    assert "Traceback" not in err
    assert code == 1


async def test_the_partner_hears_public_events_as_they_happen(connect: Connect, operator: Connection) -> None:
    partner = await connect("partner")
    heard: list[str] = []

    async def hear(message: Any) -> None:
        heard.append(message.subject)

    for subject in topology.PUBLIC_SUBJECTS:
        await partner.client.subscribe(subject, cb=hear)
    await partner.settle()
    made = [fresh(event) for event in registry.all_events()]
    for event in made:
        await published(operator, event)
    expected = [subjects.subject_of(event) for event in made if event.visibility == "public"]
    await wait.until(lambda: len(heard) >= len(expected), message="public events are heard")
    assert sorted(heard) == sorted(expected)
    assert partner.refusals == []
