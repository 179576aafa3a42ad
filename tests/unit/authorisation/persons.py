"""Those who ask: every bearer token is one of these words. What they may do depends on whose things are asked for."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from catalog.domain.organisation import MemberRole
from servicekit.auth import Membership

from tests.unit.catalog import given

STRANGER = given.STRANGER.user
"""Logged in, and a member of nothing."""
RIVAL = "rival"
"""An admin of another onboarded provider."""
READER, EDITOR, ADMIN = given.READER.user, given.EDITOR.user, given.PROVIDER_ADMIN.user
"""Of the provider that owns what is asked for."""
CLERK, BUYER, MAYOR = given.CLERK.user, "buyer", "mayor"
"""A plain member, an editor and an admin of the municipality."""
REVIEWER, CURATOR, OPERATOR = "reviewer", "curator", "operator"
"""Of the marketplace; the token carries the role."""
OUTSIDERS = (STRANGER, RIVAL)
REFUSED: Mapping[str, tuple[str, ...]] = {
    "member": OUTSIDERS,
    "editor": (*OUTSIDERS, READER),
    "admin": (*OUTSIDERS, READER, EDITOR),
    "buyer": (*OUTSIDERS, CLERK, ADMIN, CURATOR),
    "clerk": (*OUTSIDERS, ADMIN, CURATOR),
    "municipality": OUTSIDERS,
    "party": (*OUTSIDERS, CURATOR),
    "link": OUTSIDERS,
    "reviewer": (*OUTSIDERS, ADMIN),
    "curator": (*OUTSIDERS, ADMIN, REVIEWER, OPERATOR),
    "team": (*OUTSIDERS, ADMIN, OPERATOR),
    "staff": (*OUTSIDERS, ADMIN),
    "operator": (*OUTSIDERS, ADMIN, REVIEWER, CURATOR),
}
"""Who is turned away by each rule."""
WELCOME: Mapping[str, str] = {
    "registered": STRANGER,
    "member": READER,
    "editor": EDITOR,
    "admin": ADMIN,
    "buyer": BUYER,
    "clerk": CLERK,
    "municipality": BUYER,
    "party": ADMIN,
    "link": STRANGER,
    "reviewer": REVIEWER,
    "curator": CURATOR,
    "team": REVIEWER,
    "staff": OPERATOR,
    "operator": OPERATOR,
}
"""Who is let in by each rule, with the least that it needs."""
ROLES = frozenset({REVIEWER, CURATOR, OPERATOR})
PROVIDER, ELSEWHERE = "org-provider", "org-rival"
MEMBERS: Mapping[str, tuple[str, MemberRole]] = {
    READER: (PROVIDER, MemberRole.MEMBER),
    EDITOR: (PROVIDER, MemberRole.EDITOR),
    ADMIN: (PROVIDER, MemberRole.ADMIN),
    RIVAL: (ELSEWHERE, MemberRole.ADMIN),
}
"""As the services beside the catalog know them, from the bucket `members`."""


def memberships_of(user: str) -> dict[str, Membership]:
    """What the bucket says of a user."""
    if user not in MEMBERS:
        return {}
    organisation_id, role = MEMBERS[user]
    held = Membership(user=user, organisation_id=organisation_id, organisation_name="x", role=role.value)
    return {organisation_id: held}


def platform() -> Any:
    """What tells the services who asks."""

    async def claims(token: str) -> dict[str, Any]:
        return {"sub": token, "roles": [token] if token in ROLES else []}

    return SimpleNamespace(verifier=SimpleNamespace(claims=claims), members=SimpleNamespace(of=memberships_of))
