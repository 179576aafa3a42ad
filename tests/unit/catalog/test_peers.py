"""Municipalities write to each other: consent, limits, blocks, reports, erasure."""

from datetime import timedelta
from typing import Any

import pytest
from catalog.application import use_policies as policies
from catalog.application import use_queries as queries
from catalog.application.actor import Actor
from catalog.application.commands import organisations
from catalog.application.commands import peers as commands
from catalog.application.ports import Loaded
from catalog.domain.organisation import MemberRole, Organisation
from catalog.domain.peer import Side, Thread, ThreadState
from catalog.domain.solution import Solution
from contracts.catalog import MemberLeft
from contracts.uses import PeerMessageReported, PeerMessageSent
from contracts.vocabulary import DeploymentVisibility, ReportReason
from servicekit.errors import ProblemError

from .fakes import World
from .given import CLERK, COLLEAGUE, CURATOR, EDITOR, REVIEWER, STRANGER, a_municipality, a_provider, published

PEER = Actor("peer", "Petra Partner", "peer@example.org")


@pytest.fixture
def city(world: World) -> Organisation:
    """The municipality that uses the solution."""
    held = a_municipality(name="Stadt Beispielstadt", members=((PEER, MemberRole.ADMIN),))
    world.has(held)
    return held


@pytest.fixture
async def online(world: World, city: Organisation) -> Solution:
    """A solution that the city uses and may be asked about, twice in 30 days."""
    provider = a_provider()
    solution = published(provider=provider)
    world.has(provider, solution)
    await world.uses(city, solution, contact=True, contacts_per_month=2)
    return solution


async def begin(world: World, solution: Solution, to: str, thread_id: str = "thread", **given: Any) -> Loaded[Thread]:
    return await commands.begin_thread(
        world.ports,
        given.get("actor", CLERK),
        thread_id,
        solution_id=solution.id,
        to=to,
        organisation_id=None,
        text=given.get("text", "Wie läuft es bei Ihnen?"),
    )


async def refused(awaited: Any) -> str:
    with pytest.raises(ProblemError) as refusal:
        await awaited
    return refusal.value.slug


async def test_a_message_goes_there_and_the_answer_back_without_an_address(
    world: World, town: Organisation, city: Organisation, online: Solution
) -> None:
    await begin(world, online, city.id)
    [event] = world.outbox.take()
    assert isinstance(event, PeerMessageSent)
    assert (event.data.from_organisation_name, event.data.to_organisation_id, event.data.answer) == (
        town.name,
        city.id,
        False,
    )
    assert "Wie läuft" not in event.model_dump_json()
    await commands.write(world.ports, PEER, "thread", "m-1", "Gut!")
    await commands.write(world.ports, PEER, "thread", "m-1", "Gut!")
    [answer] = world.outbox.take()
    assert (answer.data.to_organisation_id, answer.data.answer) == (town.id, True)
    for actor, side in ((COLLEAGUE, Side.ASKING), (PEER, Side.ANSWERING)):
        held = await queries.thread(world.ports, actor, "thread")
        assert held.side is side
        assert [message.text for message in held.thread.state.messages] == ["Wie läuft es bei Ihnen?", "Gut!"]
    for actor in (STRANGER, EDITOR, CURATOR):
        assert await refused(queries.thread(world.ports, actor, "thread")) == "thread-not-found"
    listed, _ = await queries.threads_of(world.ports, PEER, after=None, limit=5)
    assert [each.state.id for each in listed.items] == ["thread"]
    assert (await queries.threads_of(world.ports, STRANGER, after=None, limit=5))[0].total == 0


async def test_the_same_request_twice_begins_one_thread(
    world: World, town: Organisation, city: Organisation, online: Solution
) -> None:
    first = await begin(world, online, city.id)
    assert await begin(world, online, city.id) == first
    assert len(world.outbox.take()) == 1


async def test_the_one_asked_sets_the_limit(
    world: World, town: Organisation, city: Organisation, online: Solution
) -> None:
    await begin(world, online, city.id, "one")
    await begin(world, online, city.id, "two")
    assert await refused(begin(world, online, city.id, "three")) == "contact-limit"
    world.later(days=30)
    await begin(world, online, city.id, "three")


async def test_the_one_who_asks_has_a_limit_too(world: World, town: Organisation, online: Solution) -> None:
    for number in range(4):
        other = a_municipality(name=f"Stadt {number}", members=())
        world.has(other)
        await world.uses(other, online, contact=True)
        if number < 3:
            await begin(world, online, other.id, f"thread-{number}")
        else:
            assert await refused(begin(world, online, other.id, "too-many")) == "too-many-threads"


async def test_nobody_is_written_to_without_consent(
    world: World, town: Organisation, city: Organisation, online: Solution
) -> None:
    assert await refused(begin(world, online, "nobody")) == "no-contact-wanted"
    assert await refused(begin(world, online, town.id)) == "own-municipality"
    assert await refused(begin(world, online, city.id, actor=EDITOR)) == "not-a-municipality"
    silent = a_municipality(name="Stille", members=())
    world.has(silent)
    await world.uses(silent, online, visibility=DeploymentVisibility.PUBLIC)
    assert await refused(begin(world, online, silent.id)) == "no-contact-wanted"
    world.later(days=367)
    assert await refused(begin(world, online, city.id)) == "no-contact-wanted"


async def test_a_block_holds_for_every_conversation_until_it_is_lifted(
    world: World, town: Organisation, city: Organisation, online: Solution
) -> None:
    await begin(world, online, city.id, "one")
    await commands.set_block(world.ports, PEER, "one", blocked=True)
    assert (await queries.thread(world.ports, PEER, "one")).blocked
    assert not (await queries.thread(world.ports, CLERK, "one")).blocked
    assert await refused(begin(world, online, city.id, "two")) == "contact-blocked"
    assert await refused(commands.write(world.ports, CLERK, "one", "m", "Hallo?")) == "contact-blocked"
    await commands.set_block(world.ports, PEER, "one", blocked=False)
    await commands.write(world.ports, CLERK, "one", "m", "Danke")


async def test_who_gets_no_answer_waits(world: World, town: Organisation, city: Organisation, online: Solution) -> None:
    await begin(world, online, city.id)
    for number in range(2):
        await commands.write(world.ports, CLERK, "thread", f"m-{number}", "Noch etwas")
    assert await refused(commands.write(world.ports, CLERK, "thread", "m-3", "Und?")) == "answer-awaited"
    await commands.write(world.ports, PEER, "thread", "a-1", "Moment")
    await commands.write(world.ports, CLERK, "thread", "m-3", "Gern")
    await commands.close(world.ports, PEER, "thread")
    assert await refused(commands.write(world.ports, CLERK, "thread", "m-4", "Oh")) == "thread-closed"


async def test_a_suspended_municipality_neither_writes_nor_gets_messages(
    world: World, town: Organisation, city: Organisation, online: Solution
) -> None:
    await begin(world, online, city.id)
    await organisations.suspend_organisation(world.ports, CURATOR, city.id, "Grund")
    assert await refused(commands.write(world.ports, CLERK, "thread", "m", "Hallo?")) == "peer-gone"
    assert await refused(commands.write(world.ports, PEER, "thread", "m", "Ja")) == "thread-not-found"


async def test_the_team_reads_what_was_reported_until_it_has_decided(
    world: World, town: Organisation, city: Organisation, online: Solution
) -> None:
    thread = (await begin(world, online, city.id, text="Kaufen Sie!")).state
    world.outbox.take()
    report = {"reason": ReportReason.ADVERTISING, "note": "Werbung"}
    own = commands.complain(world.ports, CLERK, "thread", thread.messages[0].id, **report)  # type: ignore[arg-type]
    assert await refused(own) == "message-not-found"
    for _ in range(2):
        await commands.complain(world.ports, PEER, "thread", thread.messages[0].id, **report)  # type: ignore[arg-type]
    [event] = world.outbox.take()
    assert isinstance(event, PeerMessageReported)
    assert (event.data.reported_by_organisation_id, event.data.reason) == (city.id, ReportReason.ADVERTISING)
    assert await refused(queries.reported_threads(world.ports, CLERK, after=None, limit=5)) == "missing-role"
    assert (await queries.reported_threads(world.ports, REVIEWER, after=None, limit=5)).total == 1
    seen = await queries.thread(world.ports, REVIEWER, "thread")
    assert (seen.side, len(seen.thread.state.messages)) == (None, 1)
    assert await refused(commands.erase(world.ports, CLERK, "thread")) == "report-open"
    assert await refused(commands.rule(world.ports, REVIEWER, "thread", stop=True, reason="x")) == "missing-role"
    await commands.rule(world.ports, CURATOR, "thread", stop=True, reason="Werbung")
    assert await refused(queries.thread(world.ports, REVIEWER, "thread")) == "thread-not-found"
    again = commands.rule(world.ports, CURATOR, "thread", stop=True, reason="Werbung")
    assert await refused(again) == "nothing-reported"
    assert await refused(commands.write(world.ports, CLERK, "thread", "m", "Doch!")) == "thread-stopped"


async def test_words_are_erased_on_request(
    world: World, town: Organisation, city: Organisation, online: Solution
) -> None:
    await begin(world, online, city.id)
    await commands.write(world.ports, PEER, "thread", "a", "Gern")
    erased = (await commands.erase(world.ports, COLLEAGUE, "thread")).state
    assert [(message.text, message.by) for message in erased.messages] == [(None, None), ("Gern", PEER.user)]
    assert erased.state is ThreadState.CLOSED
    late = commands.complain(world.ports, PEER, "thread", erased.messages[0].id, reason=ReportReason.INSULT, note=None)
    assert await refused(late) == "message-erased"


async def test_conversations_are_erased_on_schedule(
    world: World, town: Organisation, city: Organisation, online: Solution
) -> None:
    await begin(world, online, city.id)
    world.clock.advance(timedelta(days=180) - timedelta(seconds=1))
    assert await policies.erase_old(world.ports) == 0
    world.clock.advance(timedelta(seconds=1))
    assert await policies.erase_old(world.ports) == 1
    assert await refused(queries.thread(world.ports, CLERK, "thread")) == "thread-not-found"


async def test_who_left_is_forgotten(world: World, town: Organisation, city: Organisation, online: Solution) -> None:
    await begin(world, online, city.id, actor=COLLEAGUE)
    world.outbox.take()
    await organisations.remove_member(world.ports, CLERK, town.id, COLLEAGUE.user)
    [left] = [event for event in world.outbox.take() if isinstance(event, MemberLeft)]
    await policies.on_member_left(world.ports, left)
    held = (await queries.thread(world.ports, CLERK, "thread")).thread.state
    assert [(message.by, message.text) for message in held.messages] == [(None, "Wie läuft es bei Ihnen?")]
