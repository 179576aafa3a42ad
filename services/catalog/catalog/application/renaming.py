"""Carries an organisation's new name to what is going on; what is sealed, and the audit trail, keep the old one."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from contracts.catalog import OrganisationChanged

from catalog.application.dossier_ports import SurveyPorts
from catalog.application.loading import Aggregates, Loaded, Position, Selection, Write
from catalog.application.people_ports import InquiryFilter
from catalog.application.policies import NotYetKnown
from catalog.domain import dossier, inquiry, invitation, peer


class Kept(Protocol):
    """Anything that is kept under an id."""

    @property
    def id(self) -> str:
        """Under which it is kept."""
        ...


T = TypeVar("T", bound=Kept)
AT_ONCE = 100


async def on_organisation_changed(ports: SurveyPorts, event: OrganisationChanged) -> None:
    """Rename it, to what it is called now, in inquiries, conversations, open invitations and drafts of surveys."""
    organisation_id = event.data.organisation_id
    found = await ports.catalog.organisations.get(organisation_id)
    if found is None:
        raise NotYetKnown(f"organisation {organisation_id}")
    name, people, threads = found.state.name, ports.catalog.people, ports.catalog.uses.threads
    chosen = InquiryFilter([organisation_id])
    for key in await _all(lambda after: people.inquiries.page(chosen, after=after, limit=AT_ONCE)):
        await _change(people.inquiries, key, lambda held: inquiry.renamed(held, organisation_id, name))
    for key in await _all(lambda after: threads.of_organisations([organisation_id], after=after, limit=AT_ONCE)):
        await _change(threads, key, lambda held: peer.renamed(held, organisation_id, name))
    for offer in await people.invitations.pending_of(organisation_id):
        await _change(people.invitations, offer.state.id, lambda held: invitation.renamed(held, name))
    for key in await _all(lambda after: ports.dossiers.page([organisation_id], after=after, limit=AT_ONCE)):
        await _change(ports.dossiers, key, lambda held: dossier.renamed(held, name))


async def _all(page: Callable[[Position | None], Awaitable[Selection[T]]]) -> list[str]:
    """The ids of everything first, so that what is changed meanwhile is not met twice."""
    found = await page(None)
    ids = [each.state.id for each in found.items]
    while found.next is not None:
        found = await page(found.next)
        ids += [each.state.id for each in found.items]
    return ids


async def _change(kept: Aggregates[T], aggregate_id: str, rename: Callable[[T], T]) -> None:
    async def decide(loaded: Loaded[T]) -> Write[T]:
        return Write(rename(loaded.state))

    await kept.change(aggregate_id, decide)
