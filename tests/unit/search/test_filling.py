"""Filling a new index: the engine writes some documents while the next ones are made, and what goes wrong shows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from contracts.subjects import subject_of
from opensearchpy import TransportError
from search.adapters.gathering import SubjectGathering
from search.adapters.opensearch import content
from search.adapters.opensearch.content import (
    FIRST_BULK,
    IN_FLIGHT,
    LARGEST_BULK,
    SMALLEST_BULK,
    BulkFilling,
    OpenSearchContent,
)
from search.application.filling import Filler
from search.application.rebuild_ports import Logged, Stored
from search.domain.checksum import Checksum
from search.domain.document import SolutionDocument
from search.testing import Events
from servicekit import errors
from servicekit.testing import wait

from .test_replaying import ListedLog, tracker

Answer = Callable[[int, list[str]], Awaitable[dict[str, Any]]]
"""What the engine says to the bulk write with this number and these ids."""


def accepted(ids: list[str], *refused: str) -> dict[str, Any]:
    fault = {"status": 400, "error": {"reason": "too long"}}
    items = [{"create": {"_id": each, **(fault if each in refused else {"status": 201})}} for each in ids]
    return {"errors": bool(refused), "items": items}


class Engine:
    """Takes bulk writes, and remembers how many are under way at once."""

    def __init__(self, answer: Answer) -> None:
        self.bulks: list[list[str]] = []
        self.under_way = self.most = 0
        self._answer = answer

    async def bulk(self, *, body: bytes, index: str, params: dict[str, Any]) -> dict[str, Any]:
        ids = [orjson.loads(line)["create"]["_id"] for line in body.splitlines()[::2]]
        self.bulks.append(ids)
        number = len(self.bulks)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            return await self._answer(number, ids)
        finally:
            self.under_way -= 1


class Shorthand:
    """A `Maker` whose documents are short."""

    def stored(self, document: SolutionDocument) -> Stored:
        return stored(document.id)

    @asynccontextmanager
    async def making(self, messages: int) -> AsyncIterator["Shorthand"]:
        yield self

    async def each(self, solutions: Iterator[list[Logged]]) -> AsyncIterator[tuple[list[Logged], Stored | None]]:
        for messages in solutions:
            yield messages, stored(messages[0].solution_id)


def stored(solution_id: str) -> Stored:
    return Stored(solution_id, f"of {solution_id}", "", orjson.dumps({"id": solution_id}))


async def at_once(number: int, ids: list[str]) -> dict[str, Any]:
    return accepted(ids)


def names(number: int) -> list[str]:
    return [f"solution-{each}" for each in range(number)]


async def fill(engine: Engine, number: int, store: Callable[[str], Stored] = stored) -> BulkFilling:
    async with OpenSearchContent(engine).filling("index") as filling:  # type: ignore[arg-type]
        for each in names(number):
            await filling.put(store(each))
    assert isinstance(filling, BulkFilling)
    return filling


def checksum(ids: list[str]) -> Checksum:
    expected = Checksum()
    for each in ids:
        expected.add(each, f"of {each}")
    return expected


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "FIRST_PAUSE_SECONDS", 0.0)


async def test_every_document_is_written_once_in_bulks_that_grow_while_the_engine_is_quick() -> None:
    engine = Engine(at_once)
    filling = await fill(engine, 3 * LARGEST_BULK)
    ids = names(3 * LARGEST_BULK)
    assert sorted(each for bulk in engine.bulks for each in bulk) == sorted(ids)
    assert filling.checksum == checksum(ids)
    assert len(engine.bulks[0]) == FIRST_BULK
    assert max(map(len, engine.bulks)) == LARGEST_BULK


async def test_bulks_shrink_when_the_engine_is_slow_but_never_to_many_small_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(content, "LONG_SECONDS", -1.0)
    monkeypatch.setattr(content, "SHORT_SECONDS", -2.0)
    engine = Engine(at_once)
    await fill(engine, 6 * SMALLEST_BULK)
    assert {len(bulk) for bulk in engine.bulks[IN_FLIGHT + 1 : -1]} == {SMALLEST_BULK}


async def test_documents_are_made_while_the_engine_writes_but_only_so_many() -> None:
    """Memory is bounded: who makes documents waits when two bulk writes are under way."""
    go_on = asyncio.Event()

    async def when_told(number: int, ids: list[str]) -> dict[str, Any]:
        await go_on.wait()
        return accepted(ids)

    engine = Engine(when_told)
    made: list[str] = []

    def noted(solution_id: str) -> Stored:
        made.append(solution_id)
        return stored(solution_id)

    filling = asyncio.create_task(fill(engine, 20 * FIRST_BULK, noted))
    await wait.until(lambda: len(made) == (IN_FLIGHT + 1) * FIRST_BULK)
    assert (engine.under_way, len(engine.bulks)) == (IN_FLIGHT, IN_FLIGHT)
    go_on.set()
    assert (await filling).checksum.documents == 20 * FIRST_BULK
    assert engine.most == IN_FLIGHT


async def test_a_bulk_that_the_engine_is_too_busy_for_is_written_again() -> None:
    busy = [1, 2]

    async def busy_at_first(number: int, ids: list[str]) -> dict[str, Any]:
        if number in busy:
            raise TransportError(429, "too many requests")
        return accepted(ids)

    engine = Engine(busy_at_first)
    filling = await fill(engine, 3 * FIRST_BULK)
    assert filling.checksum == checksum(names(3 * FIRST_BULK))
    assert sum(map(len, engine.bulks)) > 3 * FIRST_BULK


async def test_a_bulk_that_fails_ends_the_filling_and_what_is_under_way() -> None:
    never = asyncio.Event()

    async def second_fails(number: int, ids: list[str]) -> dict[str, Any]:
        if number == 1:
            await never.wait()
        raise TransportError(503, "unavailable")

    engine = Engine(second_fails)
    with pytest.raises(errors.ProblemError) as raised:
        await fill(engine, 20 * FIRST_BULK)
    assert raised.value.slug == "search-unavailable"
    assert engine.under_way == 0, "nothing is written into an index that is given up"
    assert len(engine.bulks) == 1 + content.ATTEMPTS


async def test_a_filling_that_is_cancelled_leaves_nothing_under_way() -> None:
    never = asyncio.Event()

    async def stuck(number: int, ids: list[str]) -> dict[str, Any]:
        await never.wait()
        return accepted(ids)

    engine = Engine(stuck)
    filling = asyncio.create_task(fill(engine, 20 * FIRST_BULK))
    await wait.until(lambda: engine.under_way == IN_FLIGHT)
    filling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await filling
    assert engine.under_way == 0
    assert len(engine.bulks) == IN_FLIGHT


async def test_what_the_engine_never_takes_is_named_and_not_counted() -> None:
    async def one_refused(number: int, ids: list[str]) -> dict[str, Any]:
        return accepted(ids, "solution-1")

    engine = Engine(one_refused)
    filling = await fill(engine, 3)
    assert filling.refused == {"solution-1": "too long"}
    assert filling.checksum == checksum(["solution-0", "solution-2"])


async def test_progress_counts_what_the_engine_has_answered_for() -> None:
    go_on = asyncio.Event()

    async def when_told(number: int, ids: list[str]) -> dict[str, Any]:
        await go_on.wait()
        return accepted(ids, ids[0]) if number == 1 else accepted(ids)

    messages: list[Logged] = []
    for number in range(2 * FIRST_BULK):
        happened = Events(f"solution-{number}")
        for event in (happened.published(), happened.rated()):
            messages.append(Logged(len(messages) + 1, subject_of(event), event.to_bytes()))
    log, followed, engine = ListedLog(messages), tracker(), Engine(when_told)
    filler = Filler(OpenSearchContent(engine), log, SubjectGathering, Shorthand())  # type: ignore[arg-type]
    filling = asyncio.create_task(filler.fill("index", upto=len(messages), tracker=followed))
    await wait.until(lambda: engine.under_way == IN_FLIGHT)
    writing = followed.progress.stages["writing"]
    assert (writing.total, writing.done, followed.progress.written) == (len(messages), 0, 0)
    assert followed.progress.share < 1
    go_on.set()
    await filling
    assert writing.done == len(messages)
    assert (followed.progress.written, followed.progress.refused) == (2 * FIRST_BULK - 1, 1)
