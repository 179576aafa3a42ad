"""The queue of the team, and what a provider may see."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from contracts.catalog import OrganisationChanged, OrganisationChangedData
from contracts.ids import uuid7
from nats.js import JetStreamContext
from servicekit.testing import wait

from .conftest import Arrival, Bus, Headers


async def test_the_queue_shows_the_longest_waiting_first_page_by_page(
    api: httpx.AsyncClient, js: JetStreamContext, reviewer: Headers, arrived: Arrival
) -> None:
    organisation = uuid7()
    solutions = [Bus(js, organisation_id=organisation) for _ in range(5)]
    first = datetime(2026, 3, 2, 9, tzinfo=UTC)
    cases = [await solution.submit(at=first + timedelta(hours=hour)) for hour, solution in enumerate(solutions)]
    for case in cases:
        await arrived(case)
    seen: list[str] = []
    cursor: str | None = None
    sizes = []
    while True:
        query = {"state": "open", "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await api.get("/cases", params=query, headers=reviewer)).json()
        assert page["total"] == 5
        sizes.append(len(page["items"]))
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sizes == [2, 2, 1]
    assert seen == cases
    newest_first = (await api.get("/cases", headers=reviewer)).json()
    assert [item["id"] for item in newest_first["items"]] == cases[::-1]
    assert (await api.get("/cases", params={"state": "approved"}, headers=reviewer)).json() == {
        "items": [],
        "next_cursor": None,
        "total": 0,
    }


async def test_the_queue_calls_a_provider_by_its_new_name(
    api: httpx.AsyncClient, bus: Bus, reviewer: Headers, arrived: Arrival
) -> None:
    case = await arrived(await bus.submit())
    now = datetime.now(UTC)
    data = OrganisationChangedData(organisation_id=bus.organisation_id, name="Neue GmbH", kinds=[], changed_at=now)
    await bus.publish(OrganisationChanged.new(data, aggregate_id=bus.organisation_id, time=now))
    await wait.until(bus.settled, message="the name was taken over")
    [item] = (await api.get("/cases", headers=reviewer)).json()["items"]
    assert (item["id"], item["organisation_name"]) == (case["id"], "Neue GmbH")


async def test_a_list_entry_tells_whose_it_is_without_its_text(
    api: httpx.AsyncClient, bus: Bus, reviewer: Headers, arrived: Arrival
) -> None:
    case = await arrived(await bus.submit())
    (item,) = (await api.get("/cases", headers=reviewer)).json()["items"]
    assert item == {
        "id": case["id"],
        "solution_id": bus.solution_id,
        "slug": "dorffunk",
        "solution_name": "DorfFunk",
        "version": 1,
        "round": 1,
        "organisation_id": bus.organisation_id,
        "organisation_name": "Musterlösungen GmbH",
        "state": "open",
        "opened_at": case["opened_at"],
        "waiting_since": case["waiting_since"],
        "own_organisation": False,
    }


async def test_the_provider_sees_finished_rounds_and_the_team_as_one(
    api: httpx.AsyncClient,
    bus: Bus,
    reviewer: Headers,
    login: Callable[..., Headers],
    arrived: Arrival,
    passes: list[dict[str, Any]],
) -> None:
    await bus.join("demo-provider")
    provider = login("demo-provider")
    case = await arrived(await bus.submit())
    path = f"/cases/{case['id']}"
    await api.put(f"{path}/findings", json={"findings": passes[:2]}, headers={**reviewer, "If-Match": '"1"'})

    async def as_provider() -> dict[str, Any]:
        answer = await api.get(path, headers=provider)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    during = await wait.until(as_provider, message="the membership is known")
    assert (during["audience"], during["findings"]) == ("provider", [])
    assert [entry["action"] for entry in during["audit"]] == ["opened"]
    listed = (await api.get(f"/solutions/{bus.solution_id}/cases", headers=provider)).json()
    assert [item["id"] for item in listed["items"]] == [case["id"]]

    await api.post(f"{path}/request-changes", json={"message": "Bitte ergänzen"}, headers=reviewer)
    after = await as_provider()
    assert [finding["criterion"] for finding in after["findings"]] == ["municipal_fit", "transferability"]
    assert after["message"] == "Bitte ergänzen"
    assert [(entry["action"], entry["actor"]) for entry in after["audit"]] == [
        ("opened", "demo-provider"),
        ("changes_requested", "team"),
    ]


async def test_the_criteria_are_open_to_everybody(api: httpx.AsyncClient) -> None:
    current = (await api.get("/criteria")).json()
    assert current["version"] == "2026.1"
    assert [(one["id"], one["kind"]) for one in current["criteria"]] == [
        ("municipal_fit", "mandatory"),
        ("transferability", "mandatory"),
        ("operating_concept", "mandatory"),
        ("german_material", "mandatory"),
        ("it_security", "quality"),
        ("usability", "quality"),
        ("comprehensibility", "quality"),
    ]
    assert current["grades"][0] == {"value": 1, "label_de": "mangelhaft", "label_en": "poor"}
    assert (await api.get("/criteria", params={"version": "2026.1"})).json() == current
