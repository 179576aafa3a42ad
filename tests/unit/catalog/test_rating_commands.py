"""Ratings as use cases: who may, which answer, and what the others are told."""

from dataclasses import replace

import pytest
from catalog.application import rating_queries as queries
from catalog.application.actor import Actor
from catalog.application.commands import ratings as commands
from catalog.domain import lifecycle
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from catalog.domain.solution import Solution
from contracts.catalog import RatingAdded, RatingHidden
from contracts.uses import RatingReplied, RatingReported, RatingRestored
from contracts.vocabulary import Bundesland, RatingDimension, ReportReason, SizeClass
from servicekit.errors import ProblemError

from .fakes import World
from .given import (
    CLERK,
    CURATOR,
    EDITOR,
    READER,
    REVIEWER,
    STRANGER,
    a_draft,
    a_municipality,
    a_provider,
    an_opinion,
    an_organisation,
    minutes,
    published,
)


@pytest.fixture
def town(world: World) -> Organisation:
    held = a_municipality(size_class=SizeClass.UNDER_100K, bundesland=Bundesland.BB)
    world.has(held)
    return held


@pytest.fixture
async def online(world: World, town: Organisation) -> Solution:
    """A published solution that the town uses."""
    provider = a_provider()
    solution = published(provider=provider)
    world.has(provider, solution)
    await world.uses(town, solution, since="2024-05", version="3.1")
    return solution


async def test_a_member_of_a_municipality_rates_and_everybody_learns_the_summary(
    world: World, town: Organisation, online: Solution
) -> None:
    opinion = an_opinion(4, dimensions={RatingDimension.SUPPORT: 5}, report="Läuft")
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
        "bundesland": Bundesland.BB,
        "version": "3.1",
    }
    assert event.data.summary.model_dump() == {
        "count": 1,
        "average": None,
        "dimensions": {},
        "distribution": {},
    }


async def test_a_revision_is_an_event_and_the_same_again_is_none(
    world: World, town: Organisation, online: Solution
) -> None:
    await commands.rate_solution(world.ports, CLERK, online.id, town.id, an_opinion(4))
    await commands.rate_solution(world.ports, CLERK, online.id, town.id, an_opinion(4))
    await commands.rate_solution(world.ports, CLERK, online.id, town.id, an_opinion(2))
    assert [(event.data.rating.revision, event.data.rating.overall) for event in world.outbox.take()] == [
        (1, 4),
        (2, 2),
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
        "only municipalities rate solutions: Andere GmbH is none",
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
    assert detail == "you belong to more than one municipality: say for which one you act"
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
    [event] = world.outbox.take()
    assert isinstance(event, RatingReplied)
    assert (event.data.organisation_id, event.data.provider_organisation_name) == (town.id, "Musterlösungen GmbH")


async def test_without_a_confirmed_use_nobody_rates(world: World, town: Organisation, online: Solution) -> None:
    other = published(provider=a_provider(organisation_id=online.organisation_id), slug="andere")
    world.has(other)
    assert (await refusal(world, CLERK, other.id, None))[:2] == ("deployment-required", "conflict")
    use = await world.uses(town, other)
    world.later(days=366)
    assert use.outdated(world.clock.now())
    assert (await refusal(world, CLERK, other.id, None))[:2] == ("deployment-outdated", "conflict")


async def test_who_belongs_to_the_provider_rates_for_no_municipality(
    world: World, town: Organisation, online: Solution
) -> None:
    world.has(replace(town, members=(*town.members, EDITOR.as_member(MemberRole.MEMBER))))
    assert (await refusal(world, EDITOR, online.id, town.id))[0] == "own-solution"


async def test_what_strangers_cannot_read_they_cannot_report(
    world: World, town: Organisation, online: Solution
) -> None:
    await commands.rate_solution(world.ports, CLERK, online.id, None, an_opinion())
    world.has(lifecycle.withdraw(online, by=EDITOR.user, note=None, at=minutes(30)).state)
    with pytest.raises(ProblemError, match="solution-not-found"):
        await commands.report_rating(world.ports, STRANGER, online.id, town.id, reason=ReportReason.OTHER, note=None)
    world.outbox.take()
    await commands.report_rating(world.ports, READER, online.id, town.id, reason=ReportReason.OTHER, note=None)
    assert [type(event) for event in world.outbox.take()] == [RatingReported]


async def test_a_report_waits_for_the_team_and_every_step_is_kept(
    world: World, town: Organisation, online: Solution
) -> None:
    await commands.rate_solution(world.ports, CLERK, online.id, None, an_opinion(report="Frau Beispiel ist nett"))
    world.outbox.take()
    for _ in range(2):
        await commands.report_rating(
            world.ports, STRANGER, online.id, town.id, reason=ReportReason.PERSONAL_DATA, note="Name"
        )
    [event] = world.outbox.take()
    assert isinstance(event, RatingReported)
    assert (event.data.reports, event.data.reason, event.actor) == (1, ReportReason.PERSONAL_DATA, None)
    with pytest.raises(ProblemError, match="missing-role"):
        await queries.reported_ratings(world.ports, CLERK, after=None)
    [reported], _ = await queries.reported_ratings(world.ports, REVIEWER, after=None)
    assert [report.note for report in reported.rating.reports] == ["Name"]

    with pytest.raises(ProblemError, match="missing-role"):
        await commands.dismiss_reports(world.ports, REVIEWER, online.id, town.id, "Bleibt")
    await commands.dismiss_reports(world.ports, CURATOR, online.id, town.id, "Bleibt")
    assert (await queries.reported_ratings(world.ports, REVIEWER, after=None))[0] == []
    await commands.hide_rating(world.ports, CURATOR, online.id, town.id, "Nennt doch eine Person")
    with pytest.raises(ProblemError, match="rating-hidden"):
        await commands.report_rating(world.ports, STRANGER, online.id, town.id, reason=ReportReason.OTHER, note=None)
    await commands.restore_rating(world.ports, CURATOR, online.id, town.id, "Geklärt")
    with pytest.raises(ProblemError, match="rating-not-hidden"):
        await commands.restore_rating(world.ports, CURATOR, online.id, town.id, "Geklärt")
    with pytest.raises(ProblemError, match="nothing-reported"):
        await commands.dismiss_reports(world.ports, CURATOR, online.id, town.id, "Bleibt")
    hidden, restored = world.outbox.take()
    assert isinstance(hidden, RatingHidden)
    assert isinstance(restored, RatingRestored)
    assert (restored.data.reason, restored.data.summary.count) == ("Geklärt", 1)
    held = (await queries.moderated_rating(world.ports, REVIEWER, online.id, town.id)).rating
    assert [(step.action, step.reason, step.reports) for step in held.history] == [
        ("dismissed", "Bleibt", 1),
        ("hidden", "Nennt doch eine Person", 0),
        ("restored", "Geklärt", 0),
    ]


async def test_municipalities_like_mine(world: World, town: Organisation, online: Solution) -> None:
    sizes = [SizeClass.UNDER_100K, SizeClass.UNDER_100K, SizeClass.UNDER_100K, SizeClass.UNDER_5K]
    for number, size in enumerate(sizes):
        clerk = Actor(f"clerk-{number}")
        other = a_municipality(
            name=f"Stadt {number}",
            size_class=size,
            bundesland=Bundesland.BB if number == 0 else Bundesland.HE,
            members=((clerk, MemberRole.MEMBER),),
        )
        world.has(other)
        await world.uses(other, online)
        await commands.rate_solution(world.ports, clerk, online.id, None, an_opinion(number + 1))
    seen = await queries.ratings_of(world.ports, CLERK, online.id, like=town.id)
    assert {rating.organisation_name for rating in seen.readable} == {"Stadt 0", "Stadt 1", "Stadt 2"}
    assert seen.like is not None
    assert (seen.like.count, seen.like.average, seen.book.summary.count) == (3, 2.0, 4)
    seen = await queries.ratings_of(world.ports, CLERK, online.id, like=town.id, same_bundesland=True)
    assert [rating.organisation_name for rating in seen.readable] == ["Stadt 0"]
    assert seen.like is not None
    assert (seen.like.count, seen.like.average) == (1, None)
    for actor, organisation_id, slug in (
        (None, town.id, "not-authenticated"),
        (STRANGER, town.id, "foreign-organisation"),
        (CLERK, "nothing", "organisation-not-found"),
    ):
        with pytest.raises(ProblemError, match=slug):
            await queries.ratings_of(world.ports, actor, online.id, like=organisation_id)
    sizeless = a_municipality(name="Ohne Größe")
    world.has(sizeless)
    with pytest.raises(ProblemError, match="size-unknown"):
        await queries.ratings_of(world.ports, CLERK, online.id, like=sizeless.id)
