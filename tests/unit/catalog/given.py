"""The words that the catalog's tests are written in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.application.actor import Actor
from catalog.domain import lifecycle, review
from catalog.domain.inquiry import Inquiry, Wish
from catalog.domain.organisation import Member, MemberRole, Organisation, OrganisationState
from catalog.domain.peer import Party, PeerMessage, Side, Thread
from catalog.domain.rating import Opinion
from catalog.domain.solution import Solution
from contracts.ids import uuid7
from contracts.listing import Listing
from contracts.vocabulary import OrganisationKind, SizeClass

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

PROVIDER_ADMIN = Actor("provider-admin", "Ada Anbieterin", "provider-admin@example.org")
EDITOR = Actor("provider-editor", "Edda Redaktion", "provider-editor@example.org")
READER = Actor("provider-member", "Mia Mitglied", "provider-member@example.org")
CLERK = Actor("clerk", "Kai Kommune", "clerk@example.org")
STRANGER = Actor("stranger", "Sascha Fremd", "stranger@example.org")
COLLEAGUE = Actor("colleague")
REVIEWER = Actor("reviewer", "Rita Review", "reviewer@example.org", frozenset({"reviewer"}))
CURATOR = Actor("curator", "Kurt Kuratierend", "curator@example.org", frozenset({"curator"}))


def minutes(count: int) -> datetime:
    """The moment so many minutes after the start."""
    return START + timedelta(minutes=count)


def a_listing(name: str = "Kommunale Räume", **given: Any) -> Listing:
    """A listing with what is mandatory; anything may be given by name."""
    values: dict[str, Any] = {
        "name": name,
        "summary": "Räume finden und buchen",
        "description": "Vereine finden freie Räume der Kommune.",
        "kind": "software",
        "fields_of_action": ["networking"],
    }
    return Listing.model_validate({**values, **given})


def an_organisation(
    *,
    organisation_id: str | None = None,
    name: str = "Musterlösungen GmbH",
    kinds: Sequence[str] = ("provider",),
    state: OrganisationState = OrganisationState.ONBOARDED,
    members: Sequence[tuple[Actor, MemberRole]] = ((PROVIDER_ADMIN, MemberRole.ADMIN),),
    **given: Any,
) -> Organisation:
    """An organisation; the provider with its admin when nothing else is said."""
    return Organisation(
        id=organisation_id or uuid7(),
        name=name,
        kinds=tuple(OrganisationKind(kind) for kind in kinds),
        state=state,
        members=tuple(actor.as_member(role) for actor, role in members),
        created_at=given.pop("created_at", START),
        **given,
    )


def a_provider(**given: Any) -> Organisation:
    """An onboarded provider with an admin, an editor and a plain member."""
    members = ((PROVIDER_ADMIN, MemberRole.ADMIN), (EDITOR, MemberRole.EDITOR), (READER, MemberRole.MEMBER))
    return an_organisation(**{"members": members, **given})


def a_municipality(**given: Any) -> Organisation:
    """An onboarded municipality with one plain member."""
    defaults: dict[str, Any] = {
        "name": "Landkreis Musterland",
        "kinds": ("municipality",),
        "members": ((CLERK, MemberRole.MEMBER),),
    }
    return an_organisation(**{**defaults, **given})


def a_member(user: str = "somebody", role: MemberRole = MemberRole.MEMBER) -> Member:
    """A person with contact data."""
    return Member(user, role, f"{user}@example.org", user.title())


def a_draft(listing: Listing | None = None, *, provider: Organisation | None = None, **given: Any) -> Solution:
    """A solution whose version 1 is a draft."""
    provider = provider or a_provider()
    return lifecycle.create(
        solution_id=given.pop("id", None) or uuid7(),
        slug=given.pop("slug", "kommunale-raeume"),
        organisation_id=provider.id,
        organisation_name=provider.name,
        listing=listing or a_listing(),
        at=given.pop("at", START),
    )


def submitted(solution: Solution | None = None, **given: Any) -> Solution:
    """The solution with its newest version submitted."""
    return lifecycle.submit(solution or a_draft(**given), by=EDITOR.user, at=minutes(1)).state


def in_review(solution: Solution | None = None, **given: Any) -> Solution:
    """The solution with its newest version in the team's queue."""
    waiting = submitted(solution, **given)
    pending = waiting.newest
    return review.opened(waiting, pending.number, round_=pending.round, at=minutes(2)).state


def with_changes_requested(solution: Solution | None = None, **given: Any) -> Solution:
    """The solution whose newest version has to be improved."""
    waiting = in_review(solution, **given)
    pending = waiting.newest
    return review.changes_requested(
        waiting, pending.number, round_=pending.round, findings=(), message="Bitte ergänzen", at=minutes(3)
    ).state


def approved(solution: Solution, *, provider_onboarded: bool = True, at: datetime | None = None) -> Solution:
    """The solution after its pending version was approved."""
    assert solution.pending is not None
    return review.approved(
        solution,
        solution.pending.number,
        findings=(),
        message=None,
        provider_onboarded=provider_onboarded,
        at=at or minutes(4),
    ).state


def published(solution: Solution | None = None, **given: Any) -> Solution:
    """The solution with its newest version online."""
    return approved(in_review(solution, **given))


def an_opinion(overall: int = 4, **given: Any) -> Opinion:
    """What a municipality says."""
    return Opinion(overall=overall, **given)


def a_thread(*, asking: str = "asking", answering: str = "answering", at: datetime = START) -> Thread:
    """A conversation with its first message."""
    thread_id = uuid7()
    return Thread(
        id=thread_id,
        solution_id="solution-1",
        slug="kommunale-raeume",
        solution_name="Kommunale Räume",
        provider_organisation_id="provider",
        asking=Party(asking, f"Stadt {asking}"),
        answering=Party(answering, f"Stadt {answering}"),
        messages=(PeerMessage(f"{thread_id}-0", Side.ASKING, "Wie läuft es?", "writer", at),),
        created_at=at,
        updated_at=at,
    )


def an_inquiry(*, asking: str = "asking", provider: str = "provider", at: datetime = START) -> Inquiry:
    """An inquiry with its first message."""
    inquiry_id = uuid7()
    return Inquiry(
        id=inquiry_id,
        solution_id="solution-1",
        slug="kommunale-raeume",
        solution_name="Kommunale Räume",
        asking=Party(asking, f"Stadt {asking}"),
        provider=Party(provider, f"{provider} GmbH"),
        wish=Wish(subject="Buchung von Räumen", size_class=SizeClass.UNDER_5K, questions=("Wie teuer?",)),
        messages=(PeerMessage(f"{inquiry_id}-0", Side.ASKING, "Was kostet es?", "writer", at),),
        created_at=at,
        updated_at=at,
    )
