"""A provider takes its solution off: those who use it and those who watch it hear of it, in the inbox and by mail."""

import asyncio
from typing import Any

import httpx
from contracts.ids import uuid7
from servicekit.testing import wait
from servicekit.testing.stack import Stack
from servicekit.testing.story import Story, listing

NOTE = "Wir stellen das Angebot ein."


async def test_users_and_watchers_hear_of_a_withdrawal(stack: Stack, story: Story) -> None:
    mark = uuid7()[-6:]
    clerk, watcher, stranger, provider = (f"{who}-{mark}" for who in ("clerk", "watcher", "stranger", "provider"))
    await story.onboard(clerk, f"Landkreis {mark}", "municipality")
    await story.onboard(stranger, f"Gemeinde {mark}", "municipality")
    organisation = await story.onboard(provider, f"Musterlösungen {mark}", "provider")
    solution = await story.submit(provider, organisation, listing(f"Mitfahrbank {mark}"))
    path = f"/api/catalog/solutions/{solution['id']}"
    await story.approve(solution["id"])
    await story.published(solution["id"])

    use = {"since": "2026-01", "visibility": "hidden"}
    await story.expect(200, "PUT", f"{path}/deployments/mine", token=await story.token(clerk), json=use)
    watched = f"/api/catalog/watchlists/me/solutions/{solution['id']}"
    await story.expect(200, "PUT", watched, token=await story.token(watcher))
    await story.expect(200, "POST", f"{path}/withdraw", token=await story.token(provider), json={"note": NOTE})

    async def told(user: str, kind: str) -> dict[str, Any] | None:
        page = await story.expect(200, "GET", "/api/notify/inbox?limit=100", token=await story.token(user))
        mine = [each for each in page["items"] if f"Mitfahrbank {mark}" in each["title"] + each["text"]]
        return next((each for each in mine if each["kind"] == kind), None)

    by_user = await wait.until(lambda: told(clerk, "solution_delisted"), timeout=60, message="the user's inbox")
    by_watcher = await wait.until(lambda: told(watcher, "watched_news"), timeout=60, message="the watcher's inbox")
    assert NOTE in by_user["text"]
    assert by_user["reason"] == f"Sie sind Mitglied der Organisation „Landkreis {mark}“, die diese Lösung einsetzt."
    assert by_watcher["reason"] == "Die Lösung steht auf Ihrer Merkliste."
    assert (await told(clerk, "watched_news"), await told(stranger, "solution_delisted")) == (None, None)

    mails = f"{(await asyncio.to_thread(stack.status))['mails']}/messages"

    def mailed(user: str, subject: str) -> bool:
        found = httpx.get(mails, params={"to": f"{user}@example.org"}).raise_for_status().json()
        return [mail["subject"] for mail in found].count(subject) == 1

    for user, item in ((clerk, by_user), (watcher, by_watcher)):
        subject = item["title"]
        await wait.until(lambda: mailed(user, subject), timeout=30, message=f"the mail to {user}")  # noqa: B023
