"""Processes are killed in the middle of the story; every accepted submission still arrives, exactly once."""

import asyncio
import json
import os
import signal
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx
import nats
import pytest
from contracts.ids import uuid7
from servicekit.testing import wait
from servicekit.testing.stack import Stack
from servicekit.testing.story import ROLES, Story, listing

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


async def trail(story: Story, path: str) -> list[dict[str, Any]]:
    """All entries of an audit trail as the team sees it, oldest first."""
    team = await story.token("story-team", ROLES)
    answer = await story.call("GET", f"/api/catalog/{path}/audit/export?format=ndjson", token=team)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def whole(entries: list[dict[str, Any]]) -> None:
    """Each version has its entry, once, and each field goes on from where the last entry left it."""
    entries = sorted(entries, key=lambda entry: entry["version"])
    assert [entry["version"] for entry in entries] == list(range(1, len(entries) + 1))
    held: dict[str, Any] = {}
    for entry in entries:
        for each in entry["differences"]:
            if not each["hidden"] and each["path"] in held:
                assert each["before"] == held[each["path"]], (entry["version"], each)
            held[each["path"]] = each["after"]


@pytest.mark.timeout(1800)
async def test_the_audit_trail_is_whole_though_the_catalog_is_killed_while_people_write_and_are_erased(
    stack: Stack, story: Story
) -> None:
    user = f"audit-{uuid7()}"
    token = await story.token(user)
    team = await story.token("story-team", ROLES)
    organisation = await story.onboard(user, f"Prüfspur {user[-6:]}", "provider")
    members = f"/api/catalog/organisations/{organisation}/members"
    path = "/api/catalog/solutions"
    saved: dict[str, list[str]] = {}
    left: set[str] = set()

    async def save(solution: str, content: dict[str, Any]) -> None:
        """Write until it is there: when the catalog was killed, look whether it was saved before trying again."""

        async def there() -> bool:
            seen = await story.call("GET", f"{solution}/working", token=token)
            if seen.json()["working"]["listing"]["summary"] == content["summary"]:
                return True
            headers = {"Authorization": f"Bearer {token}", "If-Match": seen.headers["ETag"]}
            with suppress(httpx.TransportError):
                await story.http.put(f"{solution}/draft", json={"listing": content}, headers=headers)
            return False

        await wait.until(there, message=f"{content['summary']} is saved")

    async def write(number: int) -> None:
        body = {"organisation_id": organisation, "listing": listing(f"Entwurf {number} {user[-6:]}")}
        made = await story.expect(201, "POST", path, token=token, json=body)
        said = saved[made["id"]] = [body["listing"]["summary"]]
        for place in range(4 * PER_VICTIM):
            said.append(f"Fassung {number}.{place}")
            content = {**body["listing"], "summary": said[-1]}
            await save(f"{path}/{made['id']}", content)

    async def come_and_go(number: int) -> None:
        guest = f"guest-{number}-{user}"
        own = await story.token(guest)
        body = {"user": guest, "role": "editor"}
        await story.expect(200, "POST", members, token=token, json=body)
        answer = await story.call("POST", "/api/catalog/me/erasure", token=own, json={"confirm": guest})
        if answer.status_code == 401:
            assert answer.json()["slug"] == "session-ended", "the first answer was lost with the process"
        else:
            assert answer.status_code == 202, answer.text
            assert guest not in str(answer.json()["left_organisations"])
        left.add(guest)

    async def kill_twice() -> None:
        for _ in range(2):
            await kill(stack, "catalog")

    async with asyncio.TaskGroup() as together:
        for task in (kill_twice(), *map(write, range(4)), *map(come_and_go, range(PER_VICTIM))):
            together.create_task(task)
    for solution_id, said in saved.items():

        async def all_there(solution_id: str = solution_id, said: list[str] = said) -> bool:
            entries = await trail(story, f"solutions/{solution_id}")
            shown = [each["after"] for entry in entries for each in entry["differences"] if "summary" in each["path"]]
            assert shown == said
            whole(entries)
            return True

        await wait.until(all_there, message="the trail holds every save once")

    async def nobody_is_left() -> bool:
        entries = await trail(story, f"organisations/{organisation}")
        whole(entries)
        changed = [each["path"] for entry in entries for each in entry["differences"]]
        assert all(sum(f"members.{guest}.role" == path for path in changed) == 2 for guest in left)
        held = await story.expect(200, "GET", f"/api/catalog/organisations/{organisation}", token=team)
        return {member["user"] for member in held["members"]} == {user}

    await wait.until(nobody_is_left, message="who was erased is gone, and the trail says when")


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
