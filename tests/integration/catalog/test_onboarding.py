"""Onboarding of organisations over HTTP, and what the others learn of it."""

import secrets
from typing import Any
from urllib.parse import quote

import httpx
from contracts.catalog import MemberJoined, MemberLeft, OrganisationOnboarded, OrganisationSuspended, SolutionDelisted
from contracts.people import OnboardingRefused, OnboardingRequested
from servicekit.testing import wait

from tests.unit.catalog import media_files as files

from .conftest import Catalog, a_town

WANTED = {"name": "Musterlösungen GmbH", "kinds": ["provider"], "bundesland": "DE-BB", "note": "Bitte aufnehmen"}


async def test_from_the_request_to_the_first_membership(catalog: Catalog, person: str) -> None:
    response = await catalog(person, "POST", "/organisations", json=WANTED)
    assert (response.status_code, response.headers["etag"]) == (201, '"1"')
    requested = response.json()
    assert requested == {
        "id": requested["id"],
        "name": "Musterlösungen GmbH",
        "kinds": ["provider"],
        "state": "requested",
        "bundesland": "DE-BB",
        "size_class": None,
        "ars": None,
        "ars_reason": None,
        "website_url": None,
        "description": None,
        "members": [{"user": person, "role": "admin"}],
        "note": "Bitte aufnehmen",
        "reason": None,
        "proof": None,
        "same_ars": None,
        "created_at": requested["created_at"],
        "decided_at": None,
        "version": 1,
    }
    assert requested["created_at"].endswith("Z")
    assert (await catalog.ok(person, "GET", "/me"))["memberships"] == []

    waiting = await catalog.ok("curator", "GET", "/organisations", params={"state": "requested"})
    assert requested in waiting["items"]
    [arrived] = await catalog.heard(OnboardingRequested, requested["id"])
    assert arrived.data.organisation_name == "Musterlösungen GmbH"

    path = f"/organisations/{requested['id']}"
    approved = await catalog.ok("curator", "POST", f"{path}/approve")
    assert (approved["state"], approved["version"]) == ("onboarded", 2)
    await catalog.known(person, requested["id"])
    assert await catalog.ok(person, "GET", "/me") == {
        "sub": person,
        "name": f"{person} Name",
        "email": f"{person}@example.org",
        "roles": [],
        "memberships": [
            {
                "organisation_id": requested["id"],
                "organisation_name": "Musterlösungen GmbH",
                "kinds": ["provider"],
                "role": "admin",
            }
        ],
    }
    [onboarded] = await catalog.heard(OrganisationOnboarded, requested["id"])
    assert (onboarded.data.name, onboarded.actor) == ("Musterlösungen GmbH", None)  # public: does not say who
    [joined] = await catalog.heard(MemberJoined, requested["id"])
    assert (joined.data.user, joined.data.email) == (person, f"{person}@example.org")
    assert joined.data.display_name == f"{person} Name"

    public = await catalog.ok(None, "GET", path)
    assert (public["name"], public["members"], public["note"]) == ("Musterlösungen GmbH", None, None)
    own = await catalog.ok(person, "GET", "/organisations")
    assert ([held["id"] for held in own["items"]], own["total"], own["next_cursor"]) == ([requested["id"]], 1, None)


async def test_a_refused_request_stays_with_its_reason(catalog: Catalog, person: str) -> None:
    requested = await catalog.ok(person, "POST", "/organisations", json=WANTED)
    path = f"/organisations/{requested['id']}"
    refused = await catalog.ok("curator", "POST", f"{path}/refuse", json={"reason": "unbekannt"})
    assert (refused["state"], refused["reason"]) == ("refused", "unbekannt")
    assert (await catalog.ok(person, "GET", path))["reason"] == "unbekannt"
    assert (await catalog(None, "GET", path)).status_code == 404
    [told] = await catalog.heard(OnboardingRefused, requested["id"])
    assert (told.data.user, told.data.reason) == (person, "unbekannt")

    again = await catalog.ok(person, "POST", f"{path}/resubmit", json={**WANTED, "note": "Mit Handelsregister"})
    assert (again["state"], again["reason"], again["note"]) == ("requested", None, "Mit Handelsregister")
    assert (await catalog.ok("curator", "POST", f"{path}/approve"))["state"] == "onboarded"


async def send_proof(catalog: Catalog, user: str | None, path: str, content: bytes) -> httpx.Response:
    return await catalog(user, "POST", f"{path}/proof", files={"file": ("x.pdf", content, "application/pdf")})


async def test_a_proof_is_examined_and_only_for_those_who_decide(catalog: Catalog, person: str, clerk: str) -> None:
    town = {key: value for key, value in a_town().items() if key == "ars"} | {
        "name": "Stadt",
        "kinds": ["municipality"],
    }
    path = f"/organisations/{(await catalog.ok(person, 'POST', '/organisations', json=town))['id']}"
    unproven = await catalog("curator", "POST", f"{path}/approve")
    assert (unproven.status_code, unproven.json()["slug"]) == (409, "mandate-unproven")

    for content, slug in (
        (files.SVG, "media-type-refused"),
        (files.document() + b"PK\x05\x06" + bytes(18), "media-polyglot"),
        (b"", "media-empty"),
    ):
        refused = await send_proof(catalog, person, path, content)
        assert (refused.status_code, refused.json()["slug"]) == (422, slug)
    for stranger, status in ((None, 401), (clerk, 403)):
        assert (await send_proof(catalog, stranger, path, files.document())).status_code == status

    given = await send_proof(catalog, person, path, files.document())
    assert given.status_code == 201, given.text
    assert given.json()["proof"]["file"]["kind"] == "document"
    for reader in (person, "curator"):
        seen = await catalog(reader, "GET", f"{path}/proof")
        assert (seen.status_code, seen.headers["cache-control"]) == (200, "private, no-store")
        assert seen.content.startswith(b"%PDF-")
        assert seen.headers["content-disposition"].startswith("attachment")
    for stranger, status in ((None, 401), (clerk, 404), ("reviewer", 404)):
        assert (await catalog(stranger, "GET", f"{path}/proof")).status_code == status
    assert (await catalog.ok("reviewer", "GET", path))["proof"] is None
    assert (await catalog(person, "GET", f"/media/{await proof_id(catalog, path)}")).status_code == 404

    approved = await catalog.ok("curator", "POST", f"{path}/approve")
    assert approved["proof"]["erase_at"] > approved["decided_at"]
    trail = await catalog.ok("curator", "GET", f"{path}/audit")
    proofs = [each for entry in trail["items"] for each in entry["differences"] if each["path"].startswith("proof")]
    assert proofs
    assert all(each["hidden"] and each["after"] is None for each in proofs)


async def proof_id(catalog: Catalog, path: str) -> str:
    loaded = await catalog.container.ports.organisations.get(path.rpartition("/")[2])
    assert loaded
    assert loaded.state.proof
    assert loaded.state.proof.file
    return loaded.state.proof.file.id


async def test_everybody_can_read_what_becomes_of_a_proof(catalog: Catalog) -> None:
    terms = await catalog.ok(None, "GET", "/onboarding")
    settings = catalog.container.settings
    assert terms == {"proof_days": settings.catalog_proof_days, "proof_max_bytes": settings.catalog_media_max_bytes}


async def test_two_with_one_regional_key_need_a_confirmation(catalog: Catalog, person: str, clerk: str) -> None:
    wanted = {**a_town(), "name": "ÄÖÜẞ Ŝťăđț " + "ǖ" * 180, "kinds": ["municipality"]}
    first = await catalog.ok(person, "POST", "/organisations", json=wanted)
    second = await catalog.ok(clerk, "POST", "/organisations", json=wanted)
    shown = await catalog.ok("curator", "GET", f"/organisations/{first['id']}")
    assert shown["same_ars"] == [{"id": second["id"], "name": wanted["name"], "state": "requested"}]
    assert (await catalog.ok("reviewer", "GET", f"/organisations/{first['id']}"))["same_ars"] is None
    approve = f"/organisations/{first['id']}/approve"
    refused = await catalog("curator", "POST", approve)
    assert (refused.status_code, refused.json()["slug"]) == (409, "ars-shared")
    confirmed = await catalog.ok("curator", "POST", approve, json={"shares_ars_with": [second["id"]]})
    assert confirmed["state"] == "onboarded"
    assert (await catalog("curator", "POST", f"/organisations/{second['id']}/approve")).status_code == 409


async def test_what_is_wrong_with_a_request_is_said(catalog: Catalog, person: str) -> None:
    town = {**a_town(), "name": "Stadt", "kinds": ["municipality"]}
    for given, slug in (
        ({"ars": None}, "ars-required"),
        ({"ars": "1234"}, "ars-invalid"),
        ({"bundesland": "DE-BY"}, "ars-elsewhere"),
        ({"website_url": None}, "website-required"),
        ({"website_url": "javascript:alert(1)"}, "invalid-request"),
        ({"name": "x" * 201}, "invalid-request"),
    ):
        refused = await catalog(person, "POST", "/organisations", json={**town, **given})
        assert (refused.status_code, refused.json()["slug"]) == (422, slug)


async def test_members_come_and_go(catalog: Catalog, person: str, provider: str) -> None:
    colleague = f"{person}-kollegin"
    path = f"/organisations/{provider}/members"
    wanted = {"user": colleague, "email": "kollegin@example.org", "role": "editor"}
    grown = await catalog.ok(person, "POST", path, json=wanted)
    assert {"user": colleague, "role": "editor"} in grown["members"]
    await catalog.known(colleague, provider)
    joined = await catalog.heard(MemberJoined, provider, count=2)
    assert joined[-1].data.email == "kollegin@example.org"

    solution = await catalog.draft(colleague, provider)
    shrunk = await catalog.ok(person, "DELETE", f"{path}/{colleague}")
    assert [held["user"] for held in shrunk["members"]] == [person]
    await catalog.known(colleague, provider, gone=True)
    await catalog.heard(MemberLeft, provider)
    response = await catalog(colleague, "POST", f"/solutions/{solution['id']}/submit")
    assert (response.status_code, response.json()["slug"]) == (403, "foreign-organisation")

    last = await catalog(person, "DELETE", f"{path}/{person}")
    assert (last.status_code, last.json()["slug"]) == (409, "last-admin")


async def test_a_members_subject_may_hold_any_character(catalog: Catalog, person: str, provider: str) -> None:
    path = f"/organisations/{provider}/members"
    user = "ldap|Ämter/Bauamt *>"
    grown = await catalog.ok(person, "POST", path, json={"user": user})
    assert user in [held["user"] for held in grown["members"]]

    async def active() -> bool:
        return provider in catalog.container.platform.members.of(user)

    await wait.until(active, message="the bucket knows the member")
    shrunk = await catalog.ok(person, "DELETE", f"{path}/{quote(user, safe='')}")
    assert [held["user"] for held in shrunk["members"]] == [person]


async def test_a_suspended_provider_loses_its_place_and_a_new_approval_gives_it_back(
    catalog: Catalog, person: str, provider: str
) -> None:
    online = await catalog.published(person, provider)
    path = f"/organisations/{provider}"
    await catalog.ok("curator", "POST", f"{path}/suspend", json={"reason": "Insolvenz"})
    await catalog.heard(OrganisationSuspended, provider)
    await catalog.known(person, provider, gone=True)
    [delisted] = await catalog.heard(SolutionDelisted, online["id"])
    assert (delisted.data.reason, delisted.data.note) == ("suspended", "the provider is suspended")
    assert (await catalog(None, "GET", f"/solutions/{online['slug']}")).status_code == 404
    submit = await catalog(person, "POST", f"/solutions/{online['id']}/submit")
    assert (submit.status_code, submit.json()["slug"]) == (409, "organisation-not-onboarded")

    await catalog.ok("curator", "POST", f"{path}/approve")
    await catalog.known(person, provider)
    back = await catalog.ok("curator", "POST", f"/solutions/{online['id']}/republish")
    assert back["state"] == "published"
    assert (await catalog.ok(None, "GET", f"/solutions/{online['slug']}"))["live_version"] == 1


async def test_lists_are_handed_out_in_pages(catalog: Catalog, person: str) -> None:
    made = {(await catalog.ok(person, "POST", "/organisations", json=WANTED))["id"] for _ in range(3)}
    seen: list[str] = []
    params: dict[str, str] = {"state": "requested", "limit": "2"}
    while True:
        page = await catalog.ok("curator", "GET", "/organisations", params=params)
        seen += [held["id"] for held in page["items"]]
        assert len(page["items"]) <= 2
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert made <= set(seen)
    assert len(seen) == len(set(seen))


async def test_a_corrected_regional_key_is_in_the_trail_with_its_reason(
    catalog: Catalog, clerk: str, town: str
) -> None:
    before = (await catalog.ok(clerk, "GET", f"/organisations/{town}"))["ars"]
    path, key = f"/organisations/{town}/ars", f"05{secrets.randbelow(10**10):010}"
    body = {"ars": key, "reason": "Zahlendreher im Antrag"}
    assert (await catalog(clerk, "PUT", path, json=body)).status_code == 403
    assert (await catalog("curator", "PUT", path, json={"ars": key})).status_code == 422
    held = await catalog.ok("curator", "PUT", path, json=body)
    assert (held["ars"], held["bundesland"], held["ars_reason"]) == (key, "DE-NW", body["reason"])

    async def written() -> dict[str, Any] | None:
        trail = (await catalog.ok(clerk, "GET", f"/organisations/{town}/audit"))["items"]
        found = {each["path"]: (each["before"], each["after"]) for each in trail[0]["differences"]}
        return found if "ars" in found else None

    differences = await wait.until(written, message="the trail is written")
    assert differences is not None
    assert differences["ars"] == (before, key)
    assert differences["ars_reason"] == (None, body["reason"])
    public = await catalog.ok(None, "GET", f"/organisations/{town}")
    assert (public["ars"], public["ars_reason"]) == (key, None)

    other = await catalog.organisation(f"{clerk}-other", "municipality", name="Stadt Nebenan")
    shared = await catalog("curator", "PUT", f"/organisations/{other}/ars", json=body)
    assert (shared.status_code, shared.json()["slug"]) == (409, "ars-shared")
    named = await catalog.ok("curator", "GET", f"/organisations/{other}/ars", params={"ars": key})
    assert [each["id"] for each in named["held_by"]] == [town]
    await catalog.ok("curator", "PUT", f"/organisations/{other}/ars", json=body | {"shares_ars_with": [town]})
    seen = await catalog.ok("curator", "GET", f"/organisations/{town}")
    assert [each["id"] for each in seen["same_ars"]] == [other]
