"""Which inquiries people may read."""

from dataclasses import dataclass

from catalog.application.actor import Actor, require_team
from catalog.application.commands.inquiries import no_inquiry, organisations_read, own_inquiry
from catalog.application.people_ports import InquiryFilter
from catalog.application.ports import Loaded, Ports, Position, Selection
from catalog.domain.inquiry import Inquiry, InquiryState
from catalog.domain.peer import Side


@dataclass(frozen=True, slots=True)
class OwnInquiry:
    """An inquiry and the side of the reader, None for the team."""

    inquiry: Inquiry
    side: Side | None


async def inquiry(ports: Ports, actor: Actor, inquiry_id: str) -> OwnInquiry:
    """Return an inquiry to its sides; the team reads it while a report waits."""
    if actor.in_team:
        loaded = await ports.people.inquiries.get(inquiry_id)
        if loaded is None:
            raise no_inquiry()
        own = frozenset(await organisations_read(ports, actor))
        if loaded.state.complaints and loaded.state.side_of(own) is None:
            return OwnInquiry(loaded.state, None)
    found, side, _ = await own_inquiry(ports, actor, inquiry_id)
    return OwnInquiry(found, side)


async def inquiries(
    ports: Ports,
    actor: Actor,
    *,
    side: Side | None,
    state: InquiryState | None,
    organisation_id: str | None,
    solution_id: str | None,
    after: Position | None,
    limit: int,
) -> tuple[Selection[Inquiry], frozenset[str]]:
    """Return a page of the inquiries of the actor's organisations, and the ids of these."""
    own = frozenset(await organisations_read(ports, actor))
    asked_for = own if organisation_id is None else own & {organisation_id}
    if not asked_for:
        return Selection((), None, 0), own
    chosen = InquiryFilter(asked_for, side, state, solution_id)
    return await ports.people.inquiries.page(chosen, after=after, limit=limit), asked_for


async def reported(ports: Ports, actor: Actor, *, after: Position | None, limit: int) -> Selection[Inquiry]:
    """Return the inquiries that wait for the team."""
    require_team(actor)
    return await ports.people.inquiries.reported(after=after, limit=limit)


def held(found: Loaded[Inquiry], own: frozenset[str]) -> OwnInquiry:
    """Return an inquiry of a list with the reader's side."""
    return OwnInquiry(found.state, found.state.side_of(own))
