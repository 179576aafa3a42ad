"""Carries an organisation's new name to what is going on; what is sealed, and the audit trail, keep the old one."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from contracts.catalog import OrganisationChanged

from catalog.application.dossier_ports import SurveyPorts
from catalog.application.loading import Decide, Loaded, Position, Selection, Write
from catalog.application.people_ports import InquiryFilter
from catalog.application.policies import NotYetKnown
from catalog.application.watch_ports import WatchPorts
from catalog.domain import blocklist, dossier, inquiry, invitation, peer, watchlist


class Kept(Protocol):
    """Anything that is kept under an id."""

    @property
    def id(self) -> str:
        """Under which it is kept."""
        ...


K = TypeVar("K", bound=Kept)
T = TypeVar("T")
AT_ONCE = 100


async def on_organisation_changed(ports: SurveyPorts, watching: WatchPorts, event: OrganisationChanged) -> None:
    """Rename it, to what it is called now, in inquiries, conversations, open invitations, drafts of surveys, and on the
    blocklists and watchlists of others.
    """
    organisation_id = event.data.organisation_id
    found = await ports.catalog.organisations.get(organisation_id)
    if found is None:
        raise NotYetKnown(f"organisation {organisation_id}")
    name, people, threads = found.state.name, ports.catalog.people, ports.catalog.uses.threads
    chosen = InquiryFilter([organisation_id])
    for key in await _all(lambda after: people.inquiries.page(chosen, after=after, limit=AT_ONCE)):
        await people.inquiries.change(key, _renaming(lambda held: inquiry.renamed(held, organisation_id, name)))
    for key in await _all(lambda after: threads.of_organisations([organisation_id], after=after, limit=AT_ONCE)):
        await threads.change(key, _renaming(lambda held: peer.renamed(held, organisation_id, name)))
    for offer in await people.invitations.pending_of(organisation_id):
        await people.invitations.change(offer.state.id, _renaming(lambda held: invitation.renamed(held, name)))
    for key in await _all(lambda after: ports.dossiers.page([organisation_id], after=after, limit=AT_ONCE)):
        await ports.dossiers.change(key, _renaming(lambda held: dossier.renamed(held, name)))
    blocklists = ports.catalog.uses.blocklists
    for key in await blocklists.blocking(organisation_id):
        await blocklists.change(key, _renaming(lambda held: blocklist.renamed(held, organisation_id, name)))
    solutions = frozenset(await ports.catalog.solutions.ids_of(organisation_id))
    for owner in await watching.lists.with_solutions(solutions):
        rename = _renaming(lambda held: watchlist.provider_renamed(held, solutions, name))
        await watching.lists.change_of(owner, rename)


async def _all(page: Callable[[Position | None], Awaitable[Selection[K]]]) -> list[str]:
    """The ids of everything first, so that what is changed meanwhile is not met twice."""
    found = await page(None)
    ids = [each.state.id for each in found.items]
    while found.next is not None:
        found = await page(found.next)
        ids += [each.state.id for each in found.items]
    return ids


def _renaming(rename: Callable[[T], T]) -> Decide[T]:
    async def decide(loaded: Loaded[T]) -> Write[T]:
        return Write(rename(loaded.state))

    return decide
