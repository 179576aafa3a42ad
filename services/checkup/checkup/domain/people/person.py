"""Who acts, and what that person may do."""

from dataclasses import dataclass

from servicekit import errors


@dataclass(frozen=True, slots=True)
class Person:
    """An opaque id with memberships: `edits` are the organisations the person may change things for.

    `checks` is true for reviewers and curators, `reads_all` for the whole marketplace team.
    """

    sub: str
    organisations: frozenset[str] = frozenset()
    edits: frozenset[str] = frozenset()
    checks: bool = False
    reads_all: bool = False

    def may_read(self, organisation_id: str) -> bool:
        """True for members of the provider and for the team."""
        return self.reads_all or organisation_id in self.organisations

    def may_check(self, organisation_id: str) -> bool:
        """True for reviewers and curators who do not belong to the provider."""
        return self.checks and organisation_id not in self.organisations


def require_reader(person: Person, organisation_id: str) -> None:
    """Raise `foreign-organisation` (forbidden) for those who belong neither to the provider nor to the team."""
    if not person.may_read(organisation_id):
        raise errors.forbidden("foreign-organisation", "only the provider and the team may see this")


def require_editor(person: Person, organisation_id: str) -> None:
    """Raise `foreign-organisation` or `not-an-editor` (forbidden)."""
    if organisation_id not in person.organisations:
        raise errors.forbidden("foreign-organisation", "only the provider's editors may do this")
    if organisation_id not in person.edits:
        raise errors.forbidden("not-an-editor", "this needs the right to edit for the provider")


def require_checker(person: Person, organisation_id: str) -> None:
    """Raise `missing-role` or `own-organisation` (forbidden)."""
    if not person.checks:
        raise errors.forbidden("missing-role", "this needs the role reviewer or curator")
    if organisation_id in person.organisations:
        raise errors.forbidden("own-organisation", "nobody checks a solution of an own organisation")
