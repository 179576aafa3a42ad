"""Events in batches: one call for many, and one bad event does not hold up the others."""

from collections.abc import Sequence

from contracts.catalog import OrganisationSuspended
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.subjects import subject_of
from servicekit import dead_letters, errors
from servicekit.delivery import Delivery
from servicekit.platform import Platform
from servicekit.testing import wait

from .events import suspended

DURABLE = "catalog-policies"


async def send(platform: Platform, events: Sequence[Event]) -> None:
    for event in events:
        await platform.js.publish(subject_of(event), event.to_bytes(), headers={"Nats-Msg-Id": event.id})


async def settled(platform: Platform) -> bool:
    info = await platform.js.consumer_info("EVENTS", DURABLE)
    return info.num_pending == 0 and info.num_ack_pending == 0


async def test_what_waits_arrives_together_and_in_order(platform: Platform) -> None:
    batches: list[list[str]] = []

    async def handler(batch: Sequence[tuple[Event, Delivery]]) -> None:
        batches.append([event.id for event, _ in batch])

    events = [suspended() for _ in range(300)]
    await send(platform, events)
    platform.batches(DURABLE, handler)
    async with platform.consuming():
        await wait.until(lambda: settled(platform))
    assert [event_id for batch in batches for event_id in batch] == [event.id for event in events]
    assert len(batches) < 30


async def test_a_bad_one_is_set_aside_and_the_others_are_handled(platform: Platform) -> None:
    handled: list[str] = []

    async def handler(batch: Sequence[tuple[Event, Delivery]]) -> None:
        for event, _ in batch:
            assert isinstance(event, OrganisationSuspended)
            if event.data.reason == "bad":
                raise errors.conflict("refused", "this one breaks the batch")
        handled.extend(event.id for event, _ in batch)

    good = [suspended() for _ in range(20)]
    bad = suspended(reason="bad")
    await send(platform, [*good[:10], bad, *good[10:]])
    await platform.js.publish(f"events.catalog.organisation_suspended.v1.{uuid7()}", b"no event")
    platform.batches(DURABLE, handler)
    async with platform.consuming():

        async def both_set_aside() -> list[dead_letters.DeadLetter]:
            letters = await dead_letters.letters(platform.js, 10)
            return letters if len(letters) == 2 else []

        letters = await wait.until(both_set_aside)
        await wait.until(lambda: settled(platform))
    assert sorted(handled) == sorted(event.id for event in good)
    assert {letter.data for letter in letters or []} == {bad.to_bytes(), b"no event"}


async def test_waiting_has_no_limit_while_something_is_away(platform: Platform) -> None:
    away = True
    handled: list[str] = []

    async def handler(batch: Sequence[tuple[Event, Delivery]]) -> None:
        if away:
            raise ConnectionRefusedError("the engine is down")
        handled.extend(event.id for event, _ in batch)

    events = [suspended() for _ in range(5)]
    await send(platform, events)
    platform.batches(DURABLE, handler)
    async with platform.consuming():

        async def tried_again() -> bool:
            info = await platform.js.consumer_info("EVENTS", DURABLE)
            return bool(info.num_redelivered)

        await wait.until(tried_again)
        away = False
        await wait.until(lambda: settled(platform))
    assert sorted(handled) == sorted(event.id for event in events)
    assert await dead_letters.letters(platform.js, 10) == []
