"""Queues runs that nobody asks for: of published solutions from time to time, and when they have a new release.

Any number of workers may do so at once: a run's id follows from what it is for, so it is made once.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.ids import derived_id
from contracts.web_address import same_repository
from servicekit import logging

from checkup.application.ports import Ports
from checkup.domain import schedule
from checkup.domain.failure import CheckupFailure
from checkup.domain.run import Run, Trigger
from checkup.domain.solution import Solution

log = logging.get(__name__)

MOST_AT_ONCE = 20
"""Solutions that are queued or asked for tags in one round; the rest has its turn in the next ones."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often published solutions are measured again, and how often their tags are looked at; zero is never."""

    measure_every: timedelta
    releases_every: timedelta


async def queue_due(ports: Ports, rhythm: Rhythm) -> list[str]:
    """Queue the runs that are due; return the ids of those that this call made."""
    made: list[str] = []
    if not rhythm.measure_every:
        return made
    now = ports.clock.now()
    for solution in await ports.solutions.live():
        url = solution.live_repository
        if url is None or len(made) >= MOST_AT_ONCE:
            continue
        repository = same_repository(url)
        latest = await ports.runs.of_solution(solution.id, up_to_version=solution.live_version, limit=1)
        if not schedule.is_due(latest[0] if latest else None, repository, now=now, interval=rhythm.measure_every):
            continue
        number = schedule.period(repository, now, rhythm.measure_every)
        made += await _add(ports, solution, Trigger.SCHEDULE, f"{number}", now)
    return made


async def queue_released(ports: Ports, rhythm: Rhythm) -> list[str]:
    """Look at the tags of the solutions whose turn it is; queue a run of each that has a new one, return its id.

    The first look only notes what is there. A server that does not answer is asked again when its turn comes.
    """
    made: list[str] = []
    if not rhythm.releases_every:
        return made
    asked = 0
    for solution in await ports.solutions.live():
        if asked >= MOST_AT_ONCE or not await _take_turn(ports, solution, rhythm.releases_every):
            continue
        asked += 1
        try:
            refs = await ports.repositories.refs(solution.live_repository or "")
        except CheckupFailure as failure:
            log.info("tags not read", solution_id=solution.id, kind=failure.kind, detail=failure.detail)
            continue
        found = schedule.releases(refs.tags)
        if solution.releases is not None and (fresh := sorted(set(found) - set(solution.releases))):
            what = hashlib.sha256(" ".join(fresh).encode()).hexdigest()
            made += await _add(ports, solution, Trigger.RELEASE, what, ports.clock.now())
        await _note(ports, solution, found)
    return made


async def _take_turn(ports: Ports, solution: Solution, every: timedelta) -> bool:
    """Claim this look at the tags; False when it is too early, or another worker has claimed it."""
    now, won = ports.clock.now(), False

    def decide(known: Solution | None) -> Solution | None:
        nonlocal won
        won = known is not None and (known.releases_seen_at is None or known.releases_seen_at + every <= now)
        return replace(known, releases_seen_at=now) if known is not None and won else None

    if solution.releases_seen_at is None or solution.releases_seen_at + every <= now:
        await ports.solutions.change(solution.id, decide)
    return won


async def _note(ports: Ports, solution: Solution, found: tuple[str, ...]) -> None:
    """Remember the tags, unless the solution has moved to another repository meanwhile."""

    def decide(known: Solution | None) -> Solution | None:
        same = known is not None and known.live_repository == solution.live_repository
        return replace(known, releases=found) if known is not None and same else None

    await ports.solutions.change(solution.id, decide)


async def _add(ports: Ports, solution: Solution, trigger: Trigger, what: str, now: datetime) -> list[str]:
    run = Run(
        id=derived_id("checkup-run", solution.id, trigger.value, what),
        solution_id=solution.id,
        slug=solution.slug,
        solution_version=solution.live_version or solution.version,
        organisation_id=solution.organisation_id,
        repository_url=solution.live_repository,
        demo_url=solution.live_demo_url,
        trigger=trigger,
        requested_by=None,
        requested_at=now,
        as_of=now,
    )
    return [run.id] if await ports.runs.add(run) else []
