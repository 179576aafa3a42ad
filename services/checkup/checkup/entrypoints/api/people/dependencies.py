"""What the routes are given."""

from typing import Annotated

from fastapi import Depends, Path, Request
from servicekit import http
from servicekit.auth import Principal

from checkup.application.people.ports import PeoplePorts
from checkup.domain.people.person import Person

CHECKERS = ("reviewer", "curator")
TEAM = (*CHECKERS, "operator")
EDITING_ROLES = frozenset({"editor", "admin"})


def ports(request: Request) -> PeoplePorts:
    """Return what the use cases are handed (dependency)."""
    held: PeoplePorts = http.container(request).people
    return held


Given = Annotated[PeoplePorts, Depends(ports)]
Id = Annotated[str, Path(max_length=100)]


def edits_of(user: Principal) -> frozenset[str]:
    """The organisations that the user may change things for."""
    return frozenset(each.organisation_id for each in user.memberships.values() if each.role in EDITING_ROLES)


def person(user: Principal) -> Person:
    """Who asks, in the words of the domain."""
    return Person(user.sub, frozenset(user.memberships), edits_of(user), user.has_role(*CHECKERS), user.has_role(*TEAM))
