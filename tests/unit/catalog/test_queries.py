"""Who may see what."""

import pytest
from catalog.application import queries, rating_queries
from catalog.application.actor import Actor
from catalog.application.commands import ratings as rating_commands
from catalog.application.ports import SolutionFilter
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from catalog.domain.solution import Solution, SolutionState
from servicekit.errors import ProblemError

from .fakes import World
from .given import (
    CLERK,
    CURATOR,
    EDITOR,
    PROVIDER_ADMIN,
    READER,
    REVIEWER,
    STRANGER,
    a_draft,
    a_municipality,
    an_opinion,
    an_organisation,
    published,
)


@pytest.fixture
def online(world: World, provider: Organisation) -> Solution:
    solution = published(provider=provider, slug="online")
    world.has(solution)
    return solution


async def test_the_public_view_changes_its_tag_with_the_solution_and_with_its_ratings(
    world: World, online: Solution
) -> None:
    town = a_municipality()
    world.has(town)
    await world.uses(town, online)
    view = await queries.public_solution(world.ports, "online")
    assert (view.solution.state.number, view.ratings.state.count, view.tag) == (1, 0, '"1.0"')
    await rating_commands.rate_solution(world.ports, CLERK, online.id, None, an_opinion())
    view = await queries.public_solution(world.ports, online.id)
    assert (view.ratings.state.count, view.tag) == (1, '"1.1"')


async def test_what_is_not_online_is_not_there_for_the_public(world: World, provider: Organisation) -> None:
    world.has(a_draft(provider=provider, slug="draft"))
    with pytest.raises(ProblemError) as refused:
        await queries.public_solution(world.ports, "draft")
    assert (refused.value.slug, refused.value.detail) == ("solution-not-found", "there is no solution draft")


@pytest.mark.parametrize("actor", [READER, REVIEWER, CURATOR])
async def test_members_and_the_team_see_drafts(world: World, provider: Organisation, actor: Actor) -> None:
    world.has(a_draft(provider=provider, slug="draft"))
    assert (await queries.whole_solution(world.ports, actor, "draft")).state.slug == "draft"


async def test_others_do_not_see_drafts(world: World, provider: Organisation) -> None:
    world.has(a_draft(provider=provider, slug="draft"))
    with pytest.raises(ProblemError, match="foreign-organisation"):
        await queries.whole_solution(world.ports, STRANGER, "draft")
    with pytest.raises(ProblemError, match="solution-not-found"):
        await queries.whole_solution(world.ports, READER, "nothing")


async def test_whose_solutions_are_listed_in_every_state(world: World, provider: Organisation) -> None:
    world.has(a_municipality())
    draft = SolutionState.DRAFT
    visible = queries.visible_in_every_state
    assert await visible(world.ports, None, None, None) is None
    assert await visible(world.ports, REVIEWER, None, draft) == SolutionFilter(None, draft)
    assert await visible(world.ports, REVIEWER, "any", None) == SolutionFilter({"any"})
    assert await visible(world.ports, READER, None, draft) == SolutionFilter({provider.id}, draft)
    assert await visible(world.ports, READER, provider.id, None) == SolutionFilter({provider.id})
    assert await visible(world.ports, READER, "foreign", None) is None
    assert await visible(world.ports, CLERK, None, None) is None


async def test_only_published_solutions_are_listed_for_the_public(world: World, online: Solution) -> None:
    listed = await queries.public_solutions(world.ports, None, SolutionState.PUBLISHED, after=None, limit=5)
    assert [held.state.id for held in listed.items] == [online.id]
    hidden = await queries.public_solutions(world.ports, None, SolutionState.DRAFT, after=None, limit=5)
    assert (list(hidden.items), hidden.total) == ([], 0)


async def test_the_public_knows_the_summary_and_users_read_the_reports(world: World, online: Solution) -> None:
    town, city = a_municipality(), a_municipality(name="Stadt", members=((STRANGER, MemberRole.MEMBER),))
    world.has(town, city)
    await world.uses(town, online)
    await world.uses(city, online)
    await rating_commands.rate_solution(world.ports, CLERK, online.id, None, an_opinion(5))
    world.later()
    await rating_commands.rate_solution(world.ports, STRANGER, online.id, None, an_opinion(1))
    seen = await rating_queries.ratings_of(world.ports, None, "online")
    assert (seen.book.summary.count, list(seen.readable)) == (2, [])
    seen = await rating_queries.ratings_of(world.ports, EDITOR, "online")
    assert [rating.organisation_name for rating in seen.readable] == ["Stadt", "Landkreis Musterland"]
    await rating_commands.hide_rating(world.ports, CURATOR, online.id, city.id, "Werbung")
    for actor, count in ((EDITOR, 1), (CLERK, 1), (STRANGER, 2), (REVIEWER, 2)):
        seen = await rating_queries.ratings_of(world.ports, actor, "online")
        assert (seen.book.summary.count, len(seen.readable)) == (1, count)


async def test_ratings_of_what_is_offline_are_not_public(world: World, provider: Organisation) -> None:
    world.has(a_draft(provider=provider, slug="draft"))
    for actor in (None, STRANGER):
        with pytest.raises(ProblemError, match="solution-not-found"):
            await rating_queries.ratings_of(world.ports, actor, "draft")
    assert list((await rating_queries.ratings_of(world.ports, READER, "draft")).readable) == []


async def test_requests_are_seen_by_their_members_and_the_team(world: World) -> None:
    waiting = an_organisation(state=OrganisationState.REQUESTED)
    world.has(waiting)
    for actor in (PROVIDER_ADMIN, CURATOR):
        assert (await queries.organisation(world.ports, actor, waiting.id))[1] is True
    for actor in (None, STRANGER):
        with pytest.raises(ProblemError, match="organisation-not-found"):
            await queries.organisation(world.ports, actor, waiting.id)


async def test_onboarded_organisations_are_public(world: World, provider: Organisation) -> None:
    loaded, inside = await queries.organisation(world.ports, None, provider.id)
    assert (loaded.state, inside) == (provider, False)


async def test_the_team_lists_all_organisations_and_others_their_own(world: World, provider: Organisation) -> None:
    waiting = an_organisation(state=OrganisationState.REQUESTED, members=((STRANGER, MemberRole.ADMIN),))
    world.has(waiting)

    async def listed(actor: Actor, state: OrganisationState | None = None) -> set[str]:
        page = await queries.organisations(world.ports, actor, state, after=None, limit=5)
        assert page.total == len(page.items)
        return {held.state.id for held in page.items}

    assert await listed(CURATOR) == {provider.id, waiting.id}
    assert await listed(CURATOR, OrganisationState.REQUESTED) == {waiting.id}
    assert await listed(STRANGER) == {waiting.id}
    assert await listed(STRANGER, OrganisationState.ONBOARDED) == set()
