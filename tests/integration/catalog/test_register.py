"""The register of what is public follows the solutions, and nothing that many ask for reads a whole collection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from catalog.adapters.open_data.register import HEAD, SUBJECT, Listed, Register, shelf_of
from catalog.adapters.open_data.source import MongoPublishedSolutions
from catalog.adapters.repositories import MongoSolutions
from catalog.application.loading import Loaded, Write
from catalog.application.ports import Position, SolutionFilter
from catalog.domain import lifecycle
from catalog.domain.solution import Solution, SolutionState
from catalog.settings import CatalogSettings
from pymongo import monitoring
from servicekit import mongo
from servicekit.mongo import AggregateCollection, Mongo
from servicekit.outbox import OutboxMessage
from servicekit.testing.servers import MongoServer

from tests.unit.catalog.given import a_draft, approved, minutes, submitted


class Asked(monitoring.CommandListener):
    """The questions that were sent while `heard` is a list."""

    heard: list[dict[str, Any]] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.heard is not None and event.command_name in ("find", "aggregate", "update"):
            self.heard.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


ASKED = Asked()
monitoring.register(ASKED)


@pytest.fixture
async def connection(mongo_server: MongoServer, mongo_database: str) -> AsyncIterator[Mongo]:
    settings = CatalogSettings(mongodb_url=mongo_server.url, mongodb_database=mongo_database)
    async with mongo.connect(settings) as opened:
        yield opened


@pytest.fixture
async def listed(connection: Mongo) -> Register:
    return Register(connection.db)


@pytest.fixture
async def solutions(connection: Mongo, listed: Register) -> MongoSolutions:
    made = MongoSolutions(AggregateCollection(connection.db, "solutions"), listed=listed)
    await made.prepare()
    await listed.prepare()
    return made


@pytest.fixture
def public(connection: Mongo, listed: Register) -> MongoPublishedSolutions:
    return MongoPublishedSolutions(connection.db, listed)


async def change(solutions: MongoSolutions, name: str, command: Callable[[Solution], Solution]) -> None:
    async def decide(loaded: Loaded[Solution]) -> Write[Solution]:
        return Write(command(loaded.state))

    await solutions.change(name, decide)


async def publish(solutions: MongoSolutions, *names: str) -> None:
    for number, name in enumerate(names):
        made = replace(a_draft(id=name, slug=f"slug-{name}", at=minutes(-number)), organisation_id="o-1")
        await solutions.add(name, submitted(made))
        await change(solutions, name, approved)


async def withdraw(solutions: MongoSolutions, name: str) -> None:
    await change(solutions, name, lambda found: lifecycle.withdraw(found, by="u", note=None, at=minutes(90)).state)


NAMES = [f"s-{number}" for number in range(12)]


async def test_what_comes_and_goes_is_counted_and_marked(
    solutions: MongoSolutions, public: MongoPublishedSolutions
) -> None:
    nothing = await public.standing()
    assert (nothing.count, nothing.changed_at) == (0, None)
    await publish(solutions, *NAMES)
    everything = await public.standing()
    assert everything.count == len(NAMES)
    await withdraw(solutions, "s-3")
    fewer = await public.standing()
    assert (fewer.count, fewer.changed_at) == (len(NAMES) - 1, minutes(90))
    await change(solutions, "s-3", lambda found: lifecycle.lift_withdrawal(found, at=minutes(91)).state)
    again = await public.standing()
    assert (again.count, again.changed_at) == (len(NAMES), minutes(91))
    assert len({each.mark for each in (nothing, everything, fewer, again)}) == 4


async def test_a_draft_beside_what_is_public_changes_nothing(
    solutions: MongoSolutions, public: MongoPublishedSolutions
) -> None:
    await publish(solutions, "s-1")
    before = await public.standing()

    def edited(found: Solution) -> Solution:
        listing = found.newest.listing.model_copy(update={"name": "Neu"})
        return lifecycle.save_draft(found, listing, at=minutes(9)).state

    await change(solutions, "s-1", edited)
    assert await public.standing() == before


async def test_pages_of_any_size_hold_everything_once(
    solutions: MongoSolutions, public: MongoPublishedSolutions
) -> None:
    await publish(solutions, *NAMES)
    await withdraw(solutions, "s-5")
    expected = sorted((name for name in NAMES if name != "s-5"), key=lambda name: (shelf_of(name), name))
    for size in (1, 2, 5, 11, 50):
        found: list[str] = []
        while page := await public.ids(found[-1] if found else None, size):
            assert len(page) <= size
            found += page
        assert found == expected, size
        entries = [entry.slug for start in range(0, 13, size) for entry in await public.entries(start, size)]
        assert entries == [f"slug-{name}" for name in expected], size
    assert [each.id for each in await public.those([*expected, "s-5", "s-99"])] == expected
    assert await public.ids("nobody-has-this-id", 50) == [
        each for each in expected if (shelf_of(each), each) > (shelf_of("nobody-has-this-id"), "nobody-has-this-id")
    ]


async def test_an_older_message_and_a_repeated_one_change_nothing(listed: Register, solutions: MongoSolutions) -> None:
    def message(version: int, slug: str | None) -> OutboxMessage:
        entry = Listed(id="s-1", version=version, slug=slug, at=minutes(version))
        return OutboxMessage(f"m-{version}", SUBJECT, entry.model_dump_json().encode())

    await listed.store([message(2, "one"), message(5, None), message(4, "one")])
    heads = await listed.heads()
    assert (heads[shelf_of("s-1")].count, await listed.read([shelf_of("s-1")])) == (0, [])
    for again in (message(5, None), message(3, "one")):
        await listed.store([again])
    assert await listed.heads() == heads
    await listed.store([message(6, "two")])
    assert [each.slug for each in await listed.read([shelf_of("s-1")])] == ["two"]


async def test_many_writers_of_one_shelf_lose_nothing(
    connection: Mongo, listed: Register, solutions: MongoSolutions
) -> None:
    same = [name for name in (f"x-{number}" for number in range(4_000)) if shelf_of(name) == 7][:8]
    assert len(same) == 8

    async def note(name: str) -> None:
        entry = Listed(id=name, version=1, slug=name, at=minutes(1))
        message = OutboxMessage(name, SUBJECT, entry.model_dump_json().encode())
        await Register(connection.db).store([message])

    await asyncio.gather(*map(note, same))
    assert [each.id for each in await listed.read([7])] == sorted(same)
    assert (await listed.heads())[7].count == 8


async def test_what_was_public_before_there_was_a_register_is_taken_over(
    connection: Mongo, listed: Register, solutions: MongoSolutions, public: MongoPublishedSolutions
) -> None:
    await publish(solutions, *NAMES[:3])
    await withdraw(solutions, "s-1")
    before = await public.ids(None, 50)
    await connection.db["register"].drop()
    await listed.prepare()
    assert (await public.ids(None, 50), (await public.standing()).count) == (before, 2)
    await connection.db["register"].delete_one({"_id": HEAD})  # the end of a fill that was cut off
    await listed.prepare()
    assert (await public.ids(None, 50), (await public.standing()).count) == (before, 2)


async def test_what_many_ask_for_is_found_by_an_index(
    connection: Mongo, solutions: MongoSolutions, public: MongoPublishedSolutions
) -> None:
    await publish(solutions, *NAMES)
    ASKED.heard = []
    try:
        await public.standing()
        await public.entries(0, 5)
        await public.those(await public.ids("s-4", 5))
        await solutions.live("slug-s-1")
        await solutions.live_of(NAMES)
        await solutions.due(minutes(0), 10)
        later = Position(minutes(-5), "s-5")
        for place in (None, later):
            await solutions.live_page("o-1", after=place, limit=3)
            await solutions.live_page(None, after=place, limit=3)
            await solutions.unapproved(after=place, limit=3)
            await solutions.page(SolutionFilter(organisation_ids={"o-1"}), after=place, limit=3)
            await solutions.page(SolutionFilter(state=SolutionState.DRAFT), after=place, limit=3)
        await withdraw(solutions, "s-2")
        asked, ASKED.heard = ASKED.heard, None
    finally:
        ASKED.heard = None
    assert len(asked) > 20
    for command in asked:
        match command:
            case {"find": name}:
                query = command["filter"]
            case {"update": name}:
                query = command["updates"][0]["q"]
            case {"aggregate": name}:
                query = command["pipeline"][0]["$match"]
        # An "$or" at the top makes the embedded server read everything; else it takes the first clause with an index.
        assert not any(key.startswith("$") for key in query), (name, query)
        by_id = isinstance(query.get("_id"), str | int) or "$in" in query.get("_id", ())
        assert by_id or any([await indexed(connection, name, {key: query[key]}) for key in query]), (name, query)


async def test_all_that_is_public_is_counted_by_the_register(solutions: MongoSolutions) -> None:
    await publish(solutions, *NAMES)
    ASKED.heard = []
    try:
        assert (await solutions.live_page(None, after=None, limit=2)).total == len(NAMES)
        asked, ASKED.heard = ASKED.heard, None
    finally:
        ASKED.heard = None
    assert not [command for command in asked if command.get("aggregate") == "solutions"], "counting would read them all"
    await withdraw(solutions, "s-2")
    page = await solutions.live_page(None, after=None, limit=2)
    assert page.total == len(NAMES) - 1
    assert (await solutions.live_page("o-1", after=None, limit=2)).total is not None
    assert (await solutions.live_page(None, after=page.next, limit=2)).total is None


async def indexed(connection: Mongo, name: str, query: dict[str, Any]) -> bool:
    explained = await connection.db.command("explain", {"find": name, "filter": query})
    return "IXSCAN" in str(explained["queryPlanner"]["winningPlan"])
