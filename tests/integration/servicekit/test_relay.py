"""Whatever is committed is published once, in order, whatever happens in between."""

from typing import Any

from contracts.ids import uuid7
from servicekit import outbox
from servicekit.mongo import AggregateCollection
from servicekit.outbox import OutboxMessage
from servicekit.pace import Pace
from servicekit.platform import Platform
from servicekit.relay import Relay
from servicekit.testing import wait

from .events import suspended


async def stored_ids(platform: Platform) -> list[str]:
    info = await platform.js.stream_info("EVENTS")
    ids = []
    for sequence in range(info.state.first_seq, info.state.last_seq + 1):
        message = await platform.js.get_msg("EVENTS", sequence)
        ids.append((message.headers or {})["Nats-Msg-Id"])
    return ids


async def test_events_of_a_commit_are_published_in_order_and_leave_the_outbox(
    platform: Platform, things: AggregateCollection
) -> None:
    messages = [outbox.of_event(suspended()) for _ in range(5)]
    await things.insert("a", {}, messages)

    async def empty() -> bool:
        return await things.count_pending() == 0

    await wait.until(empty, message="outbox empty")
    assert await stored_ids(platform) == [message.id for message in messages]


async def test_a_document_that_is_saved_again_and_again_is_cleaned_up_by_its_saves(
    platform: Platform, things: AggregateCollection
) -> None:
    messages = [outbox.of_event(suspended()) for _ in range(6)]
    await things.insert("a", {}, messages[:1])
    for version, message in enumerate(messages[1:], start=1):
        before = messages[version - 1]
        await wait.until(
            lambda before=before: before.id in platform.relay.acknowledged("things", "a"), message="published"
        )
        stored = await things.get("a")
        assert stored is not None
        assert stored.outbox in ((before,), ())
        await things.update("a", version, {"n": version}, [message], outbox=stored.outbox)

    async def empty() -> bool:
        return await things.count_pending() == 0

    await wait.until(empty, message="outbox empty")
    assert await stored_ids(platform) == [message.id for message in messages]


async def test_a_crash_between_commit_and_publish_is_made_good_by_the_sweep(
    platform: Platform, things: AggregateCollection
) -> None:
    unkicked = AggregateCollection(platform.db, "things")
    messages = [outbox.of_event(suspended())]
    await unkicked.insert("a", {}, messages)

    async def published() -> bool:
        return await things.count_pending() == 0

    await wait.until(published, message="the sweep found it")
    assert await stored_ids(platform) == [messages[0].id]


class Counting(AggregateCollection):
    """Counts how often it is looked through."""

    looks = 0

    async def pending(self, limit: int, after: str = "") -> dict[str, list[OutboxMessage]]:
        self.looks += 1
        return await super().pending(limit, after)


async def test_a_relay_with_nothing_to_do_looks_rarely_and_publishes_a_commit_at_once(platform: Platform) -> None:
    relay = Relay(platform.js, longest_sweep_seconds=1e6)
    quiet = Counting(platform.db, "quiet", relay=relay)
    relay.watch(quiet)
    relay._pace = Pace(0.01, 1e6)
    async with relay:
        await wait.until(lambda: relay._pace.seconds_left > 5, message="it looks rarer and rarer")
        looks = quiet.looks
        message = outbox.of_event(suspended())
        await quiet.insert("a", {}, [message])
        await wait.until(lambda: message.id in relay.acknowledged("quiet", "a"), message="published")
        assert quiet.looks == looks

        nowhere = OutboxMessage(uuid7(), "nowhere.at.all", b"{}")
        await quiet.insert("stuck", {}, [nowhere])
        await wait.until(lambda: quiet.looks > looks + 2, message="what failed is tried again and again")
        assert await stored_ids(platform) == [message.id]


async def test_a_crash_between_publish_and_clean_up_publishes_nothing_twice(
    platform: Platform, things: AggregateCollection
) -> None:
    message = outbox.of_event(suspended())
    await platform.js.publish(message.subject, message.data, headers={"Nats-Msg-Id": message.id})
    await things.insert("a", {}, [message])

    async def published() -> bool:
        return await things.count_pending() == 0

    await wait.until(published)
    assert await stored_ids(platform) == [message.id]


async def test_two_relays_at_once_publish_everything_once(platform: Platform, things: AggregateCollection) -> None:
    second = Relay(platform.js)
    second.watch(things)
    async with second:
        sent = []
        for number in range(40):
            messages = [outbox.of_event(suspended()) for _ in range(3)]
            sent += [message.id for message in messages]
            await things.insert(f"a{number}", {}, messages)
            second.kick("things", f"a{number}", messages)

        async def published() -> bool:
            return await things.count_pending() == 0

        await wait.until(published)
    stored = await stored_ids(platform)
    assert sorted(stored) == sorted(sent)
    for number in range(40):
        own = sent[number * 3 : number * 3 + 3]
        assert [message_id for message_id in stored if message_id in own] == own


async def test_a_message_that_cannot_be_published_holds_back_only_its_own_aggregate(
    platform: Platform, things: AggregateCollection
) -> None:
    nowhere = OutboxMessage(uuid7(), "nowhere.at.all", b"{}")
    await things.insert("stuck", {}, [nowhere, outbox.of_event(suspended())])
    fine = outbox.of_event(suspended())
    await things.insert("fine", {}, [fine])

    async def one_left() -> bool:
        return await things.count_pending() == 1

    await wait.until(one_left)
    assert await stored_ids(platform) == [fine.id]
    document: dict[str, Any] | None = await things.collection.find_one({"_id": "stuck"})
    assert document is not None
    assert next(entry["id"] for entry in document["outbox"]) == nowhere.id
