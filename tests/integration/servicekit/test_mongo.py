"""The outbox lies inside the aggregate, and one update decides who was first."""

import asyncio
from collections.abc import Iterable, Sequence

import pytest
from pymongo.errors import DuplicateKeyError
from servicekit import mongo
from servicekit.errors import ProblemError
from servicekit.mongo import AggregateCollection, AlreadyHandled, VersionConflict
from servicekit.outbox import OutboxMessage
from servicekit.platform import Platform


async def test_insert_is_version_one_and_a_second_insert_changes_nothing(things: AggregateCollection) -> None:
    assert await things.insert("a", {"name": "first"}) is True
    assert await things.insert("a", {"name": "second"}) is False
    stored = await things.get("a")
    assert stored is not None
    assert (stored.id, stored.version, stored.body) == ("a", 1, {"name": "first"})


async def test_another_unique_index_is_not_mistaken_for_the_same_aggregate(things: AggregateCollection) -> None:
    await things.collection.create_index("slug", unique=True)
    await things.insert("a", {"slug": "x"})
    with pytest.raises(DuplicateKeyError):
        await things.insert("b", {"slug": "x"})


async def test_update_counts_versions_and_refuses_a_stale_one(things: AggregateCollection) -> None:
    await things.insert("a", {"name": "first", "kept": 1})
    assert await things.update("a", 1, {"name": "second"}) == 2
    with pytest.raises(VersionConflict):
        await things.update("a", 1, {"name": "third"})
    stored = await things.get("a")
    assert stored is not None
    assert stored.body == {"name": "second", "kept": 1}


async def test_an_event_changes_an_aggregate_once(things: AggregateCollection) -> None:
    await things.insert("a", {"count": 0}, event_id="e1")
    with pytest.raises(AlreadyHandled):
        await things.update("a", 1, {"count": 1}, event_id="e1")
    await things.update("a", 1, {"count": 1}, event_id="e2")
    with pytest.raises(AlreadyHandled):
        await things.update("a", 2, {"count": 2}, event_id="e2")


async def test_of_concurrent_saves_one_wins_and_retrying_brings_all_home(things: AggregateCollection) -> None:
    await things.insert("a", {"count": 0})

    async def add_one() -> None:
        stored = await things.get("a")
        assert stored is not None
        await things.update("a", stored.version, {"count": stored.body["count"] + 1})

    await asyncio.gather(*(mongo.retrying(add_one, attempts=50) for _ in range(8)))
    stored = await things.get("a")
    assert stored is not None
    assert (stored.version, stored.body["count"]) == (9, 8)


async def test_retrying_gives_up_with_an_answer() -> None:
    async def always_late() -> None:
        raise VersionConflict("a")

    with pytest.raises(ProblemError) as caught:
        await mongo.retrying(always_late)
    assert (caught.value.slug, caught.value.kind) == ("busy", "unavailable")


class Published:
    """A relay that knows which messages were published, and keeps what it is told."""

    def __init__(self, *messages: OutboxMessage) -> None:
        self.ids = {message.id for message in messages}
        self.gone: set[str] = set()
        self.waiting: list[str] = []

    def kick(self, collection: str, document_id: str, outbox: Sequence[OutboxMessage]) -> None:
        self.waiting = [message.id for message in outbox]

    def acknowledged(self, collection: str, document_id: str) -> frozenset[str]:
        return frozenset(self.ids)

    def removed(self, collection: str, document_id: str, ids: Iterable[str]) -> None:
        self.gone |= set(ids)


async def in_outbox(things: AggregateCollection) -> list[str]:
    stored = await things.get("a")
    assert stored is not None
    return [message.id for message in stored.outbox]


async def test_what_was_published_leaves_the_document_with_the_next_save(platform: Platform) -> None:
    first, second, third = (OutboxMessage(name, "local.test", b"{}") for name in "123")
    relay = Published(first)
    things = AggregateCollection(platform.db, "unrelayed", relay=relay)
    await things.insert("a", {}, [first, second])
    stored = await things.get("a")
    assert stored is not None
    await things.update("a", 1, {"n": 1}, [third], outbox=stored.outbox)
    assert await in_outbox(things) == relay.waiting == ["2", "3"]
    assert relay.gone == {"1"}
    relay.ids = {"2", "3"}
    await things.update("a", 2, {"n": 2}, outbox=(second, third))
    assert await in_outbox(things) == []


async def test_what_waits_stays_when_others_took_something_out_since_it_was_loaded(platform: Platform) -> None:
    first, second, third, fourth = (OutboxMessage(name, "local.test", b"{}") for name in "1234")
    relay = Published(first, second)
    things = AggregateCollection(platform.db, "unrelayed", relay=relay)
    await things.insert("a", {}, [first, second, third])
    stored = await things.get("a")
    assert stored is not None
    await things.published({"a": ["2"]})
    await things.update("a", 1, {}, [fourth], outbox=stored.outbox)
    assert await in_outbox(things) == ["3", "4"]
    await things.published({"a": ["3"]})
    await things.update("a", 2, {}, outbox=(third, fourth))
    assert await in_outbox(things) == ["4"]


async def test_a_save_that_loses_takes_nothing_out(platform: Platform) -> None:
    first = OutboxMessage("1", "local.test", b"{}")
    relay = Published(first)
    things = AggregateCollection(platform.db, "unrelayed", relay=relay)
    await things.insert("a", {}, [first])
    with pytest.raises(VersionConflict):
        await things.update("a", 7, {}, outbox=(first,))
    assert (await in_outbox(things), relay.gone) == (["1"], set())
