"""Those who use a solution hear of what becomes of it, each person once, and those who stopped using it do not."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
from contracts import catalog, guard
from contracts.envelope import Event
from notify.application import relearning
from notify.settings import NotifySettings
from notify.wiring import build
from servicekit.testing import wait

from .conftest import Headers, Provider, running
from .test_watching import watch

Login = Callable[..., Headers]
SOLUTION = {"slug": "dorffunk", "solution_name": "DorfFunk"}


def used_by(provider: Provider, users: Sequence[Provider], who: Provider, *, ended: bool = False) -> Event:
    deployments = [
        catalog.Deployment(organisation_id=each.id, organisation_name=each.name, visibility="hidden") for each in users
    ]
    about = {"solution_id": provider.solution_id, **SOLUTION, "provider_organisation_id": provider.id}
    whose = {"organisation_id": who.id, "organisation_name": who.name, "deployments": deployments}
    now = datetime.now(UTC)
    if ended:
        gone = catalog.DeploymentEndedData.model_validate({**about, **whose})
        return catalog.DeploymentEnded.new(gone, aggregate_id=provider.solution_id, time=now)
    there = catalog.DeploymentConfirmedData.model_validate({**about, **whose, "change": "changed"})
    return catalog.DeploymentConfirmed.new(there, aggregate_id=provider.solution_id, time=now)


def lost_certificate(provider: Provider) -> Event:
    data = guard.SolutionTermDueData.model_validate(
        {
            "solution_id": provider.solution_id,
            **SOLUTION,
            "version": 1,
            "organisation_id": provider.id,
            "organisation_name": provider.name,
            "term": "certificate",
            "certificate": "bsi_c5",
            "until": "2026-03-01",
            "days_left": 0,
            "relied_on": True,
        }
    )
    return guard.SolutionTermDue.new(data, aggregate_id=provider.solution_id, time=datetime.now(UTC))


def expired(provider: Provider) -> Event:
    data = catalog.SolutionDelistedData.model_validate(
        {
            "solution_id": provider.solution_id,
            "slug": "dorffunk",
            "organisation_id": provider.id,
            "reason": "expired",
            "delisted_at": datetime.now(UTC),
        }
    )
    return catalog.SolutionDelisted.new(data, aggregate_id=provider.solution_id, time=datetime.now(UTC))


async def test_a_database_that_begins_anew_learns_the_users_of_before(
    provider: Provider, settings: NotifySettings, stored: Any
) -> None:
    town, county = Provider(provider.js, name="Stadt Beispielstadt"), Provider(provider.js, name="Kreis Musterland")
    await provider.publish(used_by(provider, [town, county], county))
    await provider.publish(used_by(provider, [town], county, ended=True))
    async with running(settings):
        await wait.until(provider.settled)
    for lost in ("solution_users", "read_models"):
        await stored.drop_collection(lost)
    async with running(settings), build(settings) as another:
        assert await another.ports.users.of(provider.solution_id) == [town.id]
        assert await relearning.catch_up(another.ports, another.history) == 0, "once is enough"


async def test_users_are_told_once_each_and_former_ones_no_more(
    api: httpx.AsyncClient, provider: Provider, login: Login, user: str
) -> None:
    town, county = Provider(provider.js, name="Stadt Beispielstadt"), Provider(provider.js, name="Kreis Musterland")
    both, clerk, nobody = f"{user}-both", f"{user}-clerk", Provider(provider.js, name="Ohne Mitglieder")
    await provider.join(user)
    await town.join(both)
    await county.join(both)
    await county.join(clerk)
    await provider.join(both)
    await watch(provider, user=f"{user}-watcher")
    for each in (both, clerk):
        await watch(provider, user=each)

    async def quiet() -> bool:
        return await provider.settled() and await provider.settled(durable="notify-watchers")

    async def said(who: str) -> list[tuple[str, str]]:
        items = (await api.get("/inbox", headers=login(who))).json()["items"]
        return [(item["kind"], item["reason"]) for item in items]

    await provider.publish(used_by(provider, [town, county, nobody], town))
    lost = lost_certificate(provider)
    await wait.until(quiet)
    await provider.publish(lost)
    await provider.publish(lost)
    await wait.until(quiet)
    assert [kind for kind, _ in await said(user)] == ["term_due"]
    assert await said(clerk) == [
        (
            "standing_changed",
            "Sie sind Mitglied der Organisation „Kreis Musterland“, die diese Lösung einsetzt.",
        )
    ]
    assert [kind for kind, _ in await said(both)] == ["term_due"]
    assert await said(f"{user}-watcher") == [("watched_news", "Die Lösung steht auf Ihrer Merkliste.")]

    await provider.publish(used_by(provider, [town], county, ended=True))
    await wait.until(quiet)
    await provider.publish(expired(provider))
    await wait.until(quiet)
    assert [kind for kind, _ in await said(clerk)] == ["watched_news", "standing_changed"]
    assert [kind for kind, _ in await said(both)] == ["solution_delisted", "term_due"]
    english = (await api.get("/inbox", params={"lang": "en"}, headers=login(both))).json()["items"][0]
    assert english["title"] == "No longer on the marketplace: “dorffunk”"
    assert english["reason"] == "You are a member of the organisation “Stadt Beispielstadt”, which uses this solution."
    assert (await api.get("/inbox", params={"lang": "fr"}, headers=login(both))).status_code == 422
    assert [kind for kind, _ in await said(f"{user}-watcher")] == ["watched_news", "watched_news"]
