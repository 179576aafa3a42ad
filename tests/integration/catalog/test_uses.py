"""Deployments and conversations over HTTP, with the bus and the worker's duties."""

import asyncio
from typing import Any
from uuid import uuid4

from contracts.catalog import DeploymentConfirmed, DeploymentEnded, SolutionPublished
from contracts.uses import DeploymentClaimed, PeerMessageSent
from servicekit.testing import wait

from .conftest import Catalog

USE = {"since": "2024-05", "version": "3.1", "module": "Buchung", "visibility": "public", "contact": True}


async def test_a_use_from_the_claim_to_the_end(
    catalog: Catalog, person: str, provider: str, clerk: str, town: str
) -> None:
    online = await catalog.published(person, provider, used_by=["Stadt Irgendwo"])
    path = f"/solutions/{online['id']}/deployments"

    async def named() -> bool:
        return [claim["name"] for claim in (await catalog.ok(None, "GET", path))["claims"]] == ["Stadt Irgendwo"]

    await wait.until(named, message="the listing's names are claims")
    claim = await catalog.ok(person, "POST", f"{path}/claims", json={"organisation_id": town, "since": "2023"})
    assert (claim["name"], claim["state"]) == ("Landkreis Musterland", "open")
    await catalog.heard(DeploymentClaimed, online["id"])
    mine = await catalog.ok(clerk, "GET", f"/organisations/{town}/deployments")
    assert [each["claim"]["id"] for each in mine["claims"]] == [claim["id"]]

    response = await catalog(clerk, "PUT", f"{path}/mine", json=USE)
    assert (response.status_code, response.headers["ETag"]) == (200, '"1"')
    [event] = await catalog.heard(DeploymentConfirmed, online["id"])
    assert (event.data.claimed, event.data.deployments[0].organisation_id) == (1, town)
    public = await catalog.ok(None, "GET", path)
    assert (public["confirmed"], public["claimed"], public["sizes"]) == (1, 1, {"20k_to_100k": 1})
    assert [(each["organisation_name"], each["version"], each["contact"]) for each in public["items"]] == [
        ("Landkreis Musterland", "3.1", False)
    ]
    stale = await catalog(clerk, "PUT", f"{path}/mine", json={**USE, "version": "4"}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["slug"]) == (412, "stale-version")
    again = await catalog(clerk, "POST", f"{path}/{town}/reconfirm", headers={"If-Match": '"1"'})
    assert again.headers["ETag"] == '"2"'
    ended = await catalog.ok(clerk, "POST", f"{path}/{town}/end", json={"month": "2025"})
    assert ended["ended"]["month"] == "2025"
    [event] = await catalog.heard(DeploymentEnded, online["id"])
    assert event.data.deployments == []


async def test_who_says_no_is_taken_out_of_the_listing(
    catalog: Catalog, person: str, provider: str, clerk: str, town: str
) -> None:
    online = await catalog.published(person, provider, used_by=["Landkreis  MUSTERLAND", "Stadt Irgendwo"])
    path = f"/solutions/{online['id']}"

    async def asked() -> dict[str, Any]:
        mine = await catalog.ok(clerk, "GET", f"/organisations/{town}/deployments")
        return next((each["claim"] for each in mine["claims"] if each["solution"]["solution_id"] == online["id"]), {})

    claim = await wait.until(asked, message="the claim of the listing")
    await catalog.ok(clerk, "POST", f"{path}/deployments/claims/{claim['id']}/refuse", json={"reason": "Nie genutzt"})

    async def struck() -> bool:
        return (await catalog.ok(None, "GET", path))["listing"]["used_by"] == ["Stadt Irgendwo"]

    await wait.until(struck, message="the name is gone")
    shown = await catalog.heard(SolutionPublished, online["id"], 2)
    assert [each.data.listing.used_by for each in shown][1:] == [["Stadt Irgendwo"]]
    corrections = (await catalog.ok(person, "GET", f"{path}/corrections"))["items"]
    assert [(each["state"], each["reason"][:37]) for each in corrections] == [
        ("accepted", "Eine hier genannte Kommune sagt, dass")
    ]


async def test_many_declare_at_the_same_moment_and_nobody_is_lost(catalog: Catalog, person: str, provider: str) -> None:
    online = await catalog.published(person, provider)
    path = f"/solutions/{online['id']}/deployments"
    clerks = [f"clerk-{uuid4().hex[:8]}" for _ in range(6)]
    for number, clerk in enumerate(clerks):
        await catalog.organisation(clerk, "municipality", name=f"Stadt {number}")

    async def declared(clerk: str) -> None:
        async def done() -> bool:
            response = await catalog(clerk, "PUT", f"{path}/mine", json=USE)
            assert response.status_code in (200, 503), response.text
            return response.status_code == 200

        await wait.until(done, message=f"{clerk} has declared")

    await asyncio.gather(*map(declared, clerks))
    assert (await catalog.ok(None, "GET", path))["confirmed"] == len(clerks)
    events = await catalog.heard(DeploymentConfirmed, online["id"], count=len(clerks))
    assert [len(event.data.deployments) for event in events] == list(range(1, len(clerks) + 1))


async def test_who_may_not(catalog: Catalog, person: str, provider: str, clerk: str, town: str) -> None:
    online = await catalog.published(person, provider)
    path = f"/solutions/{online['id']}/deployments"
    attempts: list[tuple[str | None, str, str, Any, int, str]] = [
        (None, "PUT", f"{path}/mine", USE, 401, "not-authenticated"),
        ("somebody", "PUT", f"{path}/mine", USE, 403, "not-a-municipality"),
        (clerk, "PUT", f"{path}/mine", {**USE, "since": "2099-01"}, 422, "month-in-future"),
        (clerk, "PUT", f"{path}/mine", {**USE, "since": "gestern"}, 422, "invalid-request"),
        (clerk, "PUT", f"{path}/mine", {**USE, "visibility": "hidden"}, 422, "contact-needs-visibility"),
        (clerk, "GET", f"{path}/{town}", None, 404, "deployment-not-found"),
        (person, "GET", f"{path}/{town}", None, 403, "foreign-organisation"),
        (clerk, "POST", f"{path}/{town}/reconfirm", None, 404, "deployment-not-found"),
        (clerk, "POST", f"{path}/claims", {"name": "Stadt"}, 403, "foreign-organisation"),
        (person, "POST", f"{path}/claims", {}, 422, "invalid-request"),
        (person, "DELETE", f"{path}/claims/nothing", None, 404, "claim-not-found"),
        (clerk, "POST", f"{path}/claims/nothing/refuse", {"reason": "x"}, 404, "claim-not-found"),
        (None, "GET", "/solutions/nothing/deployments", None, 404, "solution-not-found"),
        (person, "GET", f"/organisations/{town}/deployments", None, 403, "foreign-organisation"),
        (None, "GET", "/peer-threads", None, 401, "not-authenticated"),
        (clerk, "GET", "/peer-threads/nothing", None, 404, "thread-not-found"),
        (clerk, "GET", "/moderation/peer-threads", None, 403, "missing-role"),
        (
            clerk,
            "POST",
            "/peer-threads",
            {"solution_id": online["id"], "to": "nobody", "text": "Hallo"},
            409,
            "no-contact-wanted",
        ),
    ]
    for user, method, where, body, status, slug in attempts:
        response = await catalog(user, method, where, **({"json": body} if body is not None else {}))
        assert (response.status_code, response.json()["slug"]) == (status, slug), (user, method, where)


async def test_a_conversation(catalog: Catalog, person: str, provider: str, clerk: str, town: str) -> None:
    online = await catalog.published(person, provider)
    await catalog.ok(clerk, "PUT", f"/solutions/{online['id']}/deployments/mine", json=USE)
    asking = f"clerk-{uuid4().hex[:8]}"
    await catalog.organisation(asking, "municipality", name="Stadt Neugier")
    seen = await catalog.ok(asking, "GET", f"/solutions/{online['id']}/deployments")
    assert [each["contact"] for each in seen["items"]] == [True]

    body = {"solution_id": online["id"], "to": town, "text": "Wie läuft <b>es</b>?"}
    key = {"Idempotency-Key": uuid4().hex}
    begun = await catalog.ok(asking, "POST", "/peer-threads", json=body, headers=key)
    assert (await catalog.ok(asking, "POST", "/peer-threads", json=body, headers=key)) == begun
    thread = f"/peer-threads/{begun['thread']['id']}"
    [event] = await catalog.heard(PeerMessageSent, begun["thread"]["id"])
    assert (event.data.to_organisation_id, "Wie" in event.model_dump_json()) == (town, False)
    answered = await catalog.ok(clerk, "POST", f"{thread}/messages", json={"text": "Gut"})
    assert [(each["organisation_name"], each["text"]) for each in answered["messages"]] == [
        ("Stadt Neugier", "Wie läuft <b>es</b>?"),
        ("Landkreis Musterland", "Gut"),
    ]
    assert "example.org" not in str(answered)
    assert clerk not in str(answered)
    first = answered["messages"][0]["id"]
    report = {"reason": "advertising", "note": "Verkauft etwas"}
    await catalog.ok(clerk, "POST", f"{thread}/messages/{first}/report", json=report)
    waiting = await catalog.ok("reviewer", "GET", "/moderation/peer-threads")
    assert begun["thread"]["id"] in {each["id"] for each in waiting["items"]}
    team = await catalog.ok("reviewer", "GET", thread)
    assert (team["thread"]["side"], [each["note"] for each in team["complaints"]]) == (None, ["Verkauft etwas"])
    ruling = await catalog("curator", "POST", f"/moderation{thread}/ruling", json={"stop": False, "reason": "Gut so"})
    assert ruling.status_code == 204
    assert (await catalog("reviewer", "GET", thread)).status_code == 404
    assert (await catalog.ok(clerk, "PUT", f"{thread}/block", json={"blocked": True}))["blocked"]
    blocked = await catalog(asking, "POST", f"{thread}/messages", json={"text": "Hallo?"})
    assert (blocked.status_code, blocked.json()["slug"]) == (409, "contact-blocked")
    erased = await catalog.ok(asking, "DELETE", f"{thread}/messages/mine")
    assert [each["text"] for each in erased["messages"]] == [None, "Gut"]
    assert (await catalog.ok(asking, "GET", "/peer-threads"))["items"][0]["state"] == "closed"
    assert (await catalog("somebody", "GET", thread)).status_code == 404
