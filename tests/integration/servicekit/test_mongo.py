"""The outbox lies inside the aggregate, and one update decides who was first."""

import asyncio

import pytest
from pymongo.errors import DuplicateKeyError
from servicekit import mongo
from servicekit.errors import ProblemError
from servicekit.mongo import AggregateCollection, AlreadyHandled, VersionConflict


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
