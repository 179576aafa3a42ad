"""What the catalog does by itself when it hears what happened elsewhere."""

import pytest
from catalog.application import policies
from catalog.application.commands import organisations as organisation_commands
from catalog.application.commands import solutions as commands
from catalog.application.policies import NotYetKnown
from catalog.domain import organisation as organisations
from catalog.domain.organisation import Organisation
from catalog.domain.solution import Solution, SolutionState, VersionState
from contracts.catalog import (
    OrganisationSuspended,
    OrganisationSuspendedData,
    SolutionDelisted,
    SolutionPublished,
)
from contracts.ids import uuid7
from contracts.listing import Finding
from contracts.review import (
    ChangesRequested,
    ChangesRequestedData,
    ReviewCompleted,
    ReviewCompletedData,
    ReviewOpened,
    ReviewOpenedData,
)
from contracts.vocabulary import ReviewDecision

from .fakes import World
from .given import CURATOR, EDITOR, a_draft, a_listing, a_provider, in_review, minutes, published, submitted

FINDING = Finding(criterion="transferable", result="needs_work", finding="Bitte belegen")


def about(solution: Solution, version: int = 1) -> dict[str, object]:
    return {
        "case_id": "case-1",
        "solution_id": solution.id,
        "slug": solution.slug,
        "solution_name": solution.newest.listing.name,
        "version": version,
        "organisation_id": solution.organisation_id,
    }


def opened(solution: Solution, *, round_: int = 1) -> ReviewOpened:
    data = ReviewOpenedData.model_validate({**about(solution), "round": round_, "opened_at": minutes(2)})
    return ReviewOpened.new(data, aggregate_id=solution.id, time=minutes(2))


def changes_requested(solution: Solution, *, round_: int = 1) -> ChangesRequested:
    data = ChangesRequestedData.model_validate(
        {
            **about(solution),
            "round": round_,
            "findings": [FINDING],
            "message": "Bitte ergänzen",
            "requested_at": minutes(3),
        }
    )
    return ChangesRequested.new(data, aggregate_id=solution.id, time=minutes(3))


def completed(
    solution: Solution, decision: ReviewDecision = ReviewDecision.APPROVED, *, version: int = 1
) -> ReviewCompleted:
    data = ReviewCompletedData.model_validate(
        {**about(solution, version), "decision": decision, "criteria_version": "2026.1", "decided_at": minutes(4)}
    )
    return ReviewCompleted.new(data, aggregate_id=solution.id, time=minutes(4))


def suspended_event(organisation: Organisation) -> OrganisationSuspended:
    data = OrganisationSuspendedData(organisation_id=organisation.id, reason="Insolvenz", suspended_at=minutes(5))
    return OrganisationSuspended.new(data, aggregate_id=organisation.id, time=minutes(5), actor=CURATOR.user)


def now(world: World, solution: Solution) -> Solution:
    return world.solutions.held[solution.id].state


async def test_the_provider_sees_that_the_review_has_begun(world: World, provider: Organisation) -> None:
    solution = submitted(provider=provider)
    world.has(solution)
    await policies.on_review_opened(world.ports, opened(solution))
    assert now(world, solution).state is SolutionState.IN_REVIEW


async def test_the_provider_sees_what_to_change(world: World, provider: Organisation) -> None:
    solution = in_review(provider=provider)
    world.has(solution)
    await policies.on_changes_requested(world.ports, changes_requested(solution))
    newest = now(world, solution).newest
    assert (newest.state, newest.message, newest.findings) == (
        VersionState.CHANGES_REQUESTED,
        "Bitte ergänzen",
        (FINDING,),
    )
    assert world.outbox.messages == []


async def test_an_approval_publishes_exactly_that_version(world: World, provider: Organisation) -> None:
    solution = in_review(provider=provider)
    world.has(solution)
    await commands.save_draft(world.ports, EDITOR, solution.id, a_listing("Nächste Fassung"), expected=1)
    await policies.on_review_completed(world.ports, completed(solution))
    [event] = world.outbox.take()
    assert isinstance(event, SolutionPublished)
    assert (event.data.version, event.data.listing) == (1, solution.newest.listing)
    assert event.data.published_at == event.data.first_published_at == world.clock.now()
    held = now(world, solution)
    assert (held.newest.number, held.newest.state) == (2, VersionState.DRAFT)


async def test_a_rejection_is_noted(world: World, provider: Organisation) -> None:
    solution = in_review(provider=provider)
    world.has(solution)
    await policies.on_review_completed(world.ports, completed(solution, ReviewDecision.REJECTED))
    assert now(world, solution).state is SolutionState.REJECTED
    assert world.outbox.messages == []


async def test_a_repeated_event_changes_nothing(world: World, provider: Organisation) -> None:
    solution = in_review(provider=provider)
    world.has(solution)
    event = completed(solution)
    await policies.on_review_completed(world.ports, event)
    before = world.solutions.held[solution.id]
    await policies.on_review_completed(world.ports, event)
    assert world.solutions.held[solution.id] is before
    assert len(world.outbox.events) == 1


async def test_an_approval_of_a_withdrawn_version_publishes_nothing(world: World, provider: Organisation) -> None:
    solution = in_review(provider=provider)
    world.has(solution)
    await commands.withdraw_solution(world.ports, EDITOR, solution.id, None)
    await policies.on_review_completed(world.ports, completed(solution))
    assert now(world, solution).state is SolutionState.WITHDRAWN
    assert [type(event) for event in world.outbox.take()] == [SolutionDelisted]


@pytest.mark.parametrize("make", [opened, changes_requested, completed])
async def test_an_event_about_something_unknown_is_left_to_be_tried_again(world: World, make: object) -> None:
    unknown = in_review()
    handlers = {
        opened: policies.on_review_opened,
        changes_requested: policies.on_changes_requested,
        completed: policies.on_review_completed,
    }
    with pytest.raises(NotYetKnown, match=f"solution {unknown.id}"):
        await handlers[make](world.ports, make(unknown))  # type: ignore[index,operator]


async def test_an_event_about_an_unknown_version_is_left_to_be_tried_again(
    world: World, provider: Organisation
) -> None:
    solution = in_review(provider=provider)
    world.has(solution)
    with pytest.raises(LookupError, match="has no version 2"):
        await policies.on_review_completed(world.ports, completed(solution, version=2))


async def test_an_approval_for_a_suspended_provider_waits(world: World, provider: Organisation) -> None:
    solution = in_review(provider=provider)
    world.has(solution, organisations.suspend(provider, reason="x", at=minutes(1)).state)
    await policies.on_review_completed(world.ports, completed(solution))
    assert now(world, solution).state is SolutionState.SUSPENDED
    assert [type(event) for event in world.outbox.take()] == [SolutionDelisted]


async def test_what_a_suspended_provider_offers_goes_offline(world: World, provider: Organisation) -> None:
    online, waiting, draft = (
        published(provider=provider, slug="online"),
        in_review(provider=provider, slug="waiting"),
        a_draft(provider=provider, slug="draft"),
    )
    foreign = published(slug="foreign")
    world.has(online, waiting, draft, foreign)
    await organisation_commands.suspend_organisation(world.ports, CURATOR, provider.id, "Insolvenz")
    world.outbox.take()
    event = suspended_event(provider)
    await policies.on_organisation_suspended(world.ports, event)
    await policies.on_organisation_suspended(world.ports, event)
    assert [now(world, solution).state for solution in (online, waiting, draft, foreign)] == [
        SolutionState.SUSPENDED,
        SolutionState.SUSPENDED,
        SolutionState.DRAFT,
        SolutionState.PUBLISHED,
    ]
    delisted = world.outbox.take()
    assert {(event.data.slug, event.data.reason, event.data.note) for event in delisted} == {
        ("online", "suspended", "the provider is suspended"),
        ("waiting", "suspended", "the provider is suspended"),
    }


async def test_a_late_suspension_of_a_provider_that_is_back_changes_nothing(
    world: World, provider: Organisation
) -> None:
    online = published(provider=provider)
    world.has(online)
    await policies.on_organisation_suspended(world.ports, suspended_event(provider))
    assert now(world, online).state is SolutionState.PUBLISHED


async def test_a_suspension_of_an_unknown_organisation_is_left_to_be_tried_again(world: World) -> None:
    with pytest.raises(NotYetKnown, match="organisation"):
        await policies.on_organisation_suspended(world.ports, suspended_event(a_provider(organisation_id=uuid7())))
