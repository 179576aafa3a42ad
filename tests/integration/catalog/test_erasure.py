"""Erasure on request and the export of personal data through the real service."""

import pytest
from catalog.application.watch_ports import list_id
from catalog.domain.watchlist import Owner
from contracts.people import PersonErased
from servicekit.auth import Members
from servicekit.testing import wait
from servicekit.testing.queries import Queries
from servicekit.testing.servers import log_in

from .conftest import Catalog


async def test_from_the_export_to_being_forgotten(
    catalog: Catalog, person: str, provider: str, clerk: str, town: str
) -> None:
    online = await catalog.published(person, provider, name="Räume Plus")
    await catalog.ok(clerk, "PUT", f"/watchlists/{town}/solutions/{online['id']}", json={"note": "Halle"})
    await catalog.ok(clerk, "PUT", f"/watchlists/me/solutions/{online['id']}")
    wish = {"solution_id": online["id"], "subject": "Räume", "text": "Was kostet es?"}
    inquiry = (await catalog.ok(clerk, "POST", "/inquiries", json=wish))["inquiry"]
    survey = await catalog.ok(clerk, "POST", "/dossiers", json={"title": "Räume", "need": "Vereine buchen Räume."})

    answer = await catalog(clerk, "GET", "/me/data")
    assert answer.headers["cache-control"] == "no-store"
    held = answer.json()
    assert [each["organisation_name"] for each in held["memberships"]] == ["Landkreis Musterland"]
    assert [(each["conversation_id"], each["text"]) for each in held["written"]] == [(inquiry["id"], "Was kostet es?")]
    assert [(each["organisation_id"], each["note"]) for each in held["watched"]] == [(None, None), (town, "Halle")]
    assert [(each["dossier_id"], each["name"]) for each in held["market_surveys"]] == [(survey["id"], f"{clerk} Name")]
    assert (await catalog(None, "GET", "/me/data")).status_code == 401
    assert (await catalog.ok(person, "GET", "/me/data"))["versions"][0]["number"] == 1

    path = "/me/erasure"
    unsure = await catalog(clerk, "POST", path, json={"confirm": "ja"})
    assert (unsure.status_code, unsure.json()["slug"]) == (422, "erasure-unconfirmed")
    needed = await catalog(person, "POST", path, json={"confirm": person})
    assert (needed.status_code, needed.json()["slug"]) == (409, "erasure-last-admin")

    done = await catalog(clerk, "POST", path, json={"confirm": clerk})
    assert (done.status_code, done.json()) == (202, {"user": clerk, "left_organisations": [town]})
    members = catalog.container.platform.members
    await wait.until(lambda: _nowhere(members, clerk), message="no membership is left")
    [event] = await catalog.heard(PersonErased, list_id(Owner("user", clerk)))
    assert event.data.user == clerk

    async def logged_out() -> bool:
        answer = await catalog(clerk, "GET", "/me")
        return (answer.status_code, answer.json().get("slug")) == (401, "session-ended")

    await wait.until(logged_out, message="every session of before has ended")
    again = bearer(log_in(catalog.oidc.issuer, clerk))

    async def forgotten() -> bool:
        nonlocal again
        kept = await catalog.http.get("/me/data", headers=again)
        if kept.status_code == 401:  # logged in within the second of the erasure
            again = bearer(log_in(catalog.oidc.issuer, clerk))
            return False
        return not any(found for found in kept.json().values() if isinstance(found, list))

    await wait.until(forgotten, message="forgotten in the catalog")
    stays = await catalog.container.ports.people.inquiries.get(inquiry["id"])
    assert stays is not None
    assert (stays.state.messages[0].by, stays.state.messages[0].text) == (None, "Was kostet es?")
    repeated = await catalog.http.post(path, json={"confirm": clerk}, headers=again)
    assert (repeated.status_code, repeated.json()["left_organisations"]) == (202, [])


async def test_nothing_about_a_person_needs_to_read_a_whole_collection(
    catalog: Catalog, clerk: str, town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Queries(catalog.container.platform.db, monkeypatch)
    email = str((await catalog.ok(clerk, "GET", "/me"))["email"])
    await catalog.ok(clerk, "GET", "/me/data")
    assert (await catalog(clerk, "POST", "/me/erasure", json={"confirm": clerk})).status_code == 202
    held = {"organisations", "solutions", "inquiries", "threads", "invitations", "ratings", "dossiers", "watchlists"}

    async def forgotten() -> bool:
        return sum(name == "dossiers" for name, _ in asked.about(clerk)) > 1  # the export's, and the worker's last one

    await wait.until(forgotten, message="the worker's part")
    assert held <= asked.collections(clerk, email, town)
    assert await asked.unserved(clerk, email, town) == []


async def _nowhere(members: Members, user: str) -> bool:
    return not members.of(user)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
