"""Who belongs to an organisation, from the live copy of the bucket `members`."""

from collections.abc import Sequence

from servicekit.auth import Members

from notify.application.ports import Member


class LiveMembership:
    """Reads servicekit's members."""

    def __init__(self, members: Members) -> None:
        self._members = members

    def members_of(self, organisation_id: str) -> Sequence[Member]:
        """Return the active members of an organisation, in a stable order; none when it is unknown."""
        found = sorted(self._members.users_of(organisation_id), key=lambda membership: membership.user)
        return [Member(membership.user, membership.organisation_name) for membership in found]
