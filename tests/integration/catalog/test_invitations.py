"""Invitations over HTTP on the real database and bus."""

from contracts.catalog import MemberInvited

from .conftest import Catalog


async def test_a_colleague_comes_with_the_link_once(catalog: Catalog) -> None:
    organisation = await catalog.organisation("ida", "provider", name="Einladende GmbH")
    path = f"/organisations/{organisation}/invitations"
    wanted = {"email": "neu@example.org", "role": "editor"}
    key = {"Idempotency-Key": "invite-1"}
    held = await catalog.ok("ida", "POST", path, json=wanted, headers=key)
    assert await catalog.ok("ida", "POST", path, json=wanted, headers=key) == held
    assert (await catalog("nina", "GET", path)).status_code == 403
    [event] = await catalog.heard(MemberInvited, organisation)
    token = {"token": event.data.token}
    assert event.data.token not in (await catalog("ida", "GET", path)).text
    assert (await catalog(None, "POST", "/invitations/look-up", json=token)).status_code == 401
    assert (await catalog.ok("nina", "POST", "/invitations/look-up", json=token))["role"] == "editor"
    joined = await catalog.ok("nina", "POST", "/invitations/accept", json=token)
    assert {"user": "nina", "role": "editor"} in joined["members"]
    await catalog.known("nina", organisation)
    again = await catalog("otto", "POST", "/invitations/accept", json=token)
    assert (again.status_code, again.json()["slug"]) == (409, "invitation-used")
    for wrong in ("x", "x.y", event.data.token + "x"):
        assert (await catalog("otto", "POST", "/invitations/accept", json={"token": wrong})).status_code == 404
    assert (await catalog.ok("ida", "GET", path))["total"] == 0
