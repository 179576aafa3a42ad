"""What providers and the team do with solutions, as use cases: who may, which answer, and what the others are told."""

from dataclasses import replace

import pytest
from catalog.application.commands import solutions as commands
from catalog.application.ports import Loaded, SlugTaken
from catalog.domain import organisation as organisations
from catalog.domain.organisation import Organisation, OrganisationState
from catalog.domain.solution import Solution, SolutionState
from contracts.catalog import SolutionDelisted, SolutionPublished, SolutionSubmitted
from servicekit.errors import ProblemError

from .fakes import World
from .given import (
    CURATOR,
    EDITOR,
    PROVIDER_ADMIN,
    READER,
    REVIEWER,
    STRANGER,
    a_draft,
    a_listing,
    a_municipality,
    a_provider,
    an_organisation,
    in_review,
    minutes,
    published,
)


async def create(
    world: World, provider: Organisation, *, solution_id: str = "solution-1", slug: str | None = None
) -> Solution:
    loaded = await commands.create_solution(
        world.ports,
        EDITOR,
        solution_id,
        organisation_id=provider.id,
        wanted_slug=slug,
        listing=a_listing("Kommunale Räume"),
    )
    return loaded.state


async def test_an_editor_starts_a_solution(world: World, provider: Organisation) -> None:
    solution = await create(world, provider)
    assert (solution.slug, solution.organisation_name) == ("kommunale-raeume", "Musterlösungen GmbH")
    assert world.outbox.messages == []


async def test_a_derived_slug_that_is_taken_gets_a_number(world: World, provider: Organisation) -> None:
    await create(world, provider)
    assert (await create(world, provider, solution_id="solution-2")).slug == "kommunale-raeume-2"


async def test_a_given_slug_that_is_taken_is_refused(world: World, provider: Organisation) -> None:
    await create(world, provider, slug="raeume")
    with pytest.raises(ProblemError) as refused:
        await create(world, provider, solution_id="solution-2", slug="raeume")
    assert (refused.value.slug, refused.value.kind) == ("slug-taken", "conflict")
    assert refused.value.detail == "the slug raeume is taken: choose another one"


async def test_the_same_creation_again_returns_what_is_there(world: World, provider: Organisation) -> None:
    first = await create(world, provider)
    world.later()
    assert await create(world, provider) == first
    assert len(world.solutions.held) == 1


async def test_a_lost_race_for_a_derived_slug_takes_the_next(
    world: World, provider: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = world.solutions.add

    async def somebody_is_faster(solution_id: str, state: Solution) -> bool:
        monkeypatch.setattr(world.solutions, "add", add)
        await add("solution-0", replace(state, id="solution-0"))
        raise SlugTaken(state.slug)

    monkeypatch.setattr(world.solutions, "add", somebody_is_faster)
    assert (await create(world, provider)).slug == "kommunale-raeume-2"


async def test_only_editors_of_onboarded_providers_start_solutions(world: World) -> None:
    waiting = an_organisation(state=OrganisationState.REQUESTED)
    town = a_municipality(members=((PROVIDER_ADMIN, organisations.MemberRole.ADMIN),))
    provider = a_provider()
    world.has(waiting, town, provider)
    for actor, organisation_id, slug, kind in (
        (PROVIDER_ADMIN, "nothing", "organisation-not-found", "not_found"),
        (STRANGER, provider.id, "foreign-organisation", "forbidden"),
        (CURATOR, provider.id, "foreign-organisation", "forbidden"),
        (READER, provider.id, "missing-role", "forbidden"),
        (PROVIDER_ADMIN, waiting.id, "organisation-not-onboarded", "conflict"),
        (PROVIDER_ADMIN, town.id, "not-a-provider", "conflict"),
    ):
        with pytest.raises(ProblemError) as refused:
            await commands.create_solution(
                world.ports, actor, "s", organisation_id=organisation_id, wanted_slug=None, listing=a_listing()
            )
        assert (refused.value.slug, refused.value.kind) == (slug, kind)


async def test_submitting_tells_the_review_everything_it_needs(world: World, provider: Organisation) -> None:
    await create(world, provider)
    loaded = await commands.submit_solution(world.ports, EDITOR, "solution-1")
    assert (loaded.state.state, loaded.version) == (SolutionState.SUBMITTED, 2)
    [event] = world.outbox.take()
    assert isinstance(event, SolutionSubmitted)
    assert event.subject == "solution-1"
    assert (event.data.version, event.data.round, event.data.submitted_by) == (1, 1, EDITOR.user)
    assert event.data.listing == a_listing("Kommunale Räume")
    assert event.data.organisation_name == "Musterlösungen GmbH"


async def test_saving_needs_the_version_that_is_there(world: World, provider: Organisation) -> None:
    await create(world, provider)
    saved = await commands.save_draft(world.ports, EDITOR, "solution-1", a_listing("Zwei"), expected=1)
    assert saved.version == 2
    with pytest.raises(ProblemError) as refused:
        await commands.save_draft(world.ports, EDITOR, "solution-1", a_listing("Drei"), expected=1)
    assert (refused.value.slug, refused.value.kind) == ("stale-version", "stale")
    assert refused.value.detail == "the draft was changed meanwhile: you have version 1, current is 2"
    with pytest.raises(ProblemError, match="stale-version"):
        await commands.submit_solution(world.ports, EDITOR, "solution-1", expected=1)


async def test_what_belongs_to_others_is_left_alone(world: World, provider: Organisation) -> None:
    await create(world, provider)
    for actor, slug in ((STRANGER, "foreign-organisation"), (READER, "missing-role")):
        for attempt in (
            commands.save_draft(world.ports, actor, "solution-1", a_listing(), expected=1),
            commands.submit_solution(world.ports, actor, "solution-1"),
            commands.withdraw_solution(world.ports, actor, "solution-1", None),
            commands.republish_solution(world.ports, actor, "solution-1"),
        ):
            with pytest.raises(ProblemError) as refused:
                await attempt
            assert refused.value.slug == slug


async def test_nothing_can_be_done_with_what_is_not_there(world: World) -> None:
    for attempt in (
        commands.save_draft(world.ports, EDITOR, "nothing", a_listing(), expected=1),
        commands.submit_solution(world.ports, EDITOR, "nothing"),
        commands.suspend_solution(world.ports, CURATOR, "nothing", "x"),
        commands.republish_solution(world.ports, EDITOR, "nothing"),
    ):
        with pytest.raises(ProblemError) as refused:
            await attempt
        assert (refused.value.slug, refused.value.detail) == ("solution-not-found", "there is no solution nothing")


async def test_a_suspended_provider_submits_nothing(world: World, provider: Organisation) -> None:
    await create(world, provider)
    world.has(organisations.suspend(provider, reason="x", at=minutes(1)).state)
    with pytest.raises(ProblemError) as refused:
        await commands.submit_solution(world.ports, EDITOR, "solution-1")
    assert refused.value.slug == "organisation-not-onboarded"
    assert refused.value.detail == "the organisation is not onboarded: it is suspended"


async def test_the_provider_takes_its_solution_offline_and_back(world: World, provider: Organisation) -> None:
    online = published(provider=provider)
    world.has(online)
    await commands.withdraw_solution(world.ports, EDITOR, online.id, "überholt")
    [delisted] = world.outbox.take()
    assert isinstance(delisted, SolutionDelisted)
    assert (delisted.data.reason, delisted.data.note) == ("withdrawn", "überholt")
    world.later()
    loaded = await commands.republish_solution(world.ports, EDITOR, online.id)
    assert loaded.state.state is SolutionState.PUBLISHED
    [back] = world.outbox.take()
    assert isinstance(back, SolutionPublished)
    assert (back.data.version, back.data.published_at) == (1, world.clock.now())
    assert back.data.first_published_at == online.first_published_at


async def test_only_a_curator_suspends_and_lifts_that(world: World, provider: Organisation) -> None:
    online = published(provider=provider)
    world.has(online)
    for actor in (EDITOR, REVIEWER):
        with pytest.raises(ProblemError, match="missing-role"):
            await commands.suspend_solution(world.ports, actor, online.id, "Beschwerde")
    await commands.suspend_solution(world.ports, CURATOR, online.id, "Beschwerde")
    [delisted] = world.outbox.take()
    assert (delisted.data.reason, delisted.data.note) == ("suspended", "Beschwerde")
    with pytest.raises(ProblemError) as refused:
        await commands.republish_solution(world.ports, EDITOR, online.id)
    assert (refused.value.slug, refused.value.detail) == ("missing-role", "this needs the role curator")
    loaded = await commands.republish_solution(world.ports, CURATOR, online.id)
    assert loaded.state.state is SolutionState.PUBLISHED


async def test_what_a_suspended_provider_offers_stays_offline(world: World, provider: Organisation) -> None:
    online = published(provider=provider)
    world.has(online)
    await commands.suspend_solution(world.ports, CURATOR, online.id, "Beschwerde")
    world.has(organisations.suspend(provider, reason="x", at=minutes(1)).state)
    with pytest.raises(ProblemError, match="organisation-not-onboarded"):
        await commands.republish_solution(world.ports, CURATOR, online.id)


async def test_a_decision_that_was_overtaken_is_checked_again(world: World, provider: Organisation) -> None:
    """Two people press submit at the same moment: one wins, the other one is told."""
    draft = a_draft(provider=provider)
    world.has(draft)
    get, first = world.organisations.get, True

    async def get_while_somebody_submits(organisation_id: str, /) -> Loaded[Organisation] | None:
        nonlocal first
        if first:
            first = False
            await commands.submit_solution(world.ports, PROVIDER_ADMIN, draft.id)
        return await get(organisation_id)

    world.organisations.get = get_while_somebody_submits  # type: ignore[method-assign]
    with pytest.raises(ProblemError, match="already-in-review"):
        await commands.submit_solution(world.ports, EDITOR, draft.id)
    assert len(world.outbox.events) == 1


async def test_withdrawing_takes_the_submission_back(world: World, provider: Organisation) -> None:
    waiting = in_review(provider=provider)
    world.has(waiting)
    loaded = await commands.withdraw_solution(world.ports, EDITOR, waiting.id, None)
    assert loaded.state.state is SolutionState.WITHDRAWN
    assert [type(event) for event in world.outbox.take()] == [SolutionDelisted]
