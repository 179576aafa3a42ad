"""Tells those who watch a solution, or whose organisation does, what happened to it: at once, or collected."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.watches import WatchEnded, WatchStarted
from servicekit.digest_times import Frequency

from notify.application.notices import Notice
from notify.application.policies import tell
from notify.application.ports import Ports, Watcher
from notify.domain.digest import TIMES, Digest, Item
from notify.domain.message import Kind

WATCHLIST = "/merkliste"
OWN = "Die Lösung steht auf Ihrer Merkliste."
SHARED = "Die Lösung steht auf der Merkliste Ihrer Organisation „{name}“."
COLLECTED = "Sie möchten {often} von Lösungen auf Ihren Merklisten hören."
_OFTEN = {Frequency.DAILY: "einmal am Tag", Frequency.WEEKLY: "einmal in der Woche"}
MOST_LISTED = 25
AT_ONCE = 100
SOLUTION_PAGE = "/loesungen/{slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened to a solution, in words that follow its name; `apart_from` is an organisation that knows already.

    `path` leads to where it can be seen; None to the watchlist. `users_know`: whoever uses the solution is told anyway.
    """

    event_id: str
    solution_id: str
    name: str
    news: str
    path: str | None
    apart_from: str | None = None
    users_know: bool = False


@dataclass(frozen=True, slots=True)
class _Reason:
    words: str
    organisation_id: str | None = None


async def on_started(ports: Ports, event: WatchStarted, *, sequence: int) -> None:
    """Remember who watches; `sequence` is the event's place in its stream."""
    await ports.watches.start(_watcher(event), event.data.solution_ids, sequence=sequence)


async def on_ended(ports: Ports, event: WatchEnded, *, sequence: int) -> None:
    """Forget who watched."""
    await ports.watches.end(_watcher(event), event.data.solution_ids, sequence=sequence)


async def tell_watchers(ports: Ports, news: News, *, attempt: int) -> int:
    """Tell everybody who watches the solution, as often as they want; return how many messages are new.

    Whoever has a message because of the same event, for whatever reason, is not told again.
    """
    added = 0
    knowing = [news.apart_from] if news.apart_from else []
    if news.users_know:
        knowing += await ports.users.of(news.solution_id)
    reasons = _reasons(ports, await ports.watches.of(news.solution_id), knowing)
    for user, reason in reasons.items():
        item = Item(news.event_id, news.name, news.path or WATCHLIST, news.news, reason.organisation_id)
        frequency = await ports.contacts.watch_frequency(user)
        if frequency.collects:
            await ports.digests.collect(user, item, TIMES.next_after(frequency, ports.clock.now()))
        elif frequency is Frequency.AT_ONCE:
            notice = _notice(user, news.event_id, [item], reason.words, organisation_id=reason.organisation_id)
            added += await tell(ports, notice, attempt=attempt)
    return added


async def tell_collected(ports: Ports) -> int:
    """Tell what is due; return for how many people that was. Any number of workers may do this beside each other."""
    found = await ports.digests.due(ports.clock.now(), AT_ONCE)
    for digest in found:
        await _tell_one(ports, digest)
        await ports.digests.drop(digest)
    return len(found)


async def _tell_one(ports: Ports, digest: Digest) -> None:
    frequency = await ports.contacts.watch_frequency(digest.user)
    if not digest.items or frequency is Frequency.NEVER:
        return
    often = _OFTEN.get(frequency, "gesammelt")
    notice = _notice(
        digest.user, f"watch-digest:{digest.user}:{digest.batch}", digest.items, COLLECTED.format(often=often)
    )
    await tell(ports, notice, attempt=1)


def _notice(
    user: str, event_id: str, items: Sequence[Item], reason: str, *, organisation_id: str | None = None
) -> Notice:
    listed = [{"name": each.name, "path": each.path, "news": each.news} for each in items[:MOST_LISTED]]
    facts: Mapping[str, Any] = {
        "matches": listed,
        "total": len(items),
        "more": len(items) - len(listed),
        "watchlist_path": WATCHLIST,
    }
    alone = len(items) == 1 and items[0].path != WATCHLIST
    return Notice(
        event_id=event_id,
        kind=Kind.WATCHED_NEWS,
        organisation_id=organisation_id,
        user=user,
        reason=reason,
        link=items[0].path if alone else WATCHLIST,
        action="Lösung ansehen" if alone else "Merkliste öffnen",
        facts=facts,
    )


def _watcher(event: WatchStarted | WatchEnded) -> Watcher:
    return Watcher(event.data.user, event.data.organisation_id)


def _reasons(ports: Ports, watchers: Collection[Watcher], knowing: Sequence[str]) -> dict[str, _Reason]:
    """Return by user why they are told, without members of those who know; the own list is the better reason."""
    reasons: dict[str, _Reason] = {}
    for watcher in watchers:
        if watcher.organisation_id is not None:
            for member in ports.membership.members_of(watcher.organisation_id):
                words = SHARED.format(name=member.organisation_name)
                reasons.setdefault(member.user, _Reason(words, watcher.organisation_id))
    reasons |= {watcher.user: _Reason(OWN) for watcher in watchers if watcher.user is not None}
    for organisation_id in knowing:
        for member in ports.membership.members_of(organisation_id):
            reasons.pop(member.user, None)
    return reasons
