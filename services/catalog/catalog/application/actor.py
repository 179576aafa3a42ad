"""Who asks, and what that person may do for whom."""

from dataclasses import dataclass

from servicekit import errors

from catalog.domain.organisation import Member, MemberRole, Organisation

CURATOR = "curator"
REVIEWER = "reviewer"
TEAM = frozenset({REVIEWER, CURATOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """A logged-in person; the contact data comes from the checked token."""

    user: str
    name: str | None = None
    email: str | None = None
    roles: frozenset[str] = frozenset()

    @property
    def in_team(self) -> bool:
        """True for the people who run the marketplace's review and onboarding."""
        return not self.roles.isdisjoint(TEAM)

    @property
    def curator(self) -> bool:
        """True for those who onboard organisations and moderate."""
        return CURATOR in self.roles

    def as_member(self, role: MemberRole) -> Member:
        """Return this person as a member with the contact data of the token."""
        return Member(self.user, role, self.email, self.name)


def require_curator(actor: Actor) -> None:
    """Raise ProblemError `missing-role` (403) unless the actor is a curator."""
    if not actor.curator:
        raise errors.forbidden("missing-role", f"this needs the role {CURATOR}")


def require_team(actor: Actor) -> None:
    """Raise ProblemError `missing-role` (403) unless the actor belongs to the marketplace's team."""
    if not actor.in_team:
        raise errors.forbidden("missing-role", f"this needs one of the roles {', '.join(sorted(TEAM))}")


def require_reviewer(actor: Actor) -> None:
    """Raise ProblemError `missing-role` (403) unless the actor is a reviewer."""
    if REVIEWER not in actor.roles:
        raise errors.forbidden("missing-role", f"this needs the role {REVIEWER}")


def require_member(actor: Actor, organisation: Organisation, at_least: MemberRole) -> Member:
    """Return the actor's membership.

    Raises ProblemError `foreign-organisation` (403) for outsiders and `missing-role` (403) for a lower role.
    """
    member = organisation.member(actor.user)
    if member is None:
        raise errors.forbidden("foreign-organisation", f"you are no member of {organisation.name}")
    if not member.role.covers(at_least):
        raise errors.forbidden(
            "missing-role", f"this needs the role {at_least} in {organisation.name}: you are {member.role}"
        )
    return member


def may_see(actor: Actor | None, organisation: Organisation | None) -> bool:
    """True when the actor may see what is not public of an organisation: its members and the team."""
    if actor is None:
        return False
    return actor.in_team or (organisation is not None and organisation.member(actor.user) is not None)
