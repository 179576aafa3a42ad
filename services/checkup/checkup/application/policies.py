"""What this service does when the catalogue reports something."""

from contracts.catalog import SolutionDelisted, SolutionPublished, SolutionSubmitted
from contracts.checkup import CheckupScored

from checkup.application import assess
from checkup.application.mapping import run_of_submission, solution_of
from checkup.application.ports import Ports
from checkup.domain import report, run, solution


async def on_submitted(ports: Ports, event: SolutionSubmitted) -> None:
    """Queue the run of a submission; without a repository there is nothing to do but to say so, at once."""
    new = solution_of(event)
    await ports.solutions.change(new.id, lambda known: solution.submitted(known, new))
    queued = run_of_submission(event)
    if queued.repository_url is not None:
        await ports.runs.add(queued)
        return
    now = ports.clock.now()
    finished = run.finish(queued, report.without_repository(ports.rubrics.current, as_of=queued.as_of), now=now)
    await ports.runs.add(finished or queued)


async def on_published(ports: Ports, event: SolutionPublished) -> None:
    """The report may be read by everybody from now on."""
    new = solution_of(event)
    at = max(event.data.published_at, event.data.corrected_at or event.data.published_at)
    await ports.solutions.change(new.id, lambda known: solution.published(known, new, at=at))


async def on_delisted(ports: Ports, event: SolutionDelisted) -> None:
    """The report is hidden again; runs of a withdrawn solution that have not ended are cancelled."""
    solution_id = event.data.solution_id
    await ports.solutions.change(solution_id, lambda known: solution.delisted(known, at=event.data.delisted_at))
    if event.data.reason != "withdrawn":
        return
    now = ports.clock.now()
    for asked in await ports.runs.of_solution(solution_id):
        if not asked.finished and asked.requested_at < event.data.delisted_at:
            await ports.runs.change(asked.id, lambda held: run.cancel(held, now=now))


async def on_scored(ports: Ports, event: CheckupScored) -> None:
    """The report is out: from now on a language model may be asked about what was read for it."""
    await assess.queue(ports, event.data.run_id)
