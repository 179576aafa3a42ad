"""What this service does when the catalogue reports something."""

from contracts.catalog import OrganisationChanged, SolutionDelisted, SolutionSubmitted

from review.application.mapping import submission_of
from review.application.ports import Ports
from review.domain.case import UNDECIDED, Case, open_case, rename, reopen, withdraw


async def on_submitted(ports: Ports, event: SolutionSubmitted) -> None:
    """Open the case of a new version, or the next round of a known one."""
    submission = submission_of(event)
    now = ports.clock.now()
    earlier = await ports.cases.of_solution(submission.solution_id)
    opened = open_case(submission, earlier=earlier, criteria_version=ports.criteria.current.version, now=now)
    if await ports.cases.add(opened, event_id=event.id):
        return
    await ports.cases.change(opened.id, lambda case: reopen(case, submission, now=now), event_id=event.id)


async def on_delisted(ports: Ports, event: SolutionDelisted) -> None:
    """Withdraw what is under review when the provider withdrew the solution; other delistings change nothing."""
    if event.data.reason != "withdrawn":
        return
    now = ports.clock.now()

    def decide(case: Case) -> Case | None:
        return withdraw(case, actor=event.actor, at=event.data.delisted_at, note=event.data.note, now=now)

    for case in await ports.cases.of_solution(event.data.solution_id):
        if case.state in UNDECIDED:
            await ports.cases.change(case.id, decide, event_id=event.id)


async def on_organisation_changed(ports: Ports, event: OrganisationChanged) -> None:
    """Call the provider by its new name in what is undecided."""
    for case in await ports.cases.undecided_of(event.data.organisation_id):
        await ports.cases.change(
            case.id, lambda held: rename(held, event.data.name, at=event.data.changed_at), event_id=event.id
        )
