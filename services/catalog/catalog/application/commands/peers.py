"""Municipalities write to others that use a solution; the marketplace passes it on and shows no address."""

from collections.abc import Callable
from datetime import timedelta

from contracts.ids import derived_id
from contracts.vocabulary import ReportReason
from servicekit import errors

from catalog.application import use_mapping as mapping
from catalog.application.actor import Actor, require_curator
from catalog.application.commands.deployments import change_book
from catalog.application.commands.ratings import solution_and_provider
from catalog.application.loading import decision
from catalog.application.municipalities import acting_for, municipalities_of
from catalog.application.ports import Loaded, Ports, Write
from catalog.application.rating_mapping import name_of
from catalog.domain import blocklist, peer, using
from catalog.domain.change import Change
from catalog.domain.organisation import MemberRole
from catalog.domain.peer import Party, Sent, Side, Thread, ThreadChange

DAY = timedelta(days=1)


async def begin_thread(
    ports: Ports, actor: Actor, thread_id: str, *, solution_id: str, to: str, organisation_id: str | None, text: str
) -> Loaded[Thread]:
    """Write to a municipality that uses a solution and agreed to that. The same id again returns what is there.

    Raises ProblemError `no-contact-wanted`, `contact-blocked`, `own-municipality` (409), `contact-limit` (429) of the
    one asked, `too-many-threads` (429) of the one who asks.
    """
    solution, provider = await solution_and_provider(ports, solution_id)
    asking = await acting_for(ports, actor, organisation_id, MemberRole.MEMBER, "write to each other")
    held = await ports.uses.threads.get(thread_id)
    if held is not None:
        return held
    if to in {held.id for held in await municipalities_of(ports, actor)}:
        raise errors.conflict("own-municipality", "you cannot write to your own municipality")
    now = ports.clock.now()
    await _require_heard(ports, sender=asking.id, receiver=to)
    if await ports.uses.threads.begun(asking.id, now - DAY) >= ports.uses.limits.threads_per_day:
        raise errors.too_many(
            "too-many-threads", "your municipality has begun too many conversations today", retry_after=3600
        )
    book = await change_book(ports, solution, lambda found: using.reserve_contact(found, to, thread_id, now))
    use = book.state.use(to)
    message = peer.PeerMessage(derived_id("message", thread_id, "0"), Side.ASKING, text, actor.user, now)
    thread = Thread(
        id=thread_id,
        solution_id=solution.id,
        slug=solution.slug,
        solution_name=name_of(solution),
        provider_organisation_id=provider.id,
        asking=Party(asking.id, asking.name),
        answering=Party(use.organisation_id, use.organisation_name),
        messages=(message,),
        created_at=now,
        updated_at=now,
    )
    messages = mapping.of_thread(Change(thread, (Sent(message.id),)), now=now)
    if await ports.uses.threads.add(thread_id, thread, messages):
        return Loaded(thread, 1)
    return _found(await ports.uses.threads.get(thread_id))


async def write(ports: Ports, actor: Actor, thread_id: str, message_id: str, text: str) -> Loaded[Thread]:
    """Go on with a conversation, on the side of the actor's municipality."""
    thread, side = await own_side(ports, actor, thread_id)
    receiver = thread.party(side.other)
    await _require_heard(ports, sender=thread.party(side).organisation_id, receiver=receiver.organisation_id)
    found = await ports.organisations.get(receiver.organisation_id)
    if found is None or not found.state.onboarded:
        raise errors.conflict("peer-gone", f"{receiver.organisation_name} takes part no longer")
    return await _change(
        ports,
        thread_id,
        lambda held: peer.write(held, side, message_id, text, by=actor.user, at=ports.clock.now()),
    )


async def close(ports: Ports, actor: Actor, thread_id: str) -> Loaded[Thread]:
    """End a conversation."""
    _, side = await own_side(ports, actor, thread_id)
    return await _change(ports, thread_id, lambda held: peer.close(held, side))


async def complain(
    ports: Ports, actor: Actor, thread_id: str, message_id: str, *, reason: ReportReason, note: str | None
) -> Loaded[Thread]:
    """Ask the team to look at a message of the other side."""
    _, side = await own_side(ports, actor, thread_id)
    return await _change(
        ports,
        thread_id,
        lambda held: peer.complain(
            held, side, message_id, reason=reason, note=note, by=actor.user, at=ports.clock.now()
        ),
    )


async def rule(ports: Ports, actor: Actor, thread_id: str, *, stop: bool, reason: str) -> Loaded[Thread]:
    """Decide on what was reported (curator)."""
    require_curator(actor)
    return await _change(
        ports,
        thread_id,
        lambda held: peer.rule(held, stop=stop, reason=reason, by=actor.user, at=ports.clock.now()),
    )


async def erase(ports: Ports, actor: Actor, thread_id: str) -> Loaded[Thread]:
    """Erase what the actor's municipality wrote in a conversation."""
    _, side = await own_side(ports, actor, thread_id)
    return await _change(ports, thread_id, lambda held: peer.erase(held, side))


async def set_block(ports: Ports, actor: Actor, thread_id: str, *, blocked: bool) -> Loaded[Thread]:
    """Take no more messages from the other side of a conversation, or take them again."""
    thread, side = await own_side(ports, actor, thread_id)
    other = thread.party(side.other)

    async def decide(loaded: Loaded[blocklist.Blocklist]) -> Write[blocklist.Blocklist]:
        if not blocked:
            return Write(blocklist.unblock(loaded.state, other.organisation_id).state)
        name, now = other.organisation_name, ports.clock.now()
        return Write(blocklist.block(loaded.state, other.organisation_id, name, by=actor.user, at=now).state)

    await ports.uses.blocklists.change(thread.party(side).organisation_id, decide)
    return _found(await ports.uses.threads.get(thread_id))


async def own_side(ports: Ports, actor: Actor, thread_id: str) -> tuple[Thread, Side]:
    """Return a conversation and the side that the actor acts for; 404 for everybody else, who learn nothing."""
    loaded = _found(await ports.uses.threads.get(thread_id))
    own = frozenset(held.id for held in await municipalities_of(ports, actor))
    sides = loaded.state.sides_of(own)
    if not sides:
        raise _no_thread()
    return loaded.state, sides[-1]


async def _require_heard(ports: Ports, *, sender: str, receiver: str) -> None:
    if sender in (await ports.uses.blocklists.get(receiver)).state.blocked:
        raise errors.conflict("contact-blocked", "this municipality takes no messages from yours")


async def _change(ports: Ports, thread_id: str, command: Callable[[Thread], ThreadChange]) -> Loaded[Thread]:
    how = decision(command, mapping.of_thread, ports.clock)
    return _found(await ports.uses.threads.change(thread_id, how))


def _found(loaded: Loaded[Thread] | None) -> Loaded[Thread]:
    if loaded is None:
        raise _no_thread()
    return loaded


def _no_thread() -> errors.ProblemError:
    return errors.not_found("thread-not-found", "there is no such conversation of your municipality")
