"""Municipalities ask providers about a solution; both sides write, and the team decides on reports."""

from collections.abc import Callable
from datetime import timedelta

from contracts.ids import derived_id
from contracts.vocabulary import ReportReason
from servicekit import errors

from catalog.application import people_mapping as mapping
from catalog.application.actor import Actor, require_curator, require_member
from catalog.application.commands.ratings import solution_and_provider
from catalog.application.loading import decision
from catalog.application.municipalities import acting_for
from catalog.application.ports import Loaded, Ports
from catalog.application.rating_mapping import name_of
from catalog.domain import inquiry as rules
from catalog.domain.change import Change
from catalog.domain.inquiry import Asked, Inquiry, InquiryChange, Wish
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState, require_onboarded
from catalog.domain.peer import Party, PeerMessage, Side

DAY = timedelta(days=1)
READERS = frozenset({OrganisationState.ONBOARDED, OrganisationState.SUSPENDED})
"""Members of a suspended organisation read what was written; they write nothing."""


async def send_inquiry(
    ports: Ports,
    actor: Actor,
    inquiry_id: str,
    *,
    solution_id: str,
    organisation_id: str | None,
    wish: Wish,
    text: str,
    dossier_id: str | None = None,
) -> Loaded[Inquiry]:
    """Ask the provider of a published solution, perhaps for a market survey. The same id again returns what is there.

    Raises ProblemError `own-inquiry`, `not-published`, `provider-gone` (409), `too-many-inquiries` (429), and what
    `acting_for` raises.
    """
    solution, provider = await solution_and_provider(ports, solution_id)
    asking = await acting_for(ports, actor, organisation_id, MemberRole.MEMBER, "send inquiries")
    held = await ports.people.inquiries.get(inquiry_id)
    if held is not None:
        await _reading(ports, actor, held.state)
        return held
    if asking.id == provider.id:
        raise errors.conflict("own-inquiry", "your organisation offers this solution itself")
    if solution.live is None:
        raise errors.conflict("not-published", f"cannot ask: the solution is {solution.state}, not published")
    _require_there(provider)
    now = ports.clock.now()
    if await ports.people.inquiries.begun(asking.id, now - DAY) >= ports.people.limits.inquiries_per_day:
        raise errors.too_many("too-many-inquiries", "your municipality has sent too many inquiries today", 3600)
    inquiry = Inquiry(
        id=inquiry_id,
        solution_id=solution.id,
        slug=solution.slug,
        solution_name=name_of(solution),
        asking=Party(asking.id, asking.name),
        provider=Party(provider.id, provider.name),
        wish=wish,
        dossier_id=dossier_id,
        messages=(PeerMessage(derived_id("inquiry", inquiry_id, "0"), Side.ASKING, text, actor.user, now),),
        created_at=now,
        updated_at=now,
    )
    if await ports.people.inquiries.add(inquiry_id, inquiry, mapping.of_inquiry(Change(inquiry, (Asked(),)), now=now)):
        return Loaded(inquiry, 1)
    return _found(await ports.people.inquiries.get(inquiry_id))


async def write(ports: Ports, actor: Actor, inquiry_id: str, message_id: str, text: str) -> Loaded[Inquiry]:
    """Go on: members of the municipality, editors of the provider."""
    inquiry, side, own = await own_inquiry(ports, actor, inquiry_id)
    _require_writer(actor, own, side)
    other = await ports.organisations.get(inquiry.party(side.other).organisation_id)
    if other is None:
        raise LookupError(f"inquiry {inquiry_id} with an unknown organisation")
    _require_there(other.state)
    return await _change(
        ports,
        inquiry_id,
        lambda held: rules.write(held, side, message_id, text, by=actor.user, at=ports.clock.now()),
    )


async def see(ports: Ports, actor: Actor, inquiry_id: str) -> Loaded[Inquiry]:
    """Note that the provider has read it; a municipality's reading changes nothing."""
    _, side, own = await own_inquiry(ports, actor, inquiry_id)
    if side is Side.ASKING or not own.onboarded:
        return _found(await ports.people.inquiries.get(inquiry_id))
    return await _change(ports, inquiry_id, lambda held: rules.see(held, at=ports.clock.now()))


async def close(ports: Ports, actor: Actor, inquiry_id: str) -> Loaded[Inquiry]:
    """End an inquiry: members of the municipality, editors of the provider."""
    _, side, own = await own_inquiry(ports, actor, inquiry_id)
    _require_writer(actor, own, side)
    return await _change(ports, inquiry_id, lambda held: rules.close(held, side, at=ports.clock.now()))


async def complain(
    ports: Ports, actor: Actor, inquiry_id: str, message_id: str, *, reason: ReportReason, note: str | None
) -> Loaded[Inquiry]:
    """Ask the team to look at a message of the other side."""
    _, side, own = await own_inquiry(ports, actor, inquiry_id)
    require_onboarded(own)
    return await _change(
        ports,
        inquiry_id,
        lambda held: rules.complain(
            held, side, message_id, reason=reason, note=note, by=actor.user, at=ports.clock.now()
        ),
    )


async def rule(ports: Ports, actor: Actor, inquiry_id: str, *, stop: bool, reason: str) -> Loaded[Inquiry]:
    """Decide on what was reported (curator)."""
    require_curator(actor)
    return await _change(
        ports,
        inquiry_id,
        lambda held: rules.rule(held, stop=stop, reason=reason, by=actor.user, at=ports.clock.now()),
    )


async def erase(ports: Ports, actor: Actor, inquiry_id: str) -> Loaded[Inquiry]:
    """Erase the words of an inquiry on both sides: admins of the municipality that asked."""
    _, side, own = await own_inquiry(ports, actor, inquiry_id)
    if side is not Side.ASKING:
        raise errors.forbidden("not-the-asker", "only the municipality that asked may erase an inquiry")
    require_member(actor, own, MemberRole.ADMIN)
    return await _change(ports, inquiry_id, lambda held: rules.erase(held, at=ports.clock.now()))


async def own_inquiry(ports: Ports, actor: Actor, inquiry_id: str) -> tuple[Inquiry, Side, Organisation]:
    """Return an inquiry, the actor's side and organisation; 404 for everybody else, who learn nothing."""
    loaded = _found(await ports.people.inquiries.get(inquiry_id))
    side, own = await _reading(ports, actor, loaded.state)
    return loaded.state, side, own


async def organisations_read(ports: Ports, actor: Actor) -> dict[str, Organisation]:
    """Return the organisations whose inquiries the actor reads."""
    held = [loaded.state for loaded in await ports.organisations.of_member(actor.user)]
    return {found.id: found for found in held if found.state in READERS}


async def _reading(ports: Ports, actor: Actor, inquiry: Inquiry) -> tuple[Side, Organisation]:
    own = await organisations_read(ports, actor)
    side = inquiry.side_of(frozenset(own))
    if side is None:
        raise no_inquiry()
    return side, own[inquiry.party(side).organisation_id]


def _require_writer(actor: Actor, own: Organisation, side: Side) -> None:
    require_member(actor, own, MemberRole.MEMBER if side is Side.ASKING else MemberRole.EDITOR)
    require_onboarded(own)


def _require_there(other: Organisation) -> None:
    if not other.onboarded:
        raise errors.conflict("provider-gone", f"{other.name} takes part no longer")


async def _change(ports: Ports, inquiry_id: str, command: Callable[[Inquiry], InquiryChange]) -> Loaded[Inquiry]:
    how = decision(command, mapping.of_inquiry, ports.clock)
    return _found(await ports.people.inquiries.change(inquiry_id, how))


def _found(loaded: Loaded[Inquiry] | None) -> Loaded[Inquiry]:
    if loaded is None:
        raise no_inquiry()
    return loaded


def no_inquiry() -> errors.ProblemError:
    """Return the refusal for strangers and for what is not there."""
    return errors.not_found("inquiry-not-found", "there is no such inquiry of your organisation")
