"""A municipality saves a search and hears of a new listing once, also when the search dies in the middle."""

import asyncio
import os
import signal
from typing import Any

import httpx
from contracts.ids import uuid7
from servicekit.testing import wait
from servicekit.testing.stack import Stack
from servicekit.testing.story import Story, listing


async def alerts(story: Story, user: str) -> list[dict[str, Any]]:
    page = await story.expect(200, "GET", "/api/notify/inbox?limit=100", token=await story.token(user))
    return [item for item in page["items"] if item["kind"] == "saved_search_alerted"]


async def test_a_new_listing_reaches_who_saved_the_search(stack: Stack, story: Story) -> None:
    county, provider = f"county-{uuid7()}", f"provider-{uuid7()}"
    await story.onboard(county, f"Landkreis {county[-6:]}", "municipality")
    organisation = await story.onboard(provider, f"Musterlösungen {provider[-6:]}", "provider")
    word = f"kennwort{uuid7()[-8:]}"
    token = await story.token(county)
    body = {"name": "Bänke", "query": {"q": f"Mitfahrbänke {word}"}, "frequency": "at_once"}
    saved = await story.expect(201, "POST", "/api/search/saved-searches", token=token, json=body)

    submitted = await story.submit(provider, organisation, listing(f"Mitfahrbank {word}"))
    other = await story.submit(provider, organisation, listing(f"Mitfahrbank ohne {uuid7()[-8:]}"))
    for each in (other, submitted):
        await story.approve(each["id"])
    victim = await asyncio.to_thread(stack.pid, "search")
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    for each in (other, submitted):
        await story.published(each["id"])

    (alert,) = await wait.until(lambda: alerts(story, county), timeout=60, message="the alert is in the inbox")
    assert alert["title"] == f"Neues zu Ihrer Suche „Bänke“: Mitfahrbank {word} (neu auf dem Marktplatz)"
    assert alert["link"] == f"/loesungen/{submitted['slug']}"
    assert alert["reason"] == "Sie haben die Suche „Bänke“ gespeichert und möchten sofort davon hören."
    mails = f"{(await asyncio.to_thread(stack.status))['mails']}/messages"

    def mailed() -> list[dict[str, Any]]:
        found = list(httpx.get(mails, params={"to": f"{county}@example.org"}).raise_for_status().json())
        return [mail for mail in found if mail["subject"] == alert["title"]]

    (mail,) = await wait.until(mailed, timeout=30, message="the alert came by mail")
    assert f"/loesungen/{submitted['slug']}" in mail["text"]

    await story.found(f"Mitfahrbank {word}", submitted["slug"])
    path = f"/api/search/saved-searches/{saved['id']}"
    shown = await story.expect(200, "GET", path, token=token)
    assert shown["last_alerted_at"] is not None
    assert len(await alerts(story, county)) == 1
    await story.expect(204, "DELETE", path, token=token)
    await story.expect(404, "GET", path, token=token)
