"""Handled, tried again, or set aside: what becomes of each message."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from contracts.catalog import SolutionSubmitted
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.review import ReviewOpened, ReviewOpenedData
from contracts.subjects import subject_of
from servicekit import context, dead_letters, errors
from servicekit.delivery import Delivery
from servicekit.mongo import AlreadyHandled
from servicekit.platform import Platform
from servicekit.testing import wait

DURABLE = "catalog-policies"


def opened(case_id: str | None = None) -> ReviewOpened:
    now = datetime.now(UTC)
    data = ReviewOpenedData(
        case_id=case_id or uuid7(),
        solution_id=uuid7(),
        slug="comby",
        solution_name="Comby",
        version=1,
        round=1,
        organisation_id=uuid7(),
        opened_at=now,
    )
    return ReviewOpened.new(data, aggregate_id=data.solution_id, time=now, correlationid="corr-1", actor="someone")


async def send(platform: Platform, event: Event) -> None:
    await platform.js.publish(subject_of(event), event.to_bytes(), headers={"Nats-Msg-Id": event.id})


async def dead_letter_count(platform: Platform) -> int:
    return (await platform.js.stream_info("DLQ")).state.messages


@asynccontextmanager
async def consuming(platform: Platform, handler: object) -> AsyncIterator[None]:
    consumer = platform.consumer(DURABLE)
    consumer.on(ReviewOpened)(handler)  # type: ignore[arg-type]
    async with platform.consuming():
        yield


async def settled(platform: Platform) -> bool:
    info = await platform.js.consumer_info("EVENTS", DURABLE)
    return info.num_pending == 0 and info.num_ack_pending == 0


async def test_a_handled_event_is_acknowledged_and_carries_its_context(platform: Platform) -> None:
    seen: list[tuple[ReviewOpened, Delivery, context.RequestContext]] = []

    async def handler(event: ReviewOpened, meta: Delivery) -> None:
        seen.append((event, meta, context.current()))

    event = opened()
    async with consuming(platform, handler):
        await send(platform, event)
        await wait.until(lambda: seen)
        await wait.until(lambda: settled(platform))
    received, meta, bound = seen[0]
    assert received == event
    assert (meta.stream, meta.attempt, meta.durable) == ("EVENTS", 1, DURABLE)
    assert (bound.correlation_id, bound.causation_id, bound.actor) == ("corr-1", event.id, "someone")


async def test_a_failure_is_tried_again_after_a_pause_until_it_works(platform: Platform) -> None:
    attempts: list[int] = []

    async def handler(event: ReviewOpened, meta: Delivery) -> None:
        attempts.append(meta.attempt)
        if meta.attempt < 3:
            raise RuntimeError("not yet")

    async with consuming(platform, handler):
        await send(platform, opened())
        await wait.until(lambda: settled(platform))
        assert attempts == [1, 2, 3]
    assert await dead_letter_count(platform) == 0


async def test_a_refusal_by_the_rules_goes_to_the_dead_letters_with_its_reason(platform: Platform) -> None:
    async def handler(event: ReviewOpened, meta: Delivery) -> None:
        raise errors.conflict("case-closed", "the case is closed — für immer")

    event = opened()
    async with consuming(platform, handler):
        await send(platform, event)
        await wait.until(lambda: settled(platform))

        async def there() -> bool:
            return await dead_letter_count(platform) == 1

        await wait.until(there)
    state = (await platform.js.stream_info("DLQ")).state
    letter = await platform.js.get_msg("DLQ", state.last_seq)
    assert letter.data == event.to_bytes()
    headers = letter.headers or {}
    assert "case-closed" in headers["Dlq-Reason"]
    assert headers["Dlq-Durable"] == DURABLE
    assert headers["Dlq-Subject"] == subject_of(event)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not json at all", "MalformedEvent"),
        (b'{"specversion":"1.0"}', "MalformedEvent"),
        (json.dumps({"type": "digital.marktplatz.review.unheard_of.v1", "id": "1"}).encode(), "Unknown"),
        (b"\xff\xfe\x00", "MalformedEvent"),
    ],
)
async def test_a_malformed_event_is_set_aside_and_the_consumer_goes_on(
    platform: Platform, body: bytes, reason: str
) -> None:
    seen: list[Event] = []

    async def handler(event: ReviewOpened, meta: Delivery) -> None:
        seen.append(event)

    async with consuming(platform, handler):
        await platform.js.publish(f"events.review.review_opened.v1.{uuid7()}", body)
        good = opened()
        await send(platform, good)
        await wait.until(lambda: seen == [good])

        async def there() -> bool:
            return await dead_letter_count(platform) == 1

        await wait.until(there)
        await wait.until(lambda: settled(platform))
    state = (await platform.js.stream_info("DLQ")).state
    letter = await platform.js.get_msg("DLQ", state.last_seq)
    assert letter.data == body
    assert reason in (letter.headers or {})["Dlq-Reason"]


async def test_a_repeated_event_is_simply_acknowledged(platform: Platform) -> None:
    async def handler(event: ReviewOpened, meta: Delivery) -> None:
        raise AlreadyHandled(event.id)

    async with consuming(platform, handler):
        await send(platform, opened())
        await wait.until(lambda: settled(platform))
    assert await dead_letter_count(platform) == 0


async def test_waiting_for_something_that_is_away_has_no_limit(platform: Platform) -> None:
    attempts: list[int] = []

    async def handler(event: ReviewOpened, meta: Delivery) -> None:
        attempts.append(meta.attempt)
        raise ConnectionRefusedError("the engine is down")

    async with consuming(platform, handler):
        await send(platform, opened())
        await wait.until(lambda: len(attempts) >= 3)
    assert await dead_letter_count(platform) == 0
    info = await platform.js.consumer_info("EVENTS", DURABLE)
    assert (info.num_ack_pending or 0) + (info.num_pending or 0) == 1
    assert info.config.max_deliver == -1


async def test_stopping_finishes_what_runs_and_acknowledges_it(platform: Platform) -> None:
    started = asyncio.Event()
    finish = asyncio.Event()
    done: list[str] = []

    async def handler(event: ReviewOpened, meta: Delivery) -> None:
        started.set()
        await finish.wait()
        done.append(event.id)

    event = opened()
    async with consuming(platform, handler):
        await send(platform, event)
        await asyncio.wait_for(started.wait(), timeout=10)
        asyncio.get_running_loop().call_later(0.2, finish.set)
    assert done == [event.id]
    await wait.until(lambda: settled(platform))


async def test_events_without_a_handler_are_acknowledged(platform: Platform) -> None:
    consumer = platform.consumer(DURABLE)

    async def unused(event: SolutionSubmitted, meta: Delivery) -> None:
        raise AssertionError

    consumer.on(SolutionSubmitted)(unused)
    async with platform.consuming():
        await send(platform, opened())
        await wait.until(lambda: settled(platform))


async def test_a_dead_letter_comes_back_to_its_own_consumer_from_its_own_place(platform: Platform) -> None:
    broken = True
    seen: list[Delivery] = []

    async def handler(event: ReviewOpened, meta: Delivery) -> None:
        if broken:
            raise errors.conflict("not-today", "a fault in our rules")
        seen.append(meta)

    event = opened()
    async with consuming(platform, handler):
        await send(platform, event)

        async def there() -> list[dead_letters.DeadLetter]:
            return await dead_letters.letters(platform.js, 10)

        letters = await wait.until(there)
        assert letters is not None
        assert (letters[0].durable, letters[0].data) == (DURABLE, event.to_bytes())
        assert letters[0].reason.startswith("ProblemError: not-today")
        broken = False
        await dead_letters.redrive(platform.js, letters[0].sequence)
        await wait.until(lambda: seen)
    assert (seen[0].stream, seen[0].sequence) == ("EVENTS", letters[0].original_sequence)
    assert await dead_letters.letters(platform.js, 10) == []
    assert (await platform.js.stream_info("EVENTS")).state.messages == 1
