"""Onboarding of organisations over HTTP, and what the others learn of it."""

from urllib.parse import quote

from contracts.catalog import MemberJoined, MemberLeft, OrganisationOnboarded, OrganisationSuspended, SolutionDelisted
from servicekit.testing import wait

from .conftest import Catalog

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
        "members": [{"user": person, "role": "admin"}],
        "note": "Bitte aufnehmen",
        "reason": None,
        "created_at": requested["created_at"],
        "decided_at": None,
        "version": 1,
    }
    assert requested["created_at"].endswith("Z")
    assert (await catalog.ok(person, "GET", "/me"))["memberships"] == []

    waiting = await catalog.ok("curator", "GET", "/organisations", params={"state": "requested"})
    assert requested in waiting["items"]

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
