"""People note solutions on a list of their own, members on that of their organisation too; nobody else sees either."""

from contracts import watches as contract
from servicekit import errors
from servicekit.outbox import OutboxMessage

from catalog.application.actor import Actor
from catalog.application.mapping import message
from catalog.application.ports import LiveSolution, Loaded, Write
from catalog.application.queries import no_solution
from catalog.application.watch_ports import WatchPorts, list_id
from catalog.domain import watchlist as rules
from catalog.domain.organisation import require_onboarded
from catalog.domain.watchlist import Ended, Owner, Standing, Started, WatchEntry, Watchlist, WatchlistChange

OWN = "me"
"""Stands for the list of whoever asks."""


async def owner_of(ports: WatchPorts, actor: Actor, list_of: str, *, writing: bool = False) -> Owner:
    """Return whose list is meant: `me`, or an organisation that the actor belongs to.

    Raises ProblemError `watchlist-not-found` (404), also for lists of others, the team included, and when `writing`
    `organisation-not-onboarded` (409).
    """
    if list_of == OWN:
        return Owner("user", actor.user)
    found = await ports.catalog.organisations.get(list_of)
    if found is None or found.state.member(actor.user) is None:
        raise errors.not_found("watchlist-not-found", f"you have no watchlist {list_of}")
    if writing:
        require_onboarded(found.state)
    return Owner("organisation", list_of)


async def watch(
    ports: WatchPorts, actor: Actor, list_of: str, solution: str, *, note: str | None
) -> tuple[Loaded[Watchlist], str]:
    """Put a published solution (id or slug) on a list; one that is there stays, note included. Returns its id, too."""
    owner = await owner_of(ports, actor, list_of, writing=True)
    live = await _live(ports, solution)
    standing = await _standing(ports, live)
    entry = WatchEntry(
        solution_id=live.id,
        slug=live.slug,
        name=live.listing.name,
        organisation_name=live.organisation_name,
        noted=standing,
        note=note,
        added_at=standing.at,
        added_by=actor.user,
    )
    return await _change(ports, owner, lambda held: rules.add(held, entry)), live.id


async def unwatch(ports: WatchPorts, actor: Actor, list_of: str, solution_id: str) -> None:
    """Take a solution off a list; once more changes nothing."""
    owner = await owner_of(ports, actor, list_of, writing=True)
    await _change(ports, owner, lambda held: rules.remove(held, solution_id))


async def annotate(
    ports: WatchPorts, actor: Actor, list_of: str, solution_id: str, *, note: str | None, expected: int
) -> Loaded[Watchlist]:
    """Write a note beside an entry, or delete it."""
    owner = await owner_of(ports, actor, list_of, writing=True)
    return await _change(ports, owner, lambda held: rules.annotate(held, solution_id, note, expected=expected))


async def acknowledge(ports: WatchPorts, actor: Actor, list_of: str, solution_id: str) -> Loaded[Watchlist]:
    """Count changes of a solution that is online from now on."""
    owner = await owner_of(ports, actor, list_of, writing=True)
    (await ports.lists.of(owner)).state.entry(solution_id)
    standing = await _standing(ports, await _live(ports, solution_id))
    return await _change(ports, owner, lambda held: rules.acknowledge(held, solution_id, standing))


async def forget_user(ports: WatchPorts, user: str, telling: tuple[OutboxMessage, ...] = ()) -> None:
    """Erase a person's own list, and who added what on the lists of organisations; idempotent.

    `watch_ended` tells notify what the person no longer wants to hear of; `telling` is published with it.
    """
    await _change(ports, Owner("user", user), rules.clear, telling)
    for owner in await ports.lists.with_person(user):
        await _change(ports, owner, lambda held: rules.forget_person(held, user))


async def sweep(ports: WatchPorts) -> int:
    """Delete what is kept of empty lists, those of forgotten people among them; return how many that were."""
    return await ports.lists.remove_empty()


async def forget_member(ports: WatchPorts, user: str, organisation_id: str) -> None:
    """Forget who added what on the list of an organisation that a person left; the entries stay."""
    await _change(ports, Owner("organisation", organisation_id), lambda held: rules.forget_person(held, user))


async def _live(ports: WatchPorts, solution: str) -> LiveSolution:
    found = await ports.catalog.solutions.live(solution)
    if found is None:
        raise no_solution(solution)
    return found.state


async def _standing(ports: WatchPorts, live: LiveSolution) -> Standing:
    rating = await ports.catalog.ratings.summary(live.id)
    state = (await ports.market.states([live.id])).get(live.id)
    scores = state.scores if state else {}
    return Standing(live.number, ports.catalog.clock.now(), rating.state.average, scores)


async def _change(
    ports: WatchPorts, owner: Owner, command: rules.Command, telling: tuple[OutboxMessage, ...] = ()
) -> Loaded[Watchlist]:
    async def decide(loaded: Loaded[Watchlist]) -> Write[Watchlist]:
        change = command(loaded.state)
        return Write(change.state, (*_messages(ports, change), *telling))

    return await ports.lists.change_of(owner, decide)


def _messages(ports: WatchPorts, change: WatchlistChange) -> tuple[OutboxMessage, ...]:
    owner, now = change.state.owner, ports.catalog.clock.now()
    key = list_id(owner)
    whose = {"watchlist_id": key, ("user" if owner.kind == "user" else "organisation_id"): owner.id}

    def told(event: Started | Ended) -> OutboxMessage:
        solution_ids = list(event.solution_ids)
        if isinstance(event, Started):
            started = contract.WatchStartedData(**whose, solution_ids=solution_ids)
            return message(contract.WatchStarted, started, key, now)
        ended = contract.WatchEndedData(**whose, solution_ids=solution_ids)
        return message(contract.WatchEnded, ended, key, now)

    return tuple(told(event) for event in change.events)
