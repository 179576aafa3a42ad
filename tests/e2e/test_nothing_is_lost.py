"""Processes are killed in the middle of the story; every accepted submission still arrives, exactly once."""

import asyncio
import json
import os
import signal
from collections import Counter
from typing import Any

import nats
import pytest
from contracts.ids import uuid7
from servicekit.testing import wait
from servicekit.testing.stack import Stack
from servicekit.testing.story import Story, listing

VICTIMS = ("catalog", "review", "checkup", "search", "notify", "nats")
PER_VICTIM = int(os.environ.get("MARKTPLATZ_CHAOS_SUBMISSIONS", "3"))


async def kill(stack: Stack, name: str) -> None:
    """Kill a process hard and wait until the supervisor has it back."""
    before = await asyncio.to_thread(stack.pid, name)
    assert before is not None
    os.kill(before, signal.SIGKILL)

    def back() -> bool:
        entry = stack.status()["processes"][name]
        return entry["pid"] not in (None, before) and entry["health"] == "ready"

    await wait.until(lambda: asyncio.to_thread(back), timeout=90, message=f"{name} is back")


async def events_of(stack: Stack, solutions: set[str]) -> Counter[tuple[str, str]]:
    """Count the stream's events per solution and type."""
    status = stack.status()
    client = await nats.connect(status["nats"], user="operator", password=stack.nats_password("operator"))
    counted: Counter[tuple[str, str]] = Counter()
    try:
        js = client.jetstream()
        last = (await js.stream_info("EVENTS")).state.last_seq
        subscription = await js.subscribe("events.>", stream="EVENTS", ordered_consumer=True)
        ids: set[str] = set()
        while True:
            message = await subscription.next_msg(timeout=10)
            event = json.loads(message.data)
            assert event["id"] not in ids, f"stored twice: {event['type']} {event['id']}"
            ids.add(event["id"])
            if event["subject"] in solutions:
                counted[(event["subject"], event["type"].split(".")[-2])] += 1
            if message.metadata.sequence.stream >= last:
                return counted
    finally:
        await client.close()


async def submissions(story: Story, user: str, organisation: str, count: int, label: str) -> list[dict[str, Any]]:
    contents = [listing(f"{label} {number} {uuid7()[-8:]}") for number in range(count)]
    return list(await asyncio.gather(*(story.submit(user, organisation, content) for content in contents)))


@pytest.mark.timeout(1800)
async def test_every_accepted_submission_is_published_and_found_exactly_once(stack: Stack, story: Story) -> None:
    user = f"chaos-{uuid7()}"
    provider = f"Chaos {user[-6:]}"
    organisation = await story.onboard(user, provider, "provider")
    accepted: list[dict[str, Any]] = []
    for victim in VICTIMS:
        # half of them before, half while the process is being killed, and all are approved meanwhile
        first = await submissions(story, user, organisation, PER_VICTIM, f"vor {victim}")
        killing = asyncio.create_task(kill(stack, victim))
        second, *_ = await asyncio.gather(
            submissions(story, user, organisation, PER_VICTIM, f"während {victim}"),
            *(story.approve(each["id"]) for each in first),
        )
        await asyncio.gather(killing, *(story.approve(each["id"]) for each in second))
        accepted += [*first, *second]

    for each in accepted:
        await story.published(each["id"])
        await story.found(each["working"]["listing"]["name"], each["slug"])
    ids = {each["id"] for each in accepted}
    assert len(ids) == 2 * PER_VICTIM * len(VICTIMS)

    async def checked() -> bool:
        counted = await events_of(stack, ids)
        return all(counted[(solution_id, "checkup_scored")] == 1 for solution_id in ids)

    await wait.until(checked, timeout=60, message="every solution has its checkup")
    counted = await events_of(stack, ids)
    expected = {"solution_submitted", "review_opened", "review_completed", "solution_published", "checkup_scored"}
    assert counted == Counter({(solution_id, kind): 1 for solution_id in ids for kind in expected})

    hits = await story.search("", provider=provider, size=1)
    assert hits["total"] == len(ids)
