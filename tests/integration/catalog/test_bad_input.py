"""Every kind of bad input has its exact answer."""

from http import HTTPStatus
from typing import Any

import pytest
from contracts.ids import uuid7
from nats.js.errors import NotFoundError
from servicekit.testing import wait

from .conftest import LISTING, Catalog

COMPLETE = "Value error, must be a complete URL that starts with https:// or http://"


def problem(slug: str, status: int, detail: str, path: str, *errors: tuple[str, str]) -> dict[str, Any]:
    return {
        "type": f"/problems/{slug}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "slug": slug,
        "instance": f"/api/catalog{path}",
        "errors": [{"field": field, "message": message} for field, message in errors],
    }


async def refused(catalog: Catalog, user: str | None, method: str, path: str, **given: Any) -> dict[str, Any]:
    """The answer, which must be problem+json with the id of the request, without that id."""
    response = await catalog(user, method, path, **given)
    assert response.headers["content-type"] == "application/problem+json"
    told = dict(response.json())
    assert told.pop("request_id") == response.headers["x-request-id"]
    assert response.status_code == told["status"]
    return told


@pytest.mark.parametrize(
    ("listing", "field", "message"),
    [
        ({"colour": "red"}, "listing.colour", "Extra inputs are not permitted"),
        ({"name": "x" * 121}, "listing.name", "String should have at most 120 characters"),
        ({"name": 5}, "listing.name", "Input should be a valid string"),
        ({"features": "eins"}, "listing.features", "Input should be a valid list"),
        ({"fields_of_action": ["sport"]}, "listing.fields_of_action.0", None),
        ({"repository_url": "git@example.org:a/b.git"}, "listing.repository_url", COMPLETE),
    ],
)
async def test_a_listing_that_is_not_right(
    catalog: Catalog, person: str, provider: str, listing: dict[str, Any], field: str, message: str | None
) -> None:
    body = {"organisation_id": provider, "listing": {**LISTING, **listing}}
    told = await refused(catalog, person, "POST", "/solutions", json=body)
    [error] = told["errors"]
    assert error["field"] == field
    if message is not None:
        detail = f"the request is not valid: {field}: {message}"
        assert told == problem("invalid-request", 422, detail, "/solutions", (field, message))


async def test_an_unknown_field_beside_the_listing(catalog: Catalog, person: str, provider: str) -> None:
    told = await refused(
        catalog, person, "POST", "/solutions", json={"organisation_id": provider, "listing": LISTING, "state": "live"}
    )
    assert told["errors"] == [{"field": "state", "message": "Extra inputs are not permitted"}]


async def test_a_body_that_is_no_json(catalog: Catalog, person: str) -> None:
    told = await refused(
        catalog, person, "POST", "/solutions", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert (told["slug"], told["status"]) == ("malformed-json", 400)


async def test_a_body_that_is_too_large(catalog: Catalog, person: str) -> None:
    limit = catalog.container.platform.settings.max_body_bytes
    told = await refused(catalog, person, "POST", "/solutions", content=b"x" * (limit + 1))
    detail = f"the body exceeds {limit} bytes"
    assert told["detail"] == detail
    assert (told["slug"], told["status"], told["instance"]) == ("body-too-large", 413, "/api/catalog/solutions")


async def test_a_listing_that_is_too_large_in_all(catalog: Catalog, person: str, provider: str) -> None:
    texts = ("features", "aliases", "use_cases", "target_groups", "interfaces", "integrations", "tech_stack")
    listing = {**LISTING, **{field: ["x" * 300] * 50 for field in texts}}
    told = await refused(catalog, person, "POST", "/solutions", json={"organisation_id": provider, "listing": listing})
    [error] = told["errors"]
    assert error["field"] == "listing"
    assert error["message"].startswith("Value error, is too large: 10")


async def test_the_wrong_state(catalog: Catalog, person: str, provider: str) -> None:
    solution = await catalog.submitted(person, provider)
    path = f"/solutions/{solution['id']}/submit"
    assert await refused(catalog, person, "POST", path) == problem(
        "already-in-review", 409, "cannot submit: version 1 is already in review", path
    )


async def test_a_stale_version(catalog: Catalog, person: str, provider: str) -> None:
    solution = await catalog.draft(person, provider)
    path = f"/solutions/{solution['id']}/draft"
    body = {"listing": {**LISTING, "name": "Zwei"}}
    await catalog.ok(person, "PUT", path, json=body, headers={"If-Match": '"1"'})
    assert await refused(catalog, person, "PUT", path, json=body, headers={"If-Match": '"1"'}) == problem(
        "stale-version",
        412,
        "the draft was changed meanwhile: you have version 1, current is 2",
        path,
    )
    missing = await refused(catalog, person, "PUT", path, json=body)
    assert (missing["slug"], missing["status"]) == ("if-match-required", 428)
    malformed = await refused(catalog, person, "PUT", path, json=body, headers={"If-Match": "newest"})
    assert (malformed["slug"], malformed["status"]) == ("malformed-if-match", 400)


async def test_a_missing_role(catalog: Catalog, person: str, provider: str) -> None:
    path = f"/organisations/{provider}/approve"
    assert await refused(catalog, person, "POST", path) == problem(
        "missing-role", 403, "this needs the role curator", path
    )
    reader = f"{person}-leserin"
    await catalog.ok(person, "POST", f"/organisations/{provider}/members", json={"user": reader})
    assert await refused(
        catalog, reader, "POST", "/solutions", json={"organisation_id": provider, "listing": LISTING}
    ) == problem(
        "missing-role",
        403,
        "this needs the role editor in Musterlösungen GmbH: you are member",
        "/solutions",
    )


async def test_a_foreign_organisation(catalog: Catalog, person: str, provider: str, clerk: str, town: str) -> None:
    solution = await catalog.draft(person, provider)
    told = "you are no member of Musterlösungen GmbH"
    for method, path in (
        ("GET", f"/solutions/{solution['id']}/working"),
        ("GET", f"/solutions/{solution['id']}/versions"),
        ("POST", f"/solutions/{solution['id']}/submit"),
        ("POST", f"/solutions/{solution['id']}/withdraw"),
    ):
        assert await refused(catalog, clerk, method, path) == problem("foreign-organisation", 403, told, path)


async def test_an_organisation_that_is_not_onboarded(catalog: Catalog, person: str) -> None:
    waiting = await catalog.ok(person, "POST", "/organisations", json={"name": "Neu", "kinds": ["provider"]})
    body = {"organisation_id": waiting["id"], "listing": LISTING}
    assert await refused(catalog, person, "POST", "/solutions", json=body) == problem(
        "organisation-not-onboarded",
        409,
        "the organisation is not onboarded: it is requested",
        "/solutions",
    )


@pytest.mark.parametrize(
    ("method", "path", "slug"),
    [
        ("GET", "/solutions/{id}", "solution-not-found"),
        ("GET", "/solutions/{id}/working", "solution-not-found"),
        ("GET", "/solutions/{id}/ratings", "solution-not-found"),
        ("POST", "/solutions/{id}/submit", "solution-not-found"),
        ("POST", "/solutions/{id}/republish", "solution-not-found"),
        ("GET", "/organisations/{id}", "organisation-not-found"),
        ("DELETE", "/organisations/{id}/members/x", "organisation-not-found"),
    ],
)
async def test_an_unknown_id(catalog: Catalog, person: str, method: str, path: str, slug: str) -> None:
    unknown = uuid7()
    where = path.format(id=unknown)
    detail = f"there is no {slug.removesuffix('-not-found')} {unknown}"
    assert await refused(catalog, person, method, where) == problem(slug, 404, detail, where)


async def test_a_malformed_token(catalog: Catalog) -> None:
    for header, slug in (("Bearer nonsense", "malformed-token"), ("Basic abc", "malformed-token")):
        told = await refused(catalog, None, "GET", "/me", headers={"Authorization": header})
        assert (told["slug"], told["status"]) == (slug, 401)
    told = await refused(catalog, None, "POST", "/organisations", json={"name": "x", "kinds": ["provider"]})
    assert told == problem("not-authenticated", 401, "log in: this needs a bearer token", "/organisations")


async def test_the_same_idempotency_key_with_another_body(catalog: Catalog, person: str, provider: str) -> None:
    headers = {"Idempotency-Key": f"key-{person}"}
    body = {"organisation_id": provider, "listing": LISTING}
    await catalog.ok(person, "POST", "/solutions", json=body, headers=headers)
    other = {"organisation_id": provider, "listing": {**LISTING, "name": "Anders"}}
    assert await refused(catalog, person, "POST", "/solutions", json=other, headers=headers) == problem(
        "idempotency-key-reused", 422, "this Idempotency-Key was used with another request", "/solutions"
    )


async def test_a_slug_that_is_taken_or_none(catalog: Catalog, person: str, provider: str) -> None:
    body = {"organisation_id": provider, "slug": f"slug-{person}", "listing": LISTING}
    await catalog.ok(person, "POST", "/solutions", json=body)
    assert await refused(catalog, person, "POST", "/solutions", json=body) == problem(
        "slug-taken", 409, f"the slug slug-{person} is taken: choose another one", "/solutions"
    )
    told = await refused(catalog, person, "POST", "/solutions", json={**body, "slug": "Nicht gut!"})
    assert (told["slug"], told["status"], told["errors"][0]["field"]) == ("invalid-slug", 422, "slug")


async def test_a_bad_cursor_and_bad_parameters(catalog: Catalog) -> None:
    for cursor in ("%%%", "bm90IGpzb24", "eyJhIjoxfQ"):
        told = await refused(catalog, None, "GET", "/solutions", params={"cursor": cursor})
        assert (told["slug"], told["status"]) == ("bad-cursor", 400)
    for params in ({"limit": "0"}, {"limit": "101"}, {"limit": "many"}, {"state": "perfect"}):
        told = await refused(catalog, None, "GET", "/solutions", params=params)
        assert (told["slug"], told["status"]) == ("invalid-request", 422)
        assert told["errors"][0]["field"] == next(iter(params))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "MalformedEvent"),
        (b'{"type":"digital.marktplatz.review.review_completed.v9","id":"x"}', "UnknownEventType"),
        (b'{"type":"digital.marktplatz.review.review_completed.v1","data":{}}', "MalformedEvent"),
    ],
)
async def test_a_malformed_event_becomes_a_dead_letter_and_the_consumer_goes_on(
    catalog: Catalog, person: str, provider: str, data: bytes, reason: str
) -> None:
    subject = f"events.review.review_completed.v1.{uuid7()}"
    stored = await catalog.js.publish(subject, data)

    async def dead_letter() -> Any:
        """Everybody who hears the event sets it aside; this is what the policies did."""
        try:
            message = await catalog.js.get_last_msg("DLQ", "dlq.catalog.catalog-policies")
        except NotFoundError:
            return None
        return message if (message.headers or {}).get("Dlq-Sequence") == str(stored.seq) else None

    letter = await wait.until(dead_letter, message="dead letter")
    assert letter.data == data
    assert letter.headers["Dlq-Reason"].startswith(reason)
    assert letter.headers["Dlq-Subject"] == subject
    assert (await catalog.published(person, provider))["state"] == "published"
