"""The main job through the gateway: submit, review, checkup, publish, find, rate, be told."""

from typing import Any

import httpx
import pytest
from contracts.ids import uuid7
from servicekit.testing import wait
from servicekit.testing.stack import Stack
from servicekit.testing.story import Story, listing


@pytest.fixture(scope="package")
async def provider(story: Story) -> dict[str, str]:
    user = f"provider-{uuid7()}"
    return {"user": user, "organisation": await story.onboard(user, f"Musterlösungen {user[-6:]}", "provider")}


@pytest.fixture(scope="package")
async def county(story: Story) -> dict[str, str]:
    user = f"county-{uuid7()}"
    return {"user": user, "organisation": await story.onboard(user, f"Landkreis {user[-6:]}", "municipality")}


async def inbox_kinds(story: Story, user: str) -> list[str]:
    page = await story.expect(200, "GET", "/api/notify/inbox?limit=100", token=await story.token(user))
    return [item["kind"] for item in page["items"]]


def mails(stack: Stack, to: str) -> list[dict[str, Any]]:
    page = stack.status()["mails"]
    return list(httpx.get(f"{page}/messages", params={"to": to}).raise_for_status().json())


async def test_a_solution_goes_all_the_way(
    stack: Stack, story: Story, provider: dict[str, str], county: dict[str, str]
) -> None:
    name = f"Mitfahrbank {uuid7()[-8:]}"
    submitted = await story.submit(provider["user"], provider["organisation"], listing(name))
    assert submitted["working"]["state"] in ("submitted", "in_review")
    hidden = await story.call("GET", f"/api/catalog/solutions/{submitted['id']}")
    assert (hidden.status_code, hidden.json()["slug"]) == (404, "solution-not-found")

    await story.approve(submitted["id"])
    published = await story.published(submitted["id"])
    assert published["listing"]["name"] == name
    hit = await story.found(name, submitted["slug"])
    assert hit["name"] == name
    seal = await story.expect(200, "GET", f"/api/review/solutions/{submitted['id']}/seal")
    assert set(seal["mandatory"].values()) == {"pass"}

    async def checked() -> dict[str, Any] | None:
        response = await story.call("GET", f"/api/checkup/solutions/{submitted['id']}")
        return response.json() if response.status_code == 200 else None

    report = await wait.until(checked, timeout=30, message="checkup report")
    assert report is not None
    assert report["measurable"] is False
    assert {dimension["score"] for dimension in report["dimensions"]} == {None}

    body = {"overall": 4, "dimensions": {"usability": 5}, "report": "Läuft seit Mai."}
    rated = f"/api/catalog/solutions/{submitted['id']}/ratings/mine?organisation_id={county['organisation']}"
    clerk = await story.token(county["user"])
    early = await story.call("PUT", rated, token=clerk, json=body)
    assert (early.status_code, early.json()["slug"]) == (409, "deployment-required")
    use = {"organisation_id": county["organisation"], "since": "2024-05", "visibility": "public"}
    declared = f"/api/catalog/solutions/{submitted['id']}/deployments/mine"
    await story.expect(200, "PUT", declared, token=clerk, json=use)
    await story.expect(200, "PUT", rated, token=clerk, json=body)

    async def use_found() -> bool:
        return (await story.found(name, submitted["slug"]))["municipalities"] == 1

    await wait.until(use_found, message="the use is in the index")

    async def rating_found() -> bool:
        return (await story.found(name, submitted["slug"]))["rating"]["count"] == 1

    await wait.until(rating_found, message="the rating is in the index")

    async def all_told() -> bool:
        kinds = set(await inbox_kinds(story, provider["user"]))
        assert len(kinds) >= 3, kinds
        return True

    await wait.until(all_told, message="the provider is told of approval, checkup and rating")
    address = f"{provider['user']}@example.org"
    subjects = await wait.until(
        lambda: [mail["subject"] for mail in mails(stack, address) if name in mail["subject"]],
        timeout=20,
        message="mails to the provider",
    )
    assert subjects


async def test_changes_are_requested_and_made(story: Story, provider: dict[str, str]) -> None:
    name = f"Terminbuchung {uuid7()[-8:]}"
    submitted = await story.submit(provider["user"], provider["organisation"], listing(name))
    case = await story.case_of(submitted["id"])
    team = await story.token("story-team")
    request = {"message": "Bitte den Betrieb beschreiben.", "findings": []}
    path = f"/api/review/cases/{case['id']}/request-changes"
    await story.expect(200, "POST", path, token=team, json=request)
    token = await story.token(provider["user"])
    working = f"/api/catalog/solutions/{submitted['id']}/working"

    async def told() -> dict[str, Any] | None:
        seen = await story.expect(200, "GET", working, token=token)
        return seen if seen["working"]["state"] == "changes_requested" else None

    seen = await wait.until(told, message="changes requested")
    assert seen is not None
    assert seen["working"]["message"] == "Bitte den Betrieb beschreiben."
    response = await story.http.put(
        f"/api/catalog/solutions/{submitted['id']}/draft",
        json={"listing": listing(name, operating_note="Betrieb durch die Musterlösungen GmbH.")},
        headers={"Authorization": f"Bearer {token}", "If-Match": f'"{seen["version"]}"'},
    )
    assert response.status_code == 200, response.text
    await story.expect(202, "POST", f"/api/catalog/solutions/{submitted['id']}/submit", token=token)
    await story.approve(submitted["id"])
    published = await story.published(submitted["id"])
    assert published["listing"]["operating_note"] == "Betrieb durch die Musterlösungen GmbH."


async def test_submitting_twice_says_what_is_wrong(story: Story, provider: dict[str, str]) -> None:
    submitted = await story.submit(provider["user"], provider["organisation"], listing(f"Doppelt {uuid7()[-8:]}"))
    await story.case_of(submitted["id"])
    token = await story.token(provider["user"])
    again = await story.call("POST", f"/api/catalog/solutions/{submitted['id']}/submit", token=token)
    assert (again.status_code, again.json()["slug"]) == (409, "already-in-review")
    assert again.json()["detail"] == "cannot submit: version 1 is already in review"
    assert again.headers["content-type"] == "application/problem+json"


async def test_every_service_documents_its_api(story: Story) -> None:
    for service in ("catalog", "review", "checkup", "search", "notify"):
        page = await story.http.get(f"/api/{service}/docs")
        assert page.status_code == 200
        description = (await story.http.get(f"/api/{service}/openapi.json")).json()
        assert description["servers"] == [{"url": f"/api/{service}"}]
        assert description["paths"]
        assert (await story.http.get(f"/api/{service}/docs-assets/swagger-ui-bundle.js")).status_code == 200


async def test_operations_are_not_reachable_from_outside(story: Story) -> None:
    for service in ("catalog", "review", "checkup", "search", "notify"):
        for path in ("metrics", "health/ready", "health/live"):
            assert (await story.http.get(f"/api/{service}/{path}")).status_code == 404


async def test_the_pages_are_there(story: Story) -> None:
    start = await story.http.get("/")
    assert start.status_code == 200
    assert '<html lang="de"' in start.text
    assert (await story.http.get("/gibt-es-nicht")).status_code == 404
