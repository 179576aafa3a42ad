"""Ratings as use cases: who may, which answer, and what the others are told."""

import pytest
from catalog.application.actor import Actor
from catalog.application.commands import ratings as commands
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from catalog.domain.solution import Solution
from contracts.catalog import RatingAdded, RatingHidden
from contracts.vocabulary import RatingDimension, SizeClass
from servicekit.errors import ProblemError

from .fakes import World
from .given import (
    CLERK,
    CURATOR,
    EDITOR,
    READER,
    STRANGER,
    a_draft,
    a_municipality,
    a_provider,
    an_opinion,
    an_organisation,
    published,
)


@pytest.fixture
def town(world: World) -> Organisation:
    held = a_municipality(size_class=SizeClass.UNDER_100K)
    world.has(held)
    return held


@pytest.fixture
def online(world: World) -> Solution:
    provider = a_provider()
    solution = published(provider=provider)
    world.has(provider, solution)
    return solution


async def test_a_member_of_a_municipality_rates_and_everybody_learns_the_summary(
    world: World, town: Organisation, online: Solution
) -> None:
    opinion = an_opinion(4, dimensions={RatingDimension.SUPPORT: 5}, report="Läuft", used_since="2024-05")
    rated_for, loaded = await commands.rate_solution(world.ports, CLERK, online.id, None, opinion)
    assert (rated_for, loaded.version) == (town.id, 1)
    [event] = world.outbox.take()
    assert isinstance(event, RatingAdded)
    assert event.subject == online.id
    assert (event.data.solution_name, event.data.provider_organisation_id) == (
        "Kommunale Räume",
        online.organisation_id,
    )
    assert event.data.rating.model_dump() == {
        "organisation_id": town.id,
        "organisation_name": "Landkreis Musterland",
        "size_class": SizeClass.UNDER_100K,
        "overall": 4,
        "dimensions": {RatingDimension.SUPPORT: 5},
        "report": "Läuft",
        "used_since": "2024-05",
        "revision": 1,
    }
    assert event.data.summary.model_dump() == {
        "count": 1,
        "average": 4.0,
        "dimensions": {"support": 5.0},
        "distribution": {"1": 0, "2": 0, "3": 0, "4": 1, "5": 0},
    }


async def test_a_revision_is_an_event_and_the_same_again_is_none(
    world: World, town: Organisation, online: Solution
) -> None:
    await commands.rate_solution(world.ports, CLERK, online.id, town.id, an_opinion(4))
    await commands.rate_solution(world.ports, CLERK, online.id, town.id, an_opinion(4))
    await commands.rate_solution(world.ports, CLERK, online.id, town.id, an_opinion(2))
    assert [(event.data.rating.revision, event.data.summary.average) for event in world.outbox.take()] == [
        (1, 4.0),
        (2, 2.0),
    ]


async def refusal(world: World, actor: Actor, solution_id: str, organisation_id: str | None) -> tuple[str, str, str]:
    with pytest.raises(ProblemError) as refused:
        await commands.rate_solution(world.ports, actor, solution_id, organisation_id, an_opinion())
    return refused.value.slug, refused.value.kind, refused.value.detail


async def test_who_may_not_rate(world: World, town: Organisation, online: Solution) -> None:
    other = a_provider(name="Andere GmbH", members=((STRANGER, MemberRole.ADMIN),))
    waiting = an_organisation(
        kinds=("municipality",), state=OrganisationState.REQUESTED, members=((STRANGER, MemberRole.ADMIN),)
    )
    world.has(other, waiting)
    own = ("own-solution", "forbidden", "you cannot rate a solution of your own organisation")
    assert await refusal(world, READER, online.id, None) == own
    assert await refusal(world, CLERK, online.id, online.organisation_id) == own
    assert await refusal(world, CURATOR, online.id, None) == (
        "not-a-municipality",
        "forbidden",
        "only members of an onboarded municipality rate solutions",
    )
    assert await refusal(world, STRANGER, online.id, other.id) == (
        "not-a-municipality",
        "forbidden",
        "only municipalities rate: Andere GmbH is none",
    )
    assert (await refusal(world, STRANGER, online.id, town.id))[0] == "foreign-organisation"
    assert (await refusal(world, STRANGER, online.id, waiting.id))[0] == "organisation-not-onboarded"
    assert (await refusal(world, STRANGER, online.id, None))[0] == "organisation-not-onboarded"
    assert (await refusal(world, CLERK, online.id, "nothing"))[0] == "organisation-not-found"


async def test_who_belongs_to_two_municipalities_says_for_which(
    world: World, town: Organisation, online: Solution
) -> None:
    world.has(a_municipality(name="Stadt Beispielstadt"))
    slug, kind, detail = await refusal(world, CLERK, online.id, None)
    assert (slug, kind) == ("organisation-required", "invalid")
    assert detail == "you belong to more than one municipality: say for which one you rate"
    rated_for, _ = await commands.rate_solution(world.ports, CLERK, online.id, town.id, an_opinion())
    assert rated_for == town.id


async def test_only_what_is_published_can_be_rated(world: World, town: Organisation) -> None:
    provider = a_provider()
    draft = a_draft(provider=provider)
    world.has(provider, draft)
    assert await refusal(world, CLERK, draft.id, None) == (
        "not-published",
        "conflict",
        "cannot rate: the solution is draft, not published",
    )
    assert (await refusal(world, CLERK, "nothing", None))[:2] == ("solution-not-found", "not_found")


async def test_a_curator_hides_a_rating(world: World, town: Organisation, online: Solution) -> None:
    await commands.rate_solution(world.ports, CLERK, online.id, None, an_opinion())
    world.outbox.take()
    with pytest.raises(ProblemError, match="missing-role"):
        await commands.hide_rating(world.ports, EDITOR, online.id, town.id, "Werbung")
    await commands.hide_rating(world.ports, CURATOR, online.id, town.id, "Werbung")
    [event] = world.outbox.take()
    assert isinstance(event, RatingHidden)
    assert (event.data.organisation_id, event.data.reason, event.data.summary.count) == (town.id, "Werbung", 0)


async def test_the_provider_answers(world: World, town: Organisation, online: Solution) -> None:
    await commands.rate_solution(world.ports, CLERK, online.id, None, an_opinion())
    world.outbox.take()
    for actor, slug in ((CLERK, "foreign-organisation"), (READER, "missing-role")):
        with pytest.raises(ProblemError, match=slug):
            await commands.reply_to_rating(world.ports, actor, online.id, town.id, "Danke")
    loaded = await commands.reply_to_rating(world.ports, EDITOR, online.id, town.id, "Danke")
    held = loaded.state.rating(town.id).reply
    assert held is not None
    assert held.text == "Danke"
    assert world.outbox.messages == []
