"""Watchlists through the real service."""

from typing import Any

import pytest
from catalog.application.watch_ports import list_id
from catalog.domain.watchlist import Owner
from contracts.watches import WatchEnded, WatchStarted
from servicekit.testing import wait

from .conftest import Catalog


@pytest.fixture
async def online(catalog: Catalog, person: str, provider: str) -> dict[str, Any]:
    return await catalog.published(person, provider, name="Räume Plus")


async def test_a_list_from_noting_to_delisting(
    catalog: Catalog, person: str, provider: str, clerk: str, town: str, online: dict[str, Any]
) -> None:
    path = f"/watchlists/{town}/solutions/{online['id']}"
    added = await catalog(clerk, "PUT", f"/watchlists/{town}/solutions/{online['slug']}", json={"note": "<b>Halle</b>"})
    assert (added.status_code, added.headers["ETag"]) == (200, '"1"')
    again = await catalog.ok(clerk, "PUT", path)
    assert (again["note"], again["revision"]) == ("<b>Halle</b>", 1)
    await catalog.ok(clerk, "PUT", f"/watchlists/me/solutions/{online['id']}")

    lists = (await catalog.ok(clerk, "GET", "/watchlists", params={"solution": [online["id"], "x"]}))["items"]
    assert [(each["id"], each["watched"]) for each in lists] == [("me", [online["id"]]), (town, [online["id"]])]

    tried = await catalog(clerk, "PATCH", path, json={"note": "x" * 10_000}, headers={"If-Match": '"1"'})
    assert (tried.status_code, tried.json()["slug"]) == (422, "invalid-request")
    assert (await catalog(clerk, "PATCH", path, json={"note": "neu"})).status_code == 428
    await catalog.ok(clerk, "PATCH", path, json={"note": "neu"}, headers={"If-Match": '"1"'})
    late = await catalog(clerk, "PATCH", path, json={"note": "spät"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["slug"]) == (412, "stale-version")

    for user in (person, "curator"):
        foreign = await catalog(user, "GET", f"/watchlists/{town}")
        assert (foreign.status_code, foreign.json()["slug"]) == (404, "watchlist-not-found")
        assert (await catalog(user, "PUT", path)).status_code == 404
    assert (await catalog(None, "GET", "/watchlists")).status_code == 401

    await catalog.ok(person, "POST", f"/solutions/{online['id']}/withdraw")

    async def gone() -> dict[str, Any]:
        (entry,) = (await catalog.ok(clerk, "GET", f"/watchlists/{town}", params={"sort": "changed"}))["items"]
        assert not entry["online"]
        return dict(entry)

    entry = await wait.until(gone, message="delisted on the list")
    assert (entry["name"], entry["changed"], entry["version"], entry["note"]) == ("Räume Plus", True, None, "neu")

    for _ in range(2):
        assert (await catalog(clerk, "DELETE", path)).status_code == 204
    assert (await catalog(clerk, "PUT", path)).json()["slug"] == "solution-not-found"

    container = catalog.container
    held = await container.watching.lists.with_person(clerk)
    assert held == []


async def test_others_learn_who_watches_what_and_never_why(
    catalog: Catalog, clerk: str, town: str, online: dict[str, Any]
) -> None:
    added = await catalog.ok(clerk, "PUT", f"/watchlists/{town}/solutions/{online['id']}", json={"note": "geheim"})
    await catalog(clerk, "DELETE", f"/watchlists/{town}/solutions/{added['solution_id']}")

    key = list_id(Owner("organisation", town))
    for event in (WatchStarted, WatchEnded):
        (told,) = await catalog.heard(event, key)
        assert (told.data.organisation_id, told.data.user, told.data.solution_ids) == (town, None, [online["id"]])
        assert "geheim" not in told.to_bytes().decode()


async def test_an_entry_that_is_offline_names_the_provider_as_it_is_called_now(
    catalog: Catalog, person: str, provider: str, clerk: str, town: str, online: dict[str, Any]
) -> None:
    for owner in ("me", town):
        await catalog.ok(clerk, "PUT", f"/watchlists/{owner}/solutions/{online['id']}")
    await catalog.ok(person, "POST", f"/solutions/{online['id']}/withdraw")
    held = await catalog(person, "GET", f"/organisations/{provider}")
    new = {"json": {"name": "Ganz Neue GmbH"}, "headers": {"If-Match": held.headers["etag"]}}
    await catalog.ok(person, "PUT", f"/organisations/{provider}", **new)

    async def renamed() -> bool:
        lists = [(await catalog.ok(clerk, "GET", f"/watchlists/{owner}"))["items"] for owner in ("me", town)]
        return all((each["online"], each["organisation_name"]) == (False, "Ganz Neue GmbH") for (each,) in lists)

    await wait.until(renamed, message="the new name on both lists")


async def test_a_list_is_read_page_by_page(
    catalog: Catalog, person: str, provider: str, clerk: str, town: str, online: dict[str, Any]
) -> None:
    second = await catalog.published(person, provider, name="Räume Minus")
    for each in (online, second):
        await catalog.ok(clerk, "PUT", f"/watchlists/{town}/solutions/{each['id']}")
    first = await catalog.ok(clerk, "GET", f"/watchlists/{town}", params={"sort": "name", "limit": 1})
    assert ([each["name"] for each in first["items"]], first["total"]) == (["Räume Minus"], 2)
    more = {"sort": "name", "limit": 1, "cursor": first["next_cursor"]}
    rest = await catalog.ok(clerk, "GET", f"/watchlists/{town}", params=more)
    assert [each["name"] for each in rest["items"]] == ["Räume Plus"]
    assert (rest["next_cursor"], rest["total"]) == (None, None)
    for given in ({"limit": 101}, {"cursor": "x"}):
        assert (await catalog(clerk, "GET", f"/watchlists/{town}", params=given)).status_code in (400, 422)
