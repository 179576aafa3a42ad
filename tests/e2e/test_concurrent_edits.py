"""Many edit one draft at once: each version has one winner, everybody else is told, nothing is lost silently."""

import asyncio
import os
from typing import Any

import httpx
from contracts.ids import uuid7
from servicekit.testing import wait
from servicekit.testing.story import Story, listing

EDITS = 1000 if os.environ.get("MARKTPLATZ_HEAVY") else 120


async def test_one_wins_each_version_and_the_others_are_told(story: Story) -> None:
    mark = uuid7()[-6:]
    provider = f"provider-{mark}"
    organisation = await story.onboard(provider, f"Musterlösungen {mark}", "provider")
    token = {"Authorization": f"Bearer {await story.token(provider)}"}
    content = listing(f"Mitfahrbank {mark}")
    body = {"organisation_id": organisation, "listing": content}
    made = await story.expect(201, "POST", "/api/catalog/solutions", token=await story.token(provider), json=body)
    path = f"/api/catalog/solutions/{made['id']}"
    won: dict[int, str] = {}
    told: list[str] = []

    async def edit(client: httpx.AsyncClient, number: int) -> None:
        seen = int((await client.get(f"{path}/working")).json()["version"])
        text = f"Fassung {number}"
        answer = await client.put(
            f"{path}/draft", json={"listing": {**content, "summary": text}}, headers={"If-Match": f'"{seen}"'}
        )
        if answer.status_code == httpx.codes.OK:
            version = int(answer.json()["version"])
            assert version == seen + 1
            assert version not in won, "two were told that they had saved the same version"
            won[version] = text
        else:
            assert (answer.status_code, answer.json()["slug"]) == (412, "stale-version")
            told.append(text)

    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(
        base_url=story.gateway, headers=token, timeout=60, trust_env=False, limits=limits
    ) as client:
        first = (await client.get(f"{path}/working")).json()["version"]
        await asyncio.gather(*(edit(client, number) for number in range(EDITS)))
        held = (await client.get(f"{path}/working")).json()

        async def complete() -> dict[int, str] | None:
            found = await _kept(client, path)
            return found if set(won) <= set(found) else None

        kept = await wait.until(complete, message="the trail was written")
    assert len(won) + len(told) == EDITS
    assert told, "nobody was in anybody's way: this shows nothing"
    assert sorted(won) == list(range(first + 1, held["version"] + 1)), "a version has one winner, and none is missing"
    assert held["working"]["listing"]["summary"] == won[held["version"]]
    assert kept is not None
    assert {version: kept[version] for version in won} == won, "the trail holds what each winner wrote"


async def _kept(client: httpx.AsyncClient, path: str) -> dict[int, str]:
    """What the audit trail says that each version's summary became; it is written a moment after the save."""
    kept: dict[int, str] = {}
    cursor: str | None = None
    while True:
        params = {"limit": "100", **({"cursor": cursor} if cursor else {})}
        page: dict[str, Any] = (await client.get(f"{path}/audit", params=params)).raise_for_status().json()
        for entry in page["items"]:
            for each in entry["differences"]:
                if each["path"].endswith("summary") and entry["action"] == "changed":
                    kept[entry["version"]] = each["after"]
        cursor = page["next_cursor"]
        if cursor is None:
            return kept
