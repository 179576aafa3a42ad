"""Ratings over HTTP, and what the others learn of them."""

from contracts.catalog import RatingAdded, RatingHidden
from contracts.uses import RatingReported

from .conftest import Catalog

RATING = {
    "overall": 4,
    "dimensions": {"support": 5, "usability": 3},
    "report": "Läuft seit zwei Jahren ohne Störung.",
}
USE = {"since": "2024-05", "version": "3.1", "visibility": "public"}


async def test_one_rating_per_municipality_revisable_answered_and_moderated(
    catalog: Catalog, person: str, provider: str, clerk: str, town: str
) -> None:
    online = await catalog.published(person, provider)
    path = f"/solutions/{online['id']}/ratings"
    early = await catalog(clerk, "PUT", f"{path}/mine", json=RATING)
    assert (early.status_code, early.json()["slug"]) == (409, "deployment-required")
    await catalog.ok(clerk, "PUT", f"/solutions/{online['id']}/deployments/mine", json=USE)
    rated = await catalog.ok(clerk, "PUT", f"{path}/mine", json=RATING)
    assert rated["rating"] == {
        "organisation_id": town,
        "organisation_name": "Landkreis Musterland",
        "size_class": "20k_to_100k",
        "bundesland": "DE-BB",
        "used_since": "2024-05",
        "used_version": "3.1",
        "deployment": None,
        **RATING,
        "revision": 1,
        "rated_at": rated["rating"]["rated_at"],
        "reply": None,
        "hidden": None,
    }
    assert rated["summary"] == {
        "count": 1,
        "average": None,
        "dimensions": {},
        "distribution": {},
    }
    assert await catalog.ok(clerk, "PUT", f"{path}/mine", json={**RATING, "organisation_id": town}) == rated
    revised = await catalog.ok(
        clerk, "PUT", f"{path}/mine", json={**RATING, "overall": 2}, params={"organisation_id": town}
    )
    assert (revised["rating"]["revision"], revised["rating"]["overall"]) == (2, 2)
    added = await catalog.heard(RatingAdded, online["id"], count=2)
    assert [(event.data.rating.revision, event.data.rating.overall) for event in added] == [(1, 4), (2, 2)]
    assert added[0].data.provider_organisation_id == provider
    page = await catalog.ok(None, "GET", f"/solutions/{online['slug']}")
    assert (page["ratings"]["count"], page["ratings"]["average"]) == (1, None)

    public = await catalog.ok(None, "GET", path)
    assert (public["summary"]["count"], public["items"], public["total"]) == (1, [], 0)
    read = await catalog.ok("somebody", "GET", path)
    assert [(held["report"], held["deployment"]) for held in read["items"]] == [(RATING["report"], "confirmed")]
    assert read["method"] == {"version": "2026.1", "least_ratings": 3, "half_life_months": 24}

    answered = await catalog.ok(person, "POST", f"{path}/{town}/reply", json={"text": "Vielen Dank"})
    assert (answered["rating"]["reply"]["text"], answered["rating"]["reply"]["revision"]) == ("Vielen Dank", 2)

    hidden = await catalog.ok("curator", "POST", f"{path}/{town}/hide", json={"reason": "Werbung"})
    assert (hidden["rating"]["hidden"]["reason"], hidden["summary"]["count"]) == ("Werbung", 0)
    [event] = await catalog.heard(RatingHidden, online["id"])
    assert (event.data.organisation_id, event.data.summary.count) == (town, 0)
    for user, count in (("somebody", 0), (clerk, 1), ("reviewer", 1)):
        assert (await catalog.ok(user, "GET", path))["total"] == count

    await catalog.ok("curator", "POST", f"{path}/{town}/restore", json={"reason": "Geklärt"})
    response = await catalog("somebody", "POST", f"{path}/{town}/report", json={"reason": "untrue", "note": "Nein"})
    assert response.status_code == 204
    [reported] = await catalog.heard(RatingReported, online["id"])
    assert reported.data.reports == 1
    waiting = await catalog.ok("reviewer", "GET", "/moderation/ratings", params={"limit": 100})
    [found] = [each for each in waiting["items"] if each["solution"]["solution_id"] == online["id"]]
    assert (found["reports"][0]["reason"], [step["action"] for step in found["history"]]) == (
        "untrue",
        ["hidden", "restored"],
    )
    await catalog.ok("curator", "POST", f"{path}/{town}/dismiss", json={"reason": "Bleibt"})
    kept = await catalog.ok("reviewer", "GET", f"{path}/{town}/moderation")
    assert (kept["reports"], kept["history"][-1]["reason"], kept["history"][-1]["reports"]) == ([], "Bleibt", 1)
    for user, status in ((None, 401), (clerk, 403)):
        assert (await catalog(user, "GET", "/moderation/ratings")).status_code == status


async def test_municipalities_like_mine_have_a_score_of_their_own(
    catalog: Catalog, person: str, provider: str, clerk: str, town: str
) -> None:
    online = await catalog.published(person, provider)
    path = f"/solutions/{online['id']}/ratings"
    for number, size in enumerate(["20k_to_100k", "20k_to_100k", "20k_to_100k", "under_5k"]):
        user = f"{person}-{number}"
        await catalog.organisation(user, "municipality", name=f"Stadt {number}", size_class=size)
        await catalog.ok(user, "PUT", f"/solutions/{online['id']}/deployments/mine", json=USE)
        await catalog.ok(user, "PUT", f"{path}/mine", json={"overall": number + 1})
    whole = await catalog.ok(clerk, "GET", path)
    assert (whole["summary"]["count"], whole["summary"]["average"], whole["like"]) == (4, 2.5, None)
    like = await catalog.ok(clerk, "GET", path, params={"like": town})
    assert (like["total"], like["like"]["size_class"], like["like"]["summary"]["average"]) == (3, "20k_to_100k", 2.0)
    assert (await catalog(None, "GET", path, params={"like": town})).status_code == 401


async def test_ratings_are_handed_out_in_pages(catalog: Catalog, person: str, provider: str) -> None:
    online = await catalog.published(person, provider)
    path = f"/solutions/{online['id']}/ratings"
    for number in range(3):
        await catalog.organisation(f"{person}-{number}", "municipality", name=f"Stadt {number}")
        await catalog.ok(f"{person}-{number}", "PUT", f"/solutions/{online['id']}/deployments/mine", json=USE)
        await catalog.ok(f"{person}-{number}", "PUT", f"{path}/mine", json={"overall": number + 1})
    first = await catalog.ok(person, "GET", path, params={"limit": 2})
    assert [held["organisation_name"] for held in first["items"]] == ["Stadt 2", "Stadt 1"]
    rest = await catalog.ok(person, "GET", path, params={"limit": 2, "cursor": first["next_cursor"]})
    assert ([held["organisation_name"] for held in rest["items"]], rest["next_cursor"]) == (["Stadt 0"], None)


async def test_who_may_not(catalog: Catalog, person: str, provider: str, clerk: str, town: str) -> None:
    online = await catalog.published(person, provider)
    draft = await catalog.draft(person, provider)
    path = f"/solutions/{online['id']}/ratings"
    attempts = [
        (None, "PUT", f"{path}/mine", RATING, 401, "not-authenticated"),
        (person, "PUT", f"{path}/mine", RATING, 403, "own-solution"),
        ("somebody", "PUT", f"{path}/mine", RATING, 403, "not-a-municipality"),
        ("somebody", "PUT", f"{path}/mine", {**RATING, "organisation_id": town}, 403, "foreign-organisation"),
        (clerk, "PUT", f"/solutions/{draft['id']}/ratings/mine", RATING, 409, "not-published"),
        (clerk, "PUT", "/solutions/nothing/ratings/mine", RATING, 404, "solution-not-found"),
        (clerk, "PUT", f"{path}/mine", {**RATING, "overall": 6}, 422, "invalid-request"),
        (person, "POST", f"{path}/{town}/reply", {"text": "Danke"}, 404, "rating-not-found"),
        (clerk, "POST", f"{path}/{town}/reply", {"text": "Danke"}, 403, "foreign-organisation"),
        (person, "POST", f"{path}/{town}/hide", {"reason": "x"}, 403, "missing-role"),
        ("curator", "POST", f"{path}/{town}/hide", {"reason": "x"}, 404, "rating-not-found"),
        (None, "GET", f"/solutions/{draft['id']}/ratings", None, 404, "solution-not-found"),
    ]
    for user, method, where, body, status, slug in attempts:
        response = await catalog(user, method, where, **({"json": body} if body else {}))
        assert (response.status_code, response.json()["slug"]) == (status, slug), (user, method, where)
