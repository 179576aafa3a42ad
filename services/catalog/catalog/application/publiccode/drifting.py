"""Comparing published listings with the publiccode.yml of their repositories: on a schedule, and when asked."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from contracts.catalog import PubliccodeDifference, PubliccodeDrifted, PubliccodeDriftedData
from contracts.profile.questionnaire import Questionnaire
from contracts.profile.showing import texts_of
from servicekit import errors, logging, outbox
from servicekit.events import stamp
from servicekit.outbox import OutboxMessage

from catalog.application.actor import Actor
from catalog.application.ports import LiveSolution, Loaded, Position, Write
from catalog.application.publiccode.importing import Preview, editable, preview
from catalog.application.publiccode.ports import Difference, Drift, NotFetched, PubliccodePorts
from catalog.domain.publiccode.drift import fingerprint
from catalog.domain.publiccode.violations import Severity

log = logging.get(__name__)
WEEK = timedelta(days=7)
ABANDONED = timedelta(minutes=15)
"""After this long a comparison that was begun counts as cut off by a crash."""
SHORTEST_PAUSE = timedelta(seconds=20)
"""Between two comparisons that people ask for."""
PAGE = 100
MOST_AT_ONCE = 20
TOLD_CHARACTERS = 300
TOLD_DIFFERENCES = 30
_START = datetime.fromisoformat("2024-01-01T00:00:00+00:00")


class Rounds:
    """Goes round the published listings, a page at each call, and compares those whose turn has come.

    Every listing has a turn each week, at an hour that follows from its id. Any number of workers may do this beside
    each other: a turn is taken by one.
    """

    def __init__(self, ports: PubliccodePorts) -> None:
        self._ports = ports
        self._after: Position | None = None

    async def __call__(self) -> int:
        """Return how many were compared, at most MOST_AT_ONCE; a page with more is gone through again."""
        page = await self._ports.catalog.solutions.live_page(None, after=self._after, limit=PAGE)
        done = 0
        for loaded in page.items:
            if loaded.state.listing.repository_url and await _take_turn(self._ports, loaded.state):
                await _compare(self._ports, loaded.state)
                done += 1
                if done >= MOST_AT_ONCE:
                    return done
        self._after = page.next
        return done


async def check_now(ports: PubliccodePorts, actor: Actor, solution_id: str) -> Drift:
    """Compare a published listing at once (editors of its provider); what was compared moments ago is returned again.

    Raises ProblemError `nothing-to-compare` (409).
    """
    found = await editable(ports, actor, solution_id)
    live = await ports.catalog.solutions.live(found.state.id)
    if live is None:
        raise errors.conflict("nothing-to-compare", "only a published listing is compared with its repository")
    if not live.state.listing.repository_url:
        raise errors.conflict("nothing-to-compare", "the listing names no repository")
    held = await ports.drifts.get(live.state.id)
    if held is None:
        await ports.drifts.add(live.state.id, Drift(solution_id=live.state.id))
    elif _recent(held.state, live.state, ports.catalog.clock.now()):
        return held.state
    return await _compare(ports, live.state)


async def of_solution(ports: PubliccodePorts, solution_id: str) -> Drift | None:
    """Return the last comparison, None while there was none."""
    held = await ports.drifts.get(solution_id)
    return held.state if held is not None and held.state.checked_at is not None else None


def turn_of(solution_id: str, now: datetime) -> int:
    """Return the number of the week that a solution is in; its week begins at an hour of its own."""
    share = int.from_bytes(hashlib.sha256(solution_id.encode()).digest()[:4]) / 2**32
    return int((now - _START + share * WEEK) / WEEK)


async def _take_turn(ports: PubliccodePorts, solution: LiveSolution) -> bool:
    """Claim this week's comparison; False when it is done, or another worker has it."""
    now, turn, won = ports.catalog.clock.now(), turn_of(solution.id, ports.catalog.clock.now()), False

    def due(drift: Drift) -> bool:
        cut_off = drift.turn_at is not None and now - drift.turn_at > ABANDONED
        unfinished = drift.checked_at is None or drift.turn_at is None or drift.checked_at < drift.turn_at
        return drift.turn != turn or (cut_off and unfinished)

    async def decide(loaded: Loaded[Drift]) -> Write[Drift]:
        nonlocal won
        won = due(loaded.state)
        return Write(replace(loaded.state, turn=turn, turn_at=now) if won else loaded.state)

    held = await ports.drifts.get(solution.id)
    if held is None:
        return await ports.drifts.add(solution.id, Drift(solution_id=solution.id, turn=turn, turn_at=now))
    if due(held.state):
        await ports.drifts.change(solution.id, decide)
    return won


async def _compare(ports: PubliccodePorts, live: LiveSolution) -> Drift:
    """Fetch, compare, keep; tell the provider when something is different that was not before."""
    seen: Preview | None = None
    problem: tuple[str, str, str] | None = None
    transient = False
    try:
        found = await ports.files.publiccode(live.listing.repository_url or "")
    except NotFetched as failure:
        log.info("publiccode.yml not fetched", solution_id=live.id, kind=failure.kind, detail=failure.en)
        problem, transient = (failure.kind, failure.de, failure.en), failure.transient
    else:
        seen = await asyncio.to_thread(preview, found.content, live.listing, ports.catalog.profile, found)
        if not seen.answers:
            first = seen.checked.violations[0]
            problem = (first.rule, first.de, first.en)

    async def decide(loaded: Loaded[Drift]) -> Write[Drift]:
        now = ports.catalog.clock.now()
        held = loaded.state
        if transient:
            return Write(replace(held, checked_at=now, problem=problem))
        compared = list(seen.fields) if seen else []
        drift = replace(
            held,
            live_version=live.number,
            checked_at=now,
            source=seen.source if seen else held.source,
            problem=problem,
            differences=tuple(
                Difference(each.question.id, each.path, each.present, each.incoming)
                for each in compared
                if not each.same
            ),
            errors=sum(each.severity is Severity.ERROR for each in seen.checked.violations) if seen else 0,
        )
        lost = problem[1] if problem and (held.source or seen) else None  # no news where there never was a file
        mark = fingerprint(compared, lost)
        news = mark is not None and mark != held.told
        messages = (_message(live, drift, lost, ports.catalog.profile, now),) if news else ()
        return Write(replace(drift, told=mark), messages)

    saved = await ports.drifts.change(live.id, decide)
    if saved is None:
        raise LookupError(f"no comparison of {live.id} was begun")
    return saved.state


def _recent(held: Drift, live: LiveSolution, now: datetime) -> bool:
    fresh = held.checked_at is not None and now - held.checked_at < SHORTEST_PAUSE
    return fresh and held.live_version == live.number and held.problem is None


def _message(
    live: LiveSolution, drift: Drift, problem: str | None, profile: Questionnaire, now: datetime
) -> OutboxMessage:
    data = PubliccodeDriftedData(
        solution_id=live.id,
        slug=live.slug,
        solution_name=live.listing.name,
        organisation_id=live.organisation_id,
        source_url=drift.source,
        problem=problem,
        differences=[_told(each, profile) for each in drift.differences[:TOLD_DIFFERENCES]],
        checked_at=now,
    )
    return outbox.of_event(stamp(PubliccodeDrifted, data, aggregate_id=live.id, now=now))


def _told(difference: Difference, profile: Questionnaire) -> PubliccodeDifference:
    question = profile.by_id[difference.question]

    def words(answer: object) -> str | None:
        said = ", ".join(texts_of(question, answer, "de")) if answer is not None else ""
        return said[:TOLD_CHARACTERS] or None

    return PubliccodeDifference(
        question=question.id,
        label=question.title("de"),
        path=difference.path,
        listing=words(difference.present),
        file=words(difference.incoming) or "",
    )
