"""From draft to publication and beyond, over HTTP and the bus."""

import asyncio

from contracts.catalog import SolutionDelisted, SolutionPublished, SolutionSubmitted

from .conftest import LISTING, Catalog


async def test_a_solution_is_published_exactly_as_it_was_approved(catalog: Catalog, person: str, provider: str) -> None:
    wanted = {"organisation_id": provider, "listing": {**LISTING, "name": "Straßen für Bürger"}}
    response = await catalog(person, "POST", "/solutions", json=wanted)
    assert (response.status_code, response.headers["etag"]) == (201, '"1"')
    draft = response.json()
    assert (draft["slug"], draft["state"], draft["live_version"]) == ("strassen-fuer-buerger", "draft", None)
    assert (draft["working"]["number"], draft["working"]["state"]) == (1, "draft")
    assert draft["working"]["listing"]["languages"] == ["de"]
    path = f"/solutions/{draft['id']}"

    response = await catalog(person, "POST", f"{path}/submit", headers={"If-Match": '"1"'})
    assert (response.status_code, response.headers["etag"]) == (202, '"2"')
    assert response.json()["working"]["state"] == "submitted"
    [submitted] = await catalog.heard(SolutionSubmitted, draft["id"])
    assert (submitted.data.version, submitted.data.round, submitted.actor) == (1, 1, person)
    assert submitted.data.listing.name == "Straßen für Bürger"
    assert submitted.traceparent

    await catalog.say(catalog.opened(draft))
    reviewed = await catalog.working(person, draft["id"], state="in_review")
    assert (await catalog(None, "GET", f"/solutions/{draft['slug']}")).status_code == 404

    await catalog.say(catalog.changes_requested(draft, message="Bitte ergänzen"))
    asked = await catalog.working(person, draft["id"], state="changes_requested")
    assert asked["working"]["message"] == "Bitte ergänzen"
    [finding] = asked["working"]["findings"]
    assert (finding["criterion"], finding["result"], finding["finding"]) == (
        "transferable",
        "needs_work",
        "Bitte belegen",
    )
    better = {"listing": {**LISTING, "name": "Straßen für alle"}}
    stale = await catalog(person, "PUT", f"{path}/draft", json=better, headers={"If-Match": f'"{reviewed["version"]}"'})
    assert stale.status_code == 412
    saved = await catalog.ok(person, "PUT", f"{path}/draft", json=better, headers={"If-Match": f'"{asked["version"]}"'})
    assert (saved["working"]["number"], saved["working"]["state"]) == (1, "changes_requested")
    again = await catalog.ok(person, "POST", f"{path}/submit")
    assert (again["working"]["round"], again["working"]["message"]) == (2, None)

    next_text = {"listing": {**LISTING, "name": "Nächste Fassung"}}
    ahead = await catalog.ok(
        person, "PUT", f"{path}/draft", json=next_text, headers={"If-Match": f'"{again["version"]}"'}
    )
    assert (ahead["working"]["number"], ahead["state"]) == (2, "submitted")

    await catalog.say(catalog.completed(draft))
    [published] = await catalog.heard(SolutionPublished, draft["id"])
    assert (published.data.version, published.data.listing.name) == (1, "Straßen für alle")
    assert published.causationid
    public = await catalog.ok(None, "GET", f"/solutions/{draft['slug']}")
    assert (public["state"], public["live_version"], public["name"]) == ("published", 1, "Straßen für alle")
    assert public["ratings"]["count"] == 0
    assert "working" not in public

    versions = await catalog.ok(person, "GET", f"{path}/versions")
    assert [(held["number"], held["state"]) for held in versions["items"]] == [(2, "draft"), (1, "published")]


async def test_withdrawing_and_coming_back(catalog: Catalog, person: str, provider: str) -> None:
    online = await catalog.published(person, provider)
    path = f"/solutions/{online['id']}"
    off = await catalog.ok(person, "POST", f"{path}/withdraw", json={"note": "überholt"})
    assert (off["state"], off["live_version"], off["withdrawn"]["note"]) == ("withdrawn", None, "überholt")
    assert (await catalog(None, "GET", f"/solutions/{online['slug']}")).status_code == 404
    [delisted] = await catalog.heard(SolutionDelisted, online["id"])
    assert delisted.data.reason == "withdrawn"
    back = await catalog.ok(person, "POST", f"{path}/republish")
    assert (back["state"], back["live_version"]) == ("published", 1)
    assert len(await catalog.heard(SolutionPublished, online["id"], count=2)) == 2
    assert (await catalog(person, "POST", f"{path}/withdraw")).status_code == 200


async def test_a_rejected_version_leaves_the_public_one(catalog: Catalog, person: str, provider: str) -> None:
    online = await catalog.published(person, provider)
    path = f"/solutions/{online['id']}"
    changed = {"listing": {**LISTING, "name": "Anders"}}
    await catalog.ok(person, "PUT", f"{path}/draft", json=changed, headers={"If-Match": f'"{online["version"]}"'})
    second = await catalog.ok(person, "POST", f"{path}/submit")
    assert (second["state"], second["live_version"], second["working"]["number"]) == ("published", 1, 2)
    await catalog.say(catalog.completed(second, "rejected"))
    rejected = await catalog.working(person, online["id"], state="rejected")
    assert (rejected["state"], rejected["live_version"]) == ("published", 1)


async def test_events_that_come_twice_or_too_late_change_nothing(catalog: Catalog, person: str, provider: str) -> None:
    solution = await catalog.submitted(person, provider)
    opened, completed = catalog.opened(solution), catalog.completed(solution)
    repeated = completed.model_copy(update={"id": f"{completed.id}-again"})
    await catalog.ok(person, "POST", f"/solutions/{solution['id']}/withdraw")
    for late in (completed, opened, repeated):
        await catalog.say(late)
    # the next event of the same durable shows that the ones before were handled
    other = await catalog.published(person, provider)
    assert other["state"] == "published"
    held = await catalog.ok(person, "GET", f"/solutions/{solution['id']}/working")
    assert (held["state"], held["version"]) == ("withdrawn", 3)


async def test_an_event_that_comes_before_the_catalog_knows_the_solution_is_handled_when_it_does(
    catalog: Catalog, person: str, provider: str
) -> None:
    solution = await catalog.submitted(person, provider)
    solutions = catalog.container.platform.db["solutions"]
    kept = await solutions.find_one_and_delete({"_id": solution["id"]})
    await catalog.say(catalog.completed(solution))
    await catalog.published(person, provider, name="Eine andere")  # so that the event before was tried
    await solutions.insert_one(kept)
    assert (await catalog.working(person, solution["id"], state="published"))["live_version"] == 1


async def test_two_people_press_submit_at_the_same_moment(catalog: Catalog, person: str, provider: str) -> None:
    solution = await catalog.draft(person, provider)
    path = f"/solutions/{solution['id']}/submit"
    answers = await asyncio.gather(*(catalog(person, "POST", path) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    assert {answer.json().get("slug") for answer in answers if answer.status_code == 409} == {"already-in-review"}
    assert len(await catalog.heard(SolutionSubmitted, solution["id"])) == 1


async def test_who_sees_which_list(catalog: Catalog, person: str, provider: str) -> None:
    draft = await catalog.draft(person, provider)
    online = await catalog.published(person, provider)

    async def ids(user: str | None, **params: str) -> list[str]:
        page = await catalog.ok(user, "GET", "/solutions", params={"organisation_id": provider, **params})
        assert page["total"] == len(page["items"])
        return [held["id"] for held in page["items"]]

    assert await ids(None) == await ids("somebody") == [online["id"]]
    assert await ids(person) == await ids("reviewer") == [online["id"], draft["id"]]
    assert await ids(person, state="draft") == [draft["id"]]
    assert await ids(None, state="draft") == []
    mine = await catalog.ok(person, "GET", "/solutions")
    assert {held["id"] for held in mine["items"]} == {draft["id"], online["id"]}
    [listed] = (await catalog.ok(None, "GET", "/solutions", params={"organisation_id": provider}))["items"]
    assert (listed["listing"]["name"], listed["live_version"]) == (LISTING["name"], 1)


async def test_an_unchanged_page_is_not_sent_again(catalog: Catalog, person: str, provider: str) -> None:
    online = await catalog.published(person, provider)
    path = f"/solutions/{online['slug']}"
    first = await catalog(None, "GET", path)
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    assert first.headers["etag"] == f'"{online["version"]}.0"'
    unchanged = await catalog(None, "GET", path, headers={"If-None-Match": first.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    await catalog.ok(person, "POST", f"/solutions/{online['id']}/withdraw")
    assert (await catalog(None, "GET", path, headers={"If-None-Match": first.headers["etag"]})).status_code == 404


async def test_the_same_request_twice_is_carried_out_once(catalog: Catalog, person: str, provider: str) -> None:
    wanted = {"organisation_id": provider, "listing": LISTING}
    headers = {"Idempotency-Key": f"new-{person}"}
    first = await catalog(person, "POST", "/solutions", json=wanted, headers=headers)
    second = await catalog(person, "POST", "/solutions", json=wanted, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    path, headers = f"/solutions/{first.json()['id']}/submit", {"Idempotency-Key": f"submit-{person}"}
    again = [await catalog(person, "POST", path, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in again] == [202, 202]
    assert again[0].json() == again[1].json()
    assert len(await catalog.heard(SolutionSubmitted, first.json()["id"])) == 1


async def test_a_crash_between_effect_and_answer_creates_nothing_twice(
    catalog: Catalog, person: str, provider: str
) -> None:
    wanted = {"organisation_id": provider, "listing": LISTING}
    headers = {"Idempotency-Key": f"crash-{person}"}
    first = await catalog.ok(person, "POST", "/solutions", json=wanted, headers=headers)
    await catalog.container.platform.db["idempotency"].delete_many({})  # the answer was never stored
    second = await catalog.ok(person, "POST", "/solutions", json=wanted, headers=headers)
    assert second == first
