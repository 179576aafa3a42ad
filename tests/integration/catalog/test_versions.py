"""Versions compared and brought back, small corrections, the audit trail, and many who save at once."""

import asyncio
import csv
import io
import json
import os
from typing import Any

from contracts.catalog import CorrectionDecided, CorrectionOpened, SolutionPublished
from servicekit.testing import wait

from .conftest import LISTING, Catalog

SAVERS = int(os.environ.get("CATALOG_TEST_SAVERS", "60"))


async def saved(catalog: Catalog, person: str, solution_id: str, **listing: Any) -> dict[str, Any]:
    view = await catalog.ok(person, "GET", f"/solutions/{solution_id}/working")
    return dict(
        await catalog.ok(
            person,
            "PUT",
            f"/solutions/{solution_id}/draft",
            json={"listing": {**LISTING, **listing}},
            headers={"If-Match": f'"{view["version"]}"'},
        )
    )


async def trail(catalog: Catalog, user: str, path: str, count: int) -> list[dict[str, Any]]:
    async def there() -> list[dict[str, Any]]:
        items = (await catalog.ok(user, "GET", path, params={"limit": 100}))["items"]
        assert len(items) >= count, items
        return list(items)

    return await wait.until(there, message=path)


async def test_versions_are_compared_and_brought_back(catalog: Catalog, person: str, provider: str) -> None:
    solution = await catalog.published(person, provider, description="Vereine finden freie Räume.", features=["Suche"])
    path = f"/solutions/{solution['id']}"
    await saved(catalog, person, solution["id"], description="Vereine finden sofort freie Räume.", features=["Karte"])
    diff = await catalog.ok(person, "GET", f"{path}/versions/1/diff/2")
    found = {each["question"]: each for each in diff["differences"]}
    assert set(found) == {"description", "features"}
    added = [piece["text"].strip() for piece in found["description"]["pieces"] if piece["mark"] == "added"]
    assert added == ["sofort"]
    assert found["features"]["entries"] is True
    assert [(each["mark"], each["text"]) for each in found["features"]["pieces"]] == [
        ("removed", "Suche"),
        ("added", "Karte"),
    ]
    assert (await catalog(person, "GET", f"{path}/versions/1/diff/3")).status_code == 404
    assert (await catalog("stranger", "GET", f"{path}/versions/1/diff/2")).status_code == 403
    assert (await catalog(person, "POST", f"{path}/versions/1/restore")).status_code == 428
    view = await catalog.ok(person, "GET", f"{path}/working")
    restored = await catalog.ok(
        person, "POST", f"{path}/versions/1/restore", headers={"If-Match": f'"{view["version"]}"'}
    )
    assert restored["working"]["number"] == 2
    assert restored["working"]["listing"]["features"] == ["Suche"]
    assert restored["working"]["edited_by"] == person
    assert restored["live_version"] == 1
    history = (await catalog.ok(person, "GET", f"{path}/versions"))["items"]
    assert [(each["number"], each["state"], each["round"]) for each in history] == [
        (2, "draft", 0),
        (1, "published", 1),
    ]
    assert history[1]["submitted_by"] == person


async def test_a_small_correction_is_online_at_once_and_judged_afterwards(
    catalog: Catalog, person: str, provider: str
) -> None:
    solution = await catalog.published(person, provider, support_url="https://hilfe.example.org/alt")
    path = f"/solutions/{solution['id']}"
    corrected = await catalog.ok(
        person, "POST", f"{path}/corrections", json={"answers": {"support_url": "https://hilfe.example.org/neu"}}
    )
    assert corrected["live_version"] == 1
    public = await catalog.ok(None, "GET", path)
    assert public["listing"]["support_url"] == "https://hilfe.example.org/neu"
    events = await catalog.heard(SolutionPublished, solution["id"], 2)
    assert [(each.data.version, each.data.revision) for each in events] == [(1, 0), (1, 1)]
    assert events[1].data.published_at == events[0].data.published_at
    assert events[1].data.corrected_at > events[0].data.published_at

    for answers, slug in (
        ({"name": "Anderer Name"}, "not-correctable"),
        ({"support_url": "javascript:alert(1)"}, "invalid-listing"),
        ({"support_url": 7}, "invalid-listing"),
    ):
        refused = await catalog(person, "POST", f"{path}/corrections", json={"answers": answers})
        assert refused.status_code == 422, refused.text
        assert refused.json()["type"].endswith(slug), refused.text

    [opened] = await catalog.heard(CorrectionOpened, solution["id"])
    assert (opened.data.correction, opened.data.questions) == (1, ["support_url"])
    assert (await catalog(person, "GET", "/corrections")).status_code == 403
    queue = (await catalog.ok("reviewer", "GET", "/corrections", params={"limit": 100}))["items"]
    waiting = next(each for each in queue if each["solution_id"] == solution["id"])
    assert waiting["changes"] == [
        {
            "question": "support_url",
            "before": "https://hilfe.example.org/alt",
            "after": "https://hilfe.example.org/neu",
        }
    ]
    judged = {"revision": waiting["revision"], "reason": "Die Adresse gehört Ihnen nicht."}
    stale = await catalog("reviewer", "POST", f"{path}/corrections/1/revert", json={**judged, "revision": 9})
    assert stale.status_code == 409
    await catalog.ok("reviewer", "POST", f"{path}/corrections/1/revert", json=judged)
    public = await catalog.ok(None, "GET", path)
    assert public["listing"]["support_url"] == "https://hilfe.example.org/alt"
    [decided] = await catalog.heard(CorrectionDecided, solution["id"])
    assert (decided.data.decision, decided.data.reason) == ("reverted", judged["reason"])
    assert (await catalog.heard(SolutionPublished, solution["id"], 3))[2].data.revision == 2
    assert all(
        each["solution_id"] != solution["id"] for each in (await catalog.ok("reviewer", "GET", "/corrections"))["items"]
    )
    again = await catalog("reviewer", "POST", f"{path}/corrections/1/accept", json={"revision": 1})
    assert again.json()["type"].endswith("correction-decided")


async def test_nobody_judges_a_correction_of_the_own_organisation(catalog: Catalog, person: str, provider: str) -> None:
    solution = await catalog.published(person, provider)
    path = f"/solutions/{solution['id']}"
    await catalog.ok(person, "POST", f"{path}/corrections", json={"answers": {"website_url": "https://a.example.org"}})
    await catalog.ok(person, "POST", f"/organisations/{provider}/members", json={"user": "reviewer", "role": "member"})
    refused = await catalog("reviewer", "POST", f"{path}/corrections/1/accept", json={"revision": 1})
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("own-organisation")


async def test_every_change_is_in_the_trail_before_and_after(catalog: Catalog, person: str, provider: str) -> None:
    solution = await catalog.published(person, provider, features=["=SUMME(A1)"])
    path = f"/solutions/{solution['id']}/audit"
    view = await catalog.ok(person, "GET", f"/solutions/{solution['id']}/working")
    entries = await trail(catalog, person, path, view["version"])
    assert [each["version"] for each in entries] == list(range(view["version"], 0, -1))
    first, second = entries[-1], entries[-2]
    assert (first["action"], first["actor"], first["who"]) == ("created", person, "member")
    assert {each["path"]: each["after"] for each in first["differences"]}["versions.1.listing.name"] == LISTING["name"]
    changed = {each["path"]: (each["before"], each["after"]) for each in second["differences"]}
    assert changed["versions.1.state"] == ("draft", "submitted")
    assert changed["versions.1.submitted_by"] == (None, person)
    assert (await catalog("stranger", "GET", path)).status_code == 403
    assert (await catalog(person, "GET", path, params={"about": "feedback"})).status_code == 403
    assert (await catalog(person, "GET", path, params={"cursor": "e30"})).status_code == 400

    page = await catalog.ok(person, "GET", path, params={"limit": 1})
    rest = await catalog.ok(person, "GET", path, params={"limit": 100, "cursor": page["next_cursor"]})
    assert [each["id"] for each in page["items"] + rest["items"]] == [each["id"] for each in entries]

    exported = (await catalog(person, "GET", f"{path}/export", params={"format": "csv"})).text
    rows = list(csv.DictReader(io.StringIO(exported)))
    assert len(rows) == sum(len(each["differences"]) for each in entries)
    assert all(not row["after"].startswith("=") for row in rows)
    lines = (await catalog(person, "GET", f"{path}/export", params={"format": "ndjson"})).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [each["id"] for each in reversed(entries)]


async def test_an_organisations_trail_has_no_contact_data(catalog: Catalog, person: str, provider: str) -> None:
    await catalog.ok(
        person,
        "POST",
        f"/organisations/{provider}/members",
        json={"user": "erika", "email": "erika@example.org", "role": "editor"},
    )
    entries = await trail(catalog, person, f"/organisations/{provider}/audit", 3)
    assert "@example.org" not in json.dumps(entries)
    assert entries[1]["who"] == "else"
    assert entries[1]["actor"] is None, "who approves is not the provider's to know"
    team = await trail(catalog, "curator", f"/organisations/{provider}/audit", 3)
    assert team[1]["actor"] == "curator"


async def test_many_save_one_draft_and_one_wins_each_time(catalog: Catalog, person: str, provider: str) -> None:
    solution = await catalog.draft(person, provider)
    path = f"/solutions/{solution['id']}"
    version = solution["version"]

    async def save(number: int) -> Any:
        listing = {**LISTING, "summary": f"Fassung {number}"}
        return await catalog(
            person, "PUT", f"{path}/draft", json={"listing": listing}, headers={"If-Match": f'"{version}"'}
        )

    answers = await asyncio.gather(*(save(number) for number in range(SAVERS)))
    won = [each for each in answers if each.status_code == 200]
    lost = [each for each in answers if each.status_code != 200]
    assert len(won) == 1
    assert {each.status_code for each in lost} == {412}
    assert all(each.json()["type"].endswith("stale-version") and each.json()["detail"] for each in lost)
    held = await catalog.ok(person, "GET", f"{path}/working")
    assert held["version"] == version + 1
    assert held["working"]["listing"]["summary"] == won[0].json()["working"]["listing"]["summary"]
    entries = await trail(catalog, person, f"{path}/audit", 2)
    [difference] = [each for each in entries[0]["differences"] if each["path"].endswith("summary")]
    assert difference["after"] == held["working"]["listing"]["summary"]
