"""Requirement profiles and judgements through the real service."""

from typing import Any

import pytest

from .conftest import Catalog

HOSTED = {"question": "hosting_location", "need": "must", "any_of": ["germany"]}
LICENSED = {"question": "licence", "need": "should", "weight": 3}
SOFTWARE = {"question": "kind", "need": "should", "weight": 1, "any_of": ["software"]}


@pytest.fixture
async def found(catalog: Catalog, person: str, provider: str) -> list[dict[str, Any]]:
    """Two published solutions, hosted here and elsewhere."""
    return [
        await catalog.published(person, provider, name="Räume Plus", hosting_location="germany"),
        await catalog.published(person, provider, name="Hallen", hosting_location="other"),
    ]


async def test_a_profile_of_a_municipality_judges_solutions(
    catalog: Catalog, clerk: str, town: str, person: str, found: list[dict[str, Any]]
) -> None:
    wanted = {"name": "Räume <b>", "requirements": [HOSTED, LICENSED]}
    kept = await catalog.ok(clerk, "POST", "/requirement-profiles", json=wanted)
    assert (kept["organisation_id"], kept["may_edit"], kept["version"]) == (town, True, 1)
    path = f"/requirement-profiles/{kept['id']}"
    body = {"solutions": [each["slug"] for each in found], "profile": kept["id"], "requirements": [SOFTWARE]}
    judged = await catalog.ok(clerk, "POST", "/comparison/judgement", json=body)
    assert [each["question"] for each in judged["requirements"]] == ["hosting_location", "licence", "kind"]
    assert [(each["fulfilment"], each["knocked_out"], each["score"]) for each in judged["solutions"]] == [
        (["met", "not_stated", "met"], False, 25),
        (["not_met", "not_stated", "met"], True, 25),
    ]
    anybody = await catalog.ok(None, "POST", "/comparison/judgement", json={**body, "profile": None})
    assert [each["knocked_out"] for each in anybody["solutions"]] == [False, False]

    for user in (person, "curator"):
        assert (await catalog(user, "GET", path)).json()["slug"] == "profile-not-found"
        refused = await catalog(user, "POST", "/comparison/judgement", json=body)
        assert (refused.status_code, refused.json()["slug"]) == (404, "profile-not-found")
    assert (await catalog(None, "POST", "/comparison/judgement", json=body)).status_code == 404
    assert (await catalog.ok(person, "GET", "/requirement-profiles"))["items"] == []

    changed = {"name": "Räume", "requirements": [HOSTED]}
    first, second = [
        await catalog(clerk, "PUT", path, json={**changed, "name": name}, headers={"If-Match": '"1"'})
        for name in ("Räume", "Säle")
    ]
    assert (first.status_code, second.status_code, second.json()["slug"]) == (200, 412, "stale-version")
    assert (await catalog(clerk, "DELETE", path, headers={"If-Match": '"2"'})).status_code == 204
    assert (await catalog.ok(clerk, "GET", "/requirement-profiles"))["items"] == []


@pytest.mark.parametrize(
    ("solutions", "requirements", "slug"),
    [
        (["a"] * 6, [], "invalid-request"),
        (["a", "a"], [], "compared-twice"),
        (["a"], [], "solution-not-found"),
        (["a"], [{"question": "no_such", "need": "must"}], "invalid-requirements"),
        (["a"], [{"question": "hosting_location", "need": "must", "any_of": ["moon"]}], "invalid-requirements"),
        (["a"], [{**LICENSED, "weight": 6}], "invalid-request"),
    ],
)
async def test_what_cannot_be_judged_is_refused_in_words(
    catalog: Catalog, solutions: list[str], requirements: list[dict[str, Any]], slug: str
) -> None:
    body = {"solutions": solutions, "requirements": requirements}
    refused = await catalog(None, "POST", "/comparison/judgement", json=body)
    assert refused.json()["slug"] == slug
    assert refused.json()["detail"]


async def test_members_read_and_editors_write(catalog: Catalog, clerk: str, town: str, person: str) -> None:
    empty = await catalog(clerk, "POST", "/requirement-profiles", json={"name": "Leer", "requirements": []})
    assert (empty.status_code, empty.json()["slug"]) == (422, "empty-profile")
    kept = await catalog.ok(clerk, "POST", "/requirement-profiles", json={"name": "R", "requirements": [HOSTED]})
    member = {"user": person, "role": "member"}
    assert (await catalog(clerk, "POST", f"/organisations/{town}/members", json=member)).is_success
    path = f"/requirement-profiles/{kept['id']}"
    assert (await catalog.ok(person, "GET", path))["may_edit"] is False
    refused = await catalog(person, "DELETE", path, headers={"If-Match": '"1"'})
    assert (refused.status_code, refused.json()["slug"]) == (403, "missing-role")
    assert (await catalog(clerk, "DELETE", f"/organisations/{town}/members/{person}")).is_success
    assert (await catalog(person, "GET", path)).status_code == 404
