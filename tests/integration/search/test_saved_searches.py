"""Saved searches over HTTP: they belong to who saved them, and what cannot be meant is answered word by word."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from contracts.ids import uuid7
from search.domain.saved_search import MOST_PER_OWNER
from servicekit.auth import BUCKET, Membership, membership_key
from servicekit.testing import wait

from .alerting import PATH, Headers

Login = Callable[..., Headers]
BENCHES = {
    "name": "  Mitfahrbänke   in Brandenburg ",
    "query": {
        "q": " Mitfahrbank kostenlos ",
        "filters": {"kind": ["software"], "bundesland": ["DE-BB", "DE-BE"]},
        "as_words": ["price_model:free"],
    },
    "frequency": "weekly",
}


@pytest.fixture
def login(oidc_server) -> Login:
    def headers(sub: str | None = None) -> Headers:
        return {"Authorization": f"Bearer {oidc_server.token_for(sub or f'user-{uuid7()}')}"}

    return headers


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    return answer.status_code, body["slug"], body["detail"]


async def test_a_search_is_saved_read_changed_and_deleted(search, login: Login) -> None:
    mine = login()
    made = await search.http.post(PATH, json=BENCHES, headers=mine)
    assert made.status_code == 201
    saved = made.json()
    expected = {
        "id": saved["id"],
        "name": "Mitfahrbänke in Brandenburg",
        "query": {
            "q": "Mitfahrbank kostenlos",
            "filters": {"kind": ["software"], "bundesland": ["DE-BB", "DE-BE"]},
            "as_words": ["price_model:free"],
        },
        "query_string": "q=Mitfahrbank+kostenlos&kind=software&bundesland=DE-BB&bundesland=DE-BE"
        "&as_words=price_model%3Afree",
        "frequency": "weekly",
        "version": 1,
        "created_at": saved["created_at"],
        "changed_at": saved["created_at"],
        "last_alerted_at": None,
        "pending": 0,
        "due_at": None,
    }
    assert saved == expected
    assert made.headers["location"] == f"/api/search/saved-searches/{saved['id']}"
    assert (made.headers["etag"], made.headers["cache-control"]) == ('"1"', "private, no-store")
    path = f"{PATH}/{saved['id']}"
    assert (await search.http.get(path, headers=mine)).json() == expected
    listed = (await search.http.get(PATH, headers=mine)).json()
    assert listed == {"items": [expected], "next_cursor": None, "total": 1, "limit": 50}

    changed = await search.http.patch(path, json={"frequency": "daily"}, headers={**mine, "If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    body = changed.json()
    assert (body["frequency"], body["name"], body["query"]) == ("daily", expected["name"], expected["query"])
    again = await search.http.patch(path, json={"frequency": "daily"}, headers={**mine, "If-Match": '"2"'})
    assert again.headers["etag"] == '"2"', "the same again changes nothing"

    stale = await search.http.patch(path, json={"name": "x"}, headers={**mine, "If-Match": '"1"'})
    why = "the saved search was changed meanwhile: you have version 1, current is 2"
    assert problem(stale) == (412, "stale-version", why)
    assert problem(await search.http.delete(path, headers={**mine, "If-Match": '"1"'})) == (412, "stale-version", why)
    assert problem(await search.http.patch(path, json={}, headers=mine))[:2] == (428, "if-match-required")

    assert (await search.http.delete(path, headers=mine)).status_code == 204
    gone = (404, "saved-search-not-found", f"you have no saved search {saved['id']}")
    assert problem(await search.http.get(path, headers=mine)) == gone
    assert problem(await search.http.delete(path, headers=mine)) == gone


async def test_to_others_a_saved_search_is_not_there(search, login: Login) -> None:
    saved = (await search.http.post(PATH, json=BENCHES, headers=login())).json()
    path, other = f"{PATH}/{saved['id']}", login()
    gone = (404, "saved-search-not-found", f"you have no saved search {saved['id']}")
    assert problem(await search.http.get(path, headers=other)) == gone
    matching = {**other, "If-Match": '"1"'}
    assert problem(await search.http.patch(path, json={"name": "x"}, headers=matching)) == gone
    assert problem(await search.http.delete(path, headers=matching)) == gone
    assert (await search.http.get(PATH, headers=other)).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/x"), ("PATCH", f"{PATH}/x"), ("DELETE", f"{PATH}/x")],
)
async def test_saved_searches_need_a_login(reading, method: str, path: str) -> None:
    answer = await reading.http.request(method, path, json={}, headers={"If-Match": '"1"'})
    assert problem(answer)[:2] == (401, "not-authenticated")


async def test_the_same_request_twice_saves_once(search, login: Login) -> None:
    mine = login()
    headers = {**mine, "Idempotency-Key": uuid7()}
    first = await search.http.post(PATH, json=BENCHES, headers=headers)
    second = await search.http.post(PATH, json=BENCHES, headers=headers)
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    assert len((await search.http.get(PATH, headers=mine)).json()["items"]) == 1


async def test_fifty_are_enough_also_when_saved_at_once(search, login: Login) -> None:
    mine = login()
    answers = []
    for start in range(0, MOST_PER_OWNER + 4, 6):
        batch = [search.http.post(PATH, json={**BENCHES, "name": f"Nr. {start + n}"}, headers=mine) for n in range(6)]
        answers += await asyncio.gather(*batch)
    busy = [answer for answer in answers if answer.status_code == 503]
    answers += [await search.http.post(PATH, json=BENCHES, headers=mine) for _ in busy]
    assert sum(answer.status_code == 201 for answer in answers) == MOST_PER_OWNER
    items = (await search.http.get(PATH, headers=mine)).json()["items"]
    assert len(items) == MOST_PER_OWNER
    why = "you have 50 saved searches, which is the most: delete one first"
    refused = await search.http.post(PATH, json=BENCHES, headers=mine)
    assert problem(refused) == (409, "saved-search-limit", why)
    assert (await search.http.delete(f"{PATH}/{items[7]['id']}", headers=mine)).status_code == 204
    assert (await search.http.post(PATH, json=BENCHES, headers=mine)).status_code == 201


@pytest.mark.parametrize(
    ("query", "slug", "field"),
    [
        ({"filters": {"kind": ["software", "hardware"]}}, "unknown-facet-value", "query.filters.kind"),
        ({"filters": {"sort": ["newest"]}}, "unknown-parameter", "query.filters.sort"),
        ({"q": "x" * 301}, "invalid-request", "query.q"),
        ({"q": "und der die"}, "query-without-words", "query.q"),
        ({"q": "🚗 !!!", "filters": {"kind": ["software"]}}, "query-without-words", "query.q"),
        ({"as_words": ["bundesland:DE-XX"]}, "invalid-parameter", "query.as_words"),
        ({"filters": {"provider": [""]}}, "invalid-request", "query.filters.provider.0"),
        ({"filters": {"provider": [f"p{n}" for n in range(51)]}}, "invalid-request", "query.filters.provider"),
        ({"filters": {"kind": "software"}}, "invalid-request", "query.filters.kind"),
        ({"sort": "newest"}, "invalid-request", "query.sort"),
    ],
)
async def test_a_search_that_cannot_be_asked_is_not_saved(
    reading, login: Login, query: dict[str, Any], slug: str, field: str
) -> None:
    mine = login()
    answer = await reading.http.post(PATH, json={**BENCHES, "query": query}, headers=mine)
    assert problem(answer)[:2] == (422, slug)
    assert answer.json()["errors"][0]["field"] == field
    assert (await reading.http.get(PATH, headers=mine)).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"frequency": "hourly"}, "frequency"),
        ({"owner": "u-2"}, "owner"),
        ({"name": None}, "name"),
    ],
)
async def test_what_else_is_refused(reading, login: Login, body: dict[str, Any], field: str) -> None:
    answer = await reading.http.post(PATH, json={**BENCHES, **body}, headers=login())
    assert problem(answer)[:2] == (422, "invalid-request")
    assert answer.json()["errors"][0]["field"] == field


async def test_text_of_any_kind_is_kept_as_text(search, login: Login) -> None:
    hostile = '<script>alert("1")</script> OR 1=1 {"$gt": ""} 🚗'
    body = {"name": hostile, "query": {"q": hostile}, "frequency": "never"}
    saved = (await search.http.post(PATH, json=body, headers=login())).json()
    assert (saved["name"], saved["query"]["q"]) == (hostile, hostile)


async def test_the_municipality_of_the_user_is_noted(search, login: Login) -> None:
    user = f"user-{uuid7()}"
    bucket = await search.js.key_value(BUCKET)
    for organisation, kind in (("town", "municipality"), ("firm", "provider")):
        entry = Membership(user=user, organisation_id=organisation, organisation_name=organisation, kinds=[kind])
        await bucket.put(membership_key(user, organisation), entry.model_dump_json().encode())
    await wait.until(lambda: len(search.container.platform.members.of(user)) == 2)
    await search.http.post(PATH, json=BENCHES, headers=login(user))
    (saved,) = await search.container.alerting.saving.all_of(user)
    assert saved.organisation_id == "town"
