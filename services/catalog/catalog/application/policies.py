"""What the catalog does by itself when it hears what happened elsewhere, or in another of its aggregates.

Events may come twice, late or out of order. What does not fit changes nothing; what comes before the catalog knows
the thing it is about is tried again by the delivery.
"""

from collections.abc import Awaitable, Callable

from contracts.catalog import OrganisationChanged, OrganisationSuspended
from contracts.review import ChangesRequested, ReviewCompleted, ReviewOpened
from contracts.vocabulary import ReviewDecision

from catalog.application import mapping
from catalog.application.commands.solutions import provider_of
from catalog.application.ports import Loaded, Ports, Write
from catalog.domain import lifecycle, review
from catalog.domain.change import Change
from catalog.domain.organisation import OrganisationState
from catalog.domain.solution import Solution, SolutionChange


class NotYetKnown(LookupError):
    """The event is about something that is not there: it came too early, or never belonged here."""


async def on_review_opened(ports: Ports, event: ReviewOpened) -> None:
    """The submission is in the team's queue."""
    data = event.data

    async def policy(solution: Solution) -> SolutionChange:
        return review.opened(solution, data.version, round_=data.round, at=ports.clock.now())

    await _change(ports, data.solution_id, policy, event.id)


async def on_changes_requested(ports: Ports, event: ChangesRequested) -> None:
    """The provider has to improve the version."""
    data = event.data

    async def policy(solution: Solution) -> SolutionChange:
        return review.changes_requested(
            solution,
            data.version,
            round_=data.round,
            findings=tuple(data.findings),
            message=data.message,
            at=ports.clock.now(),
        )

    await _change(ports, data.solution_id, policy, event.id)


async def on_review_completed(ports: Ports, event: ReviewCompleted) -> None:
    """Publish exactly the approved version, or note that it was rejected."""
    data = event.data
    findings = tuple(data.findings)

    async def policy(solution: Solution) -> SolutionChange:
        at = ports.clock.now()
        if data.decision is ReviewDecision.REJECTED:
            return review.rejected(solution, data.version, findings=findings, message=data.message, at=at)
        provider = await provider_of(ports, solution)
        return review.approved(
            solution,
            data.version,
            findings=findings,
            message=data.message,
            provider_onboarded=provider.onboarded,
            at=at,
        )

    await _change(ports, data.solution_id, policy, event.id)


async def on_organisation_suspended(ports: Ports, event: OrganisationSuspended) -> None:
    """Take everything of a suspended provider offline; nothing if it was approved again meanwhile."""
    data = event.data
    provider = await ports.organisations.get(data.organisation_id)
    if provider is None:
        raise NotYetKnown(f"organisation {data.organisation_id}")
    if provider.state.state is not OrganisationState.SUSPENDED:
        return

    async def policy(solution: Solution) -> SolutionChange:
        if solution.suspended is not None or not lifecycle.can_be_delisted(solution):
            return Change(solution)
        by = event.actor or review.BY
        return lifecycle.suspend(solution, by=by, reason=review.PROVIDER_SUSPENDED, at=ports.clock.now())

    for solution_id in await ports.solutions.ids_of(data.organisation_id):
        await _change(ports, solution_id, policy, event.id)


async def on_organisation_changed(ports: Ports, event: OrganisationChanged) -> None:
    """Carry the organisation's name, as it is now, to its solutions; those online are told anew."""
    provider = await ports.organisations.get(event.data.organisation_id)
    if provider is None:
        raise NotYetKnown(f"organisation {event.data.organisation_id}")
    name = provider.state.name

    async def policy(solution: Solution) -> SolutionChange:
        return lifecycle.rename_provider(solution, name, at=ports.clock.now())

    for solution_id in await ports.solutions.ids_of(event.data.organisation_id):
        await _change(ports, solution_id, policy, event.id)


async def _change(
    ports: Ports, solution_id: str, policy: Callable[[Solution], Awaitable[SolutionChange]], event_id: str
) -> None:
    async def decide(loaded: Loaded[Solution]) -> Write[Solution]:
        change = await policy(loaded.state)
        return Write(change.state, mapping.of_solution(change, now=ports.clock.now()))

    if await ports.solutions.change(solution_id, decide, event_id=event_id) is None:
        raise NotYetKnown(f"solution {solution_id}")
