"""What people can have this service do."""

from dataclasses import dataclass
from datetime import timedelta

from servicekit import errors

from checkup.application import queries
from checkup.application.ports import Ports
from checkup.application.queries import solution_or_404
from checkup.domain import run as runs
from checkup.domain import solution
from checkup.domain.run import Run, RunState, Trigger

TEAM = ("reviewer", "curator", "operator")
SECONDS_TO_COUNT_AS_RUNNING = 3600
SECONDS_OF_A_RUN = 30
"""When to ask again whether a run has ended."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: opaque id, organisations, those of them to edit for, whether they belong to the marketplace team."""

    sub: str
    organisations: frozenset[str]
    edits: frozenset[str]
    in_team: bool

    def may_see(self, organisation_id: str) -> bool:
        return self.in_team or organisation_id in self.organisations

    def require_say(self, organisation_id: str) -> None:
        """Raise `foreign-organisation` or `not-an-editor` (forbidden) unless this person may start and end runs."""
        if not self.may_see(organisation_id):
            raise errors.forbidden("foreign-organisation", "only the provider and the team may have checkups run")
        if not self.in_team and organisation_id not in self.edits:
            raise errors.forbidden("not-an-editor", "this needs the right to edit for the provider")


async def request_run(ports: Ports, solution_id: str, *, by: Asker, run_id: str, forced: bool = False) -> Run:
    """Queue one more run of the newest version. `forced`, for the team alone, measures although the same commit was
    measured lately, and at once.

    Raises `no-checkup` (not_found), `foreign-organisation`, `not-an-editor`, `only-team` (forbidden), `no-repository`,
    `checkup-in-progress` (conflict), `checkup-too-soon` (too_many).
    """
    if forced and not by.in_team:
        raise errors.forbidden("only-team", "only the marketplace team may have an unchanged commit measured again")
    if (made := await ports.runs.get(run_id)) is not None:
        return made  # the same request once more
    held = await solution_or_404(ports, solution_id)
    by.require_say(held.organisation_id)
    now = ports.clock.now()
    for run in await ports.runs.of_solution(solution_id, limit=5):
        age = (now - run.requested_at).total_seconds()
        if run.state in (RunState.QUEUED, RunState.RUNNING) and age < SECONDS_TO_COUNT_AS_RUNNING:
            raise errors.ProblemError(
                "checkup-in-progress",
                "conflict",
                f"run {run.id} of this solution has not ended yet",
                retry_after=SECONDS_OF_A_RUN,
            )
    new = Run(
        id=run_id,
        solution_id=held.id,
        slug=held.slug,
        solution_version=held.version,
        organisation_id=held.organisation_id,
        repository_url=held.repository_url,
        demo_url=held.demo_url,
        trigger=Trigger.REQUEST,
        requested_by=by.sub,
        requested_at=now,
        as_of=now,
        forced=forced,
    )
    interval = timedelta() if forced else ports.request_interval

    def decide(known: solution.Solution | None) -> solution.Solution | None:
        return known and solution.request_run(known, now=now, interval=interval)

    await ports.solutions.change(solution_id, decide, run=new)
    await ports.runs.add(new, with_job=False)
    return new


async def cancel_run(ports: Ports, run_id: str, *, by: Asker) -> Run:
    """Call a run off: a worker that is at it stops within seconds and keeps nothing. Once more changes nothing.

    Raises `run-not-found` (not_found, also for those who may not know), `foreign-organisation`, `not-an-editor`
    (forbidden), `run-finished` (conflict).
    """
    held = await queries.run(ports, run_id, by=by)
    by.require_say(held.organisation_id)
    now = ports.clock.now()
    after = await ports.runs.change(run_id, lambda known: runs.cancel(known, now=now, by=by.sub))
    if after.state is not RunState.CANCELLED:
        raise errors.conflict("run-finished", f"run {run_id} has ended already: {after.state.value}")
    return after
