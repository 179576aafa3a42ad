"""Who watches a solution learns what happens to it: in the inbox and by mail, at once or collected, until they stop."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from contracts import catalog, watches
from contracts.ids import uuid7
from notify.application.ports import Ports
from notify.application.watching import tell_collected
from servicekit.testing import wait
from servicekit.testing.servers import SmtpServer

from .conftest import Headers, Provider
from .events import published

Login = Callable[..., Headers]
LIST = uuid7()


async def inbox(api: httpx.AsyncClient, headers: Headers) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api.get("/inbox", headers=headers)).json()["items"]
    return [item for item in items if item["kind"] == "watched_news"]


async def watch(seller: Provider, *, user: str | None = None, organisation_id: str | None = None) -> None:
    data = watches.WatchStartedData(
        watchlist_id=LIST, user=user, organisation_id=organisation_id, solution_ids=[seller.solution_id]
    )
    await seller.publish(watches.WatchStarted.new(data, aggregate_id=LIST, time=datetime.now(UTC)))
    await wait.until(lambda: seller.settled("PRIVATE", "notify-watches"))


def delisted(seller: Provider) -> catalog.SolutionDelisted:
    data = catalog.SolutionDelistedData.model_validate(
        {
            "solution_id": seller.solution_id,
            "slug": "dorffunk",
            "organisation_id": seller.id,
            "reason": "withdrawn",
            "delisted_at": datetime.now(UTC),
        }
    )
    return catalog.SolutionDelisted.new(data, aggregate_id=seller.solution_id, time=datetime.now(UTC))


async def test_watchers_are_told_once_each_until_they_stop(
    api: httpx.AsyncClient, provider: Provider, mails: SmtpServer, login: Login, user: str
) -> None:
    town, colleague = Provider(provider.js, name="Stadt Beispielstadt"), f"user-{uuid7()}"
    for each in (user, colleague):
        await town.join(each, f"{each}@example.org")
    await watch(provider, user=user)
    await watch(provider, organisation_id=town.id)
    await provider.publish(published(provider))

    async def told() -> list[dict[str, Any]]:
        return [item for each in (user, colleague) for item in await inbox(api, login(each))]

    first, second = await wait.until(lambda: _so_many(told, 2), message="both are told")
    assert first["title"] == "Merkliste: „DorfFunk“, Fassung 1 ist jetzt veröffentlicht"
    assert (first["reason"], second["reason"]) == (
        "Die Lösung steht auf Ihrer Merkliste.",
        "Die Lösung steht auf der Merkliste Ihrer Organisation „Stadt Beispielstadt“.",
    )
    (mail,) = await wait.until(lambda: mails.messages(to=f"{user}@example.org"))
    assert "https://marktplatz.example.org/loesungen/dorffunk" in mail["text"]

    data = watches.WatchEndedData(watchlist_id=LIST, organisation_id=town.id, solution_ids=[provider.solution_id])
    await provider.publish(watches.WatchEnded.new(data, aggregate_id=LIST, time=datetime.now(UTC)))
    await wait.until(lambda: provider.settled("PRIVATE", "notify-watches"))
    await provider.publish(delisted(provider))
    await wait.until(lambda: _so_many(told, 3), message="the one that still watches is told")
    await wait.until(lambda: provider.settled("EVENTS", "notify-watchers"))
    assert len(await inbox(api, login(colleague))) == 1


async def test_collected_news_come_together_once(
    api: httpx.AsyncClient, provider: Provider, login: Login, user: str, stored: Any, ports: Ports
) -> None:
    town = Provider(provider.js, name="Stadt Beispielstadt")
    await town.join(user, f"{user}@example.org")
    assert (await api.put("/preferences", json={"watching": "hourly"}, headers=login(user))).status_code == 422
    saved = await api.put("/preferences", json={"watching": "daily"}, headers=login(user))
    assert (saved.json()["watching"], saved.json()["email"]) == ("daily", True)
    await watch(provider, user=user)
    event = published(provider)
    await provider.publish(event)
    await provider.publish(delisted(provider))
    await wait.until(lambda: stored["watch_digests"].count_documents({"_id": user, "items": {"$size": 2}}))
    assert await inbox(api, login(user)) == []
    await stored["watch_digests"].update_one(
        {"_id": user}, {"$set": {"due_at": datetime.now(UTC) - timedelta(seconds=1)}}
    )
    await tell_collected(ports)
    (item,) = await inbox(api, login(user))
    assert (item["title"], item["link"]) == ("Merkliste: 2 Neuigkeiten", "/merkliste")
    assert item["reason"] == "Sie möchten einmal am Tag von Lösungen auf Ihren Merklisten hören."
    assert await tell_collected(ports) == 0

    await provider.publish(published(provider))
    await wait.until(lambda: stored["watch_digests"].count_documents({"_id": user, "items": {"$size": 1}}))
    await town.leave(user)
    await wait.until(lambda: _gone(stored, user), message="what waited is erased")


async def _so_many(told: Any, count: int) -> list[dict[str, Any]] | None:
    found: list[dict[str, Any]] = await told()
    return found if len(found) == count else None


async def _gone(stored: Any, user: str) -> bool:
    return not await stored["watch_digests"].count_documents({"_id": user})
