"""What the catalog does about deployments and conversations by itself: on events, and when time has passed."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from contracts.catalog import (
    MemberLeft,
    OrganisationChanged,
    OrganisationOnboarded,
    OrganisationSuspended,
    SolutionPublished,
)
from contracts.uses import DeploymentClaimRefused
from servicekit import logging
from servicekit.settling import is_transient

from catalog.application import mapping
from catalog.application.commands.deployments import change_book
from catalog.application.loading import decision
from catalog.application.policies import NotYetKnown
from catalog.application.ports import Loaded, Ports, Write
from catalog.domain import claiming, correcting, peer, rating, using
from catalog.domain.deployment import DeploymentBook, DeploymentChange
from catalog.domain.organisation import OrganisationState
from catalog.domain.peer import Thread
from catalog.domain.rating import RatingBook

log = logging.get(__name__)
AT_ONCE = 100
"""Solutions or conversations that are dealt with in one go."""


async def on_published(ports: Ports, event: SolutionPublished) -> None:
    """Take over whom the listing names as users: the one that is public now, whichever event comes last."""
    found = await ports.solutions.get(event.data.solution_id)
    if found is None:
        raise NotYetKnown(f"solution {event.data.solution_id}")
    live = found.state.live
    if live is None:
        return
    await change_book(
        ports,
        found.state,
        lambda book: claiming.sync_listing(book, live.listing.used_by, at=ports.clock.now()),
        event_id=event.id,
    )
    await _strike_denied(ports, event.data.solution_id)


async def on_claim_refused(ports: Ports, event: DeploymentClaimRefused) -> None:
    """Name a municipality no longer that does not use the solution."""
    await _strike_denied(ports, event.data.solution_id)


async def on_standing_changed(ports: Ports, event: OrganisationOnboarded | OrganisationSuspended) -> None:
    """Count what a municipality uses while it may act, as it stands now, whichever event comes last."""
    organisation_id = event.data.organisation_id
    found = await ports.organisations.get(organisation_id)
    if found is None:
        raise NotYetKnown(f"organisation {organisation_id}")
    stopped = found.state.state is OrganisationState.SUSPENDED

    def command(book: DeploymentBook) -> DeploymentChange:
        return using.suspended(book, organisation_id) if stopped else using.restored(book, organisation_id)

    for held in await ports.uses.deployments.used_by(organisation_id):
        await _change(ports, held.state.solution_id, command, event_id=event.id)


async def on_organisation_changed(ports: Ports, event: OrganisationChanged) -> None:
    """Carry a municipality's name, as it is now, to what it uses and has rated."""
    organisation_id = event.data.organisation_id
    found = await ports.organisations.get(organisation_id)
    if found is None:
        raise NotYetKnown(f"organisation {organisation_id}")
    name = found.state.name

    async def rename_rating(loaded: Loaded[RatingBook]) -> Write[RatingBook]:
        return Write(rating.renamed(loaded.state, organisation_id, name))

    for held in await ports.uses.deployments.used_by(organisation_id):
        solution_id = held.state.solution_id
        await _change(ports, solution_id, lambda book: using.renamed(book, organisation_id, name), event_id=event.id)
        await ports.ratings.change(solution_id, rename_rating)


async def on_member_left(ports: Ports, event: MemberLeft) -> None:
    """Forget who wrote in conversations, once the person belongs to no organisation any more."""
    if not await ports.organisations.of_member(event.data.user):
        await forget_person(ports, event.data.user)


async def forget_person(ports: Ports, user: str) -> None:
    """Forget who wrote in conversations; the words stay those of the municipality."""

    async def decide(loaded: Loaded[Thread]) -> Write[Thread]:
        return Write(peer.erase_person(loaded.state, user).state)

    for thread_id in await ports.uses.threads.written_by(user):
        await ports.uses.threads.change(thread_id, decide)


async def remind_due(ports: Ports) -> int:
    """Tell municipalities whose confirmations run out; return in how many solutions there was something to tell.

    What was told is saved together with its message: any number of workers may do this beside each other.
    """
    now = ports.clock.now()
    due = await ports.uses.deployments.due(now, AT_ONCE)
    done = 0
    for solution_id in due:
        try:
            await _change(ports, solution_id, lambda book: using.remind(book, now))
            done += 1
        except Exception as error:  # whatever is wrong with this one must not hold up the others
            if is_transient(error):
                raise
            log.error("reminder could not be made", solution=solution_id, exc_info=error)
    return done


async def erase_old(ports: Ports) -> int:
    """Delete conversations in which nobody has written for as long as they are kept; return how many."""
    before: datetime = ports.clock.now() - ports.uses.limits.keep
    return await ports.uses.threads.remove_before(before, AT_ONCE)


async def _strike_denied(ports: Ports, solution_id: str) -> None:
    """Does nothing a second time."""
    denied = (await ports.uses.deployments.get(solution_id)).state.denied
    command = partial(correcting.strike_users, denied=denied, at=ports.clock.now())
    if await ports.solutions.change(solution_id, decision(command, mapping.of_solution, ports.clock)) is None:
        raise NotYetKnown(f"solution {solution_id}")


async def _change(
    ports: Ports, solution_id: str, command: Callable[[DeploymentBook], DeploymentChange], event_id: str | None = None
) -> None:
    found = await ports.solutions.get(solution_id)
    if found is None:
        raise LookupError(f"deployments of the unknown solution {solution_id}")
    await change_book(ports, found.state, command, event_id=event_id)
