"""Who uses a solution: claimed by its provider, confirmed by municipalities, reconfirmed or outdated."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from catalog.application import use_policies as policies
from catalog.application import use_queries as queries
from catalog.application.actor import Actor
from catalog.application.commands import deployments as commands
from catalog.application.commands import onboarding, organisations
from catalog.domain.deployment import Terms
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from catalog.domain.solution import Solution
from contracts.catalog import (
    DeploymentConfirmed,
    DeploymentEnded,
    OrganisationSuspended,
    OrganisationSuspendedData,
    SolutionPublished,
    SolutionPublishedData,
)
from contracts.uses import DeploymentClaimed, DeploymentClaimRefused, DeploymentDue
from contracts.vocabulary import DeploymentVisibility, SizeClass
from servicekit.errors import ProblemError

from .fakes import World
from .given import (
    CLERK,
    CURATOR,
    EDITOR,
    PROVIDER_ADMIN,
    READER,
    STRANGER,
    a_draft,
    a_listing,
    a_municipality,
    a_provider,
    published,
)

PUBLIC, REGISTERED, HIDDEN = (
    DeploymentVisibility.PUBLIC,
    DeploymentVisibility.REGISTERED,
    DeploymentVisibility.HIDDEN,
)
TERMS = Terms(since="2024-05", version="3.1", module="Buchung", visibility=PUBLIC, contact=True)


@pytest.fixture
def online(world: World, provider: Organisation) -> Solution:
    solution = published(provider=provider, slug="online")
    world.has(solution)
    return solution


def editing(**given: Any) -> Organisation:
    return a_municipality(members=((CLERK, MemberRole.EDITOR),), **given)


@pytest.fixture
def town(world: World) -> Organisation:
    held = editing(size_class=SizeClass.UNDER_100K, ars="120640000000")
    world.has(held)
    return held


async def declare(world: World, solution: Solution, terms: Terms = TERMS, **given: Any) -> Any:
    given = {"expected": None, "actor": CLERK, "organisation_id": None, **given}
    return await commands.declare_use(
        world.ports, given["actor"], solution.id, given["organisation_id"], terms, expected=given["expected"]
    )


async def refused(awaited: Any) -> tuple[str, str]:
    with pytest.raises(ProblemError) as refusal:
        await awaited
    return refusal.value.slug, refusal.value.kind


async def test_a_municipality_declares_its_use_and_everybody_learns_all_of_them(
    world: World, town: Organisation, online: Solution
) -> None:
    use = await declare(world, online)
    assert (use.revision, use.by_provider, use.outdated(world.clock.now())) == (1, False, False)
    [event] = world.outbox.take()
    assert isinstance(event, DeploymentConfirmed)
    assert (event.subject, event.data.organisation_id, event.data.change) == (online.id, town.id, "confirmed")
    [deployment] = event.data.deployments
    assert deployment.model_dump(exclude={"confirmed_at"}) == {
        "organisation_id": town.id,
        "organisation_name": "Landkreis Musterland",
        "ars": "120640000000",
        "since": "2024-05",
        "size_class": SizeClass.UNDER_100K,
        "visibility": "public",
        "bundesland": None,
        "version": "3.1",
        "module": "Buchung",
        "outdated": False,
        "by_provider": False,
    }
    assert (await declare(world, online)).revision == 1
    assert world.outbox.take() == []


async def test_a_changed_use_an_ended_one_and_one_that_begins_anew(
    world: World, town: Organisation, online: Solution
) -> None:
    await declare(world, online)
    changed = await declare(world, online, replace(TERMS, version="4.0"), expected=1)
    assert changed.revision == 2
    stale = declare(world, online, replace(TERMS, version="5.0"), expected=1)
    assert await refused(stale) == ("stale-version", "stale")
    world.later()
    again = await commands.reconfirm_use(world.ports, CLERK, online.id, town.id, expected=2)
    assert (again.revision, again.confirmed_at, again.declared_at) == (
        3,
        world.clock.now(),
        world.clock.now() - timedelta(minutes=1),
    )
    early = commands.end_use(world.ports, CLERK, online.id, town.id, "2023", expected=None)
    assert await refused(early) == ("end-before-beginning", "invalid")
    await commands.end_use(world.ports, CLERK, online.id, town.id, "2026-02", expected=3)
    ended = commands.reconfirm_use(world.ports, CLERK, online.id, town.id, expected=None)
    assert await refused(ended) == ("deployment-ended", "conflict")
    begun = await declare(world, online, expected=4)
    assert (begun.revision, begun.ended, begun.declared_at) == (5, None, world.clock.now())
    events = world.outbox.take()
    assert [type(event) for event in events] == [DeploymentConfirmed] * 3 + [DeploymentEnded, DeploymentConfirmed]
    assert [event.data.change for event in events if isinstance(event, DeploymentConfirmed)] == [
        "confirmed",
        "changed",
        "reconfirmed",
        "confirmed",
    ]
    assert [len(event.data.deployments) for event in events] == [1, 1, 1, 0, 1]


async def test_what_cannot_be_declared(world: World, town: Organisation, online: Solution) -> None:
    assert await refused(declare(world, online, Terms(since="2026-04"))) == ("month-in-future", "invalid")
    assert await refused(declare(world, online, Terms(since="2027"))) == ("month-in-future", "invalid")
    hidden = Terms(visibility=HIDDEN, contact=True)
    assert await refused(declare(world, online, hidden)) == ("contact-needs-visibility", "invalid")
    draft = a_draft(provider=a_provider(organisation_id=online.organisation_id), slug="draft")
    world.has(draft)
    assert await refused(declare(world, draft)) == ("not-published", "conflict")
    assert await refused(declare(world, replace(online, id="nothing"))) == ("solution-not-found", "not_found")


async def test_who_may_not_declare(world: World, provider: Organisation, town: Organisation, online: Solution) -> None:
    member = Actor("plain-member")
    both = Actor("both-sides")
    world.has(
        replace(
            town,
            members=(*town.members, member.as_member(MemberRole.MEMBER), both.as_member(MemberRole.EDITOR)),
        ),
        replace(provider, members=(*provider.members, both.as_member(MemberRole.MEMBER))),
    )
    assert await refused(declare(world, online, actor=member)) == ("missing-role", "forbidden")
    assert await refused(declare(world, online, actor=STRANGER)) == ("not-a-municipality", "forbidden")
    foreign = declare(world, online, actor=STRANGER, organisation_id=town.id)
    assert await refused(foreign) == ("foreign-organisation", "forbidden")
    assert await refused(declare(world, online, actor=both)) == ("conflict-of-interest", "forbidden")
    world.has(replace(town, state=OrganisationState.SUSPENDED))
    assert await refused(declare(world, online)) == ("organisation-not-onboarded", "conflict")


async def test_a_provider_that_is_a_municipality_too_is_marked(world: World) -> None:
    members = ((EDITOR, MemberRole.EDITOR),)
    both = a_provider(kinds=("provider", "municipality"), members=members)
    solution = published(provider=both, slug="own")
    world.has(both, solution)
    assert (await declare(world, solution, actor=EDITOR)).by_provider
    [event] = world.outbox.take()
    assert [each.by_provider for each in event.data.deployments] == [True]


async def test_two_municipalities_with_one_ars_are_two(world: World, town: Organisation, online: Solution) -> None:
    world.has(a_municipality(name="Stadt im selben Kreis", ars=town.ars, members=((STRANGER, MemberRole.ADMIN),)))
    await declare(world, online)
    await declare(world, online, actor=STRANGER)
    used = await queries.deployments_of(world.ports, None, "online")
    assert (used.confirmed, [use.organisation_name for use in used.named]) == (
        2,
        ["Landkreis Musterland", "Stadt im selben Kreis"],
    )


async def test_who_sees_whom(world: World, town: Organisation, online: Solution) -> None:
    others = {
        visibility: a_municipality(
            name=f"Stadt {visibility}", size_class=SizeClass.UNDER_5K, members=((Actor(visibility), MemberRole.MEMBER),)
        )
        for visibility in (PUBLIC, REGISTERED, HIDDEN)
    }
    for visibility, other in others.items():
        world.has(other)
        await world.uses(other, online, visibility=visibility, contact=visibility is not HIDDEN)
    public = await queries.deployments_of(world.ports, None, "online")
    assert ([use.organisation_id for use in public.named], public.unnamed) == ([others[PUBLIC].id], 2)
    assert (public.confirmed, public.sizes, public.contactable) == (3, {SizeClass.UNDER_5K: 3}, frozenset())
    registered = await queries.deployments_of(world.ports, READER, "online")
    assert {use.organisation_id for use in registered.named} == {others[PUBLIC].id, others[REGISTERED].id}
    assert (registered.unnamed, registered.contactable) == (1, frozenset())
    asked = await queries.deployments_of(world.ports, CLERK, "online")
    assert asked.contactable == {others[PUBLIC].id, others[REGISTERED].id}
    own = await queries.deployments_of(world.ports, Actor(HIDDEN), "online")
    assert (len(own.named), own.unnamed) == (3, 0)
    team = await queries.deployments_of(world.ports, CURATOR, "online")
    assert (len(team.named), team.unnamed) == (2, 1)
    with pytest.raises(ProblemError, match="foreign-organisation"):
        await queries.own_use(world.ports, STRANGER, "online", others[HIDDEN].id)


async def claim(world: World, solution: Solution, actor: Actor = EDITOR, **given: Any) -> Any:
    values = {"name": None, "organisation_id": None, "since": None, "version": None, "module": None, **given}
    return await commands.claim_use(world.ports, actor, solution.id, **values)


async def test_a_claim_asks_the_municipality_which_confirms_it(
    world: World, town: Organisation, online: Solution
) -> None:
    made = await claim(world, online, organisation_id=town.id, since="2024")
    assert await claim(world, online, organisation_id=town.id, since="2024") == made
    [event] = world.outbox.take()
    assert isinstance(event, DeploymentClaimed)
    assert (event.data.municipality_organisation_id, event.data.claimed) == (town.id, 1)
    public = await queries.deployments_of(world.ports, None, "online")
    assert (public.claimed, list(public.claims)) == (1, [])
    mine = await queries.uses_of(world.ports, CLERK, town.id)
    assert [(solution.id, each.id) for solution, each in mine.claims] == [(online.id, made.id)]
    await declare(world, online)
    [event] = world.outbox.take()
    assert event.data.claimed == 0
    assert [(each.id, is_open) for each, is_open in await queries.claims_of(world.ports, READER, "online")] == [
        (made.id, False)
    ]
    assert await refused(claim(world, online, organisation_id=town.id)) == ("already-confirmed", "conflict")
    withdrawn = commands.withdraw_claim(world.ports, EDITOR, online.id, made.id)
    assert await refused(withdrawn) == ("already-confirmed", "conflict")


async def test_a_municipality_refuses_a_claim_for_good(world: World, town: Organisation, online: Solution) -> None:
    namesake = a_municipality(name="Landkreis MUSTERLAND", members=())
    world.has(namesake)
    made = await claim(world, online, name="landkreis  MUSTERLAND")
    assert (made.organisation_id, world.outbox.take()) == (None, [])
    others = a_municipality(name="Stadt Fremd", members=((STRANGER, MemberRole.EDITOR),))
    world.has(others)
    wrong = commands.refuse_claim(world.ports, STRANGER, online.id, made.id, organisation_id=None, reason="x")
    assert await refused(wrong) == ("not-your-claim", "forbidden")
    await commands.refuse_claim(world.ports, CLERK, online.id, made.id, organisation_id=None, reason="Nie genutzt")
    [event] = world.outbox.take()
    assert isinstance(event, DeploymentClaimRefused)
    assert (event.data.reason, event.data.claimed) == ("Nie genutzt", 0)
    assert (await queries.deployments_of(world.ports, None, "online")).claimed == 0
    again = claim(world, online, name="Landkreis Musterland")
    assert await refused(again) == ("claim-refused", "conflict")
    await declare(world, online)
    [(answered, _)] = await queries.claims_of(world.ports, READER, "online")
    assert answered.answer is not None
    assert answered.answer.confirmed


async def test_a_name_that_one_municipality_has_stands_for_it(
    world: World, town: Organisation, online: Solution
) -> None:
    made = await claim(world, online, name=" landkreis  musterland")
    assert (made.organisation_id, made.name) == (town.id, "Landkreis Musterland")
    assert [type(event) for event in world.outbox.take()] == [DeploymentClaimed]


async def test_a_hidden_use_is_not_told_by_the_answer_to_a_claim(
    world: World, town: Organisation, online: Solution
) -> None:
    first = await claim(world, online, organisation_id=town.id)
    await declare(world, online, Terms(visibility=HIDDEN))
    assert [is_open for _, is_open in await queries.claims_of(world.ports, READER, "online")] == [True]
    assert await claim(world, online, organisation_id=town.id) is not None
    other = published(provider=a_provider(organisation_id=online.organisation_id), slug="other")
    world.has(other)
    await declare(world, other, Terms(visibility=HIDDEN))
    world.outbox.take()
    second = await claim(world, other, organisation_id=town.id)
    assert world.outbox.take() == []
    assert first.id != second.id
    assert [is_open for _, is_open in await queries.claims_of(world.ports, READER, "other")] == [True]
    assert (await queries.deployments_of(world.ports, None, "other")).claimed == 0


async def test_who_may_claim_what(world: World, town: Organisation, provider: Organisation, online: Solution) -> None:
    assert await refused(claim(world, online, READER, name="Stadt")) == ("missing-role", "forbidden")
    assert await refused(claim(world, online, CLERK, name="Stadt")) == ("foreign-organisation", "forbidden")
    assert await refused(claim(world, online, organisation_id="nothing")) == ("organisation-not-found", "not_found")
    assert await refused(claim(world, online, organisation_id=provider.id)) == (
        "claim-of-no-municipality",
        "conflict",
    )
    assert await refused(claim(world, online, name="Stadt", since="2030")) == ("month-in-future", "invalid")
    draft = a_draft(provider=provider, slug="draft")
    world.has(draft)
    assert await refused(claim(world, draft, name="Stadt")) == ("not-published", "conflict")
    assert await refused(queries.claims_of(world.ports, CLERK, "online")) == ("foreign-organisation", "forbidden")


def published_event(solution: Solution) -> SolutionPublished:
    assert solution.live
    assert solution.published_at
    data = SolutionPublishedData(
        solution_id=solution.id,
        slug=solution.slug,
        version=solution.live.number,
        organisation_id=solution.organisation_id,
        organisation_name=solution.organisation_name,
        listing=solution.live.listing,
        published_at=solution.published_at,
        first_published_at=solution.published_at,
    )
    return SolutionPublished.new(data, aggregate_id=solution.id, time=solution.published_at)


async def test_the_listing_s_names_become_claims_and_go_with_it(
    world: World, provider: Organisation, town: Organisation
) -> None:
    listing = a_listing(used_by=["Landkreis Musterland", "Stadt A", "stadt a", "<b>Stadt B</b>"])
    solution = published(a_draft(listing, provider=provider, slug="named"))
    world.has(solution)
    await declare(world, solution)
    await policies.on_published(world.ports, published_event(solution))
    used = await queries.deployments_of(world.ports, None, "named")
    assert (sorted(each.name for each in used.claims), used.claimed) == (["<b>Stadt B</b>", "stadt a"], 2)
    taken = commands.withdraw_claim(world.ports, EDITOR, solution.id, used.claims[0].id)
    assert await refused(taken) == ("claim-from-listing", "conflict")
    shorter = a_listing(used_by=["Stadt A"])
    newest = replace(solution.newest, listing=shorter)
    world.has(replace(solution, versions=(newest,)))
    await policies.on_published(world.ports, published_event(solution))
    used = await queries.deployments_of(world.ports, None, "named")
    assert [each.name for each in used.claims] == ["stadt a"]


async def test_a_municipality_that_says_no_is_named_no_longer(
    world: World, provider: Organisation, town: Organisation
) -> None:
    listing = a_listing(used_by=["Landkreis Musterland", "Stadt A"])
    world.has(published(a_draft(listing, provider=provider, slug="named")))
    solution = await named(world)
    await policies.on_published(world.ports, published_event(solution))
    [asked, _] = (await queries.deployments_of(world.ports, None, "named")).claims
    world.outbox.take()
    await commands.refuse_claim(world.ports, CLERK, solution.id, asked.id, organisation_id=None, reason="Nie genutzt")
    [event] = world.outbox.take()
    for _ in range(2):
        await policies.on_claim_refused(world.ports, event)
    [online] = world.outbox.take()
    assert (online.data.listing.used_by, online.data.revision) == (["Stadt A"], 1)

    again = replace(await named(world), versions=(replace(solution.newest, listing=listing),))
    world.has(again)
    await policies.on_published(world.ports, published_event(again))
    [online] = world.outbox.take()
    assert online.data.listing.used_by == ["Stadt A"], "a later version that names it again"
    await declare(world, solution)
    world.has(again)
    world.outbox.take()
    await policies.on_published(world.ports, published_event(again))
    assert world.outbox.take() == [], "it uses it after all"


async def named(world: World) -> Solution:
    found = await world.ports.solutions.by_slug("named")
    assert found is not None
    return found.state


async def test_a_use_is_reminded_of_once_and_then_outdated_once(
    world: World, town: Organisation, online: Solution
) -> None:
    await declare(world, online)
    world.outbox.take()
    world.later(days=330)
    assert await policies.remind_due(world.ports) == 0
    world.later(days=6)
    assert await policies.remind_due(world.ports) == 1
    assert await policies.remind_due(world.ports) == 0
    [reminder] = world.outbox.take()
    assert isinstance(reminder, DeploymentDue)
    assert (reminder.data.outdated, reminder.data.deployments[0].outdated) == (False, False)
    world.later(days=30)
    used = await queries.deployments_of(world.ports, None, "online")
    assert (used.confirmed, used.outdated, used.sizes) == (0, 1, {})
    assert await policies.remind_due(world.ports) == 1
    assert await policies.remind_due(world.ports) == 0
    [late] = world.outbox.take()
    assert (late.data.outdated, late.data.deployments[0].outdated) == (True, True)
    await commands.reconfirm_use(world.ports, CLERK, online.id, town.id, expected=None)
    [event] = world.outbox.take()
    assert (event.data.change, event.data.deployments[0].outdated) == ("reconfirmed", False)
    world.later(days=336)
    assert await policies.remind_due(world.ports) == 1


async def test_a_worker_that_was_away_for_a_year_tells_only_that_it_is_outdated(
    world: World, town: Organisation, online: Solution
) -> None:
    await declare(world, online)
    world.outbox.take()
    world.later(days=500)
    assert await policies.remind_due(world.ports) == 1
    [event] = world.outbox.take()
    assert event.data.outdated
    assert await policies.remind_due(world.ports) == 0


async def test_a_suspended_municipality_counts_no_longer_and_again_when_it_is_back(
    world: World, town: Organisation, online: Solution
) -> None:
    await declare(world, online)
    world.outbox.take()
    await organisations.suspend_organisation(world.ports, CURATOR, town.id, "Mandat erloschen")
    data = OrganisationSuspendedData(organisation_id=town.id, reason="x", suspended_at=world.clock.now())
    suspension = OrganisationSuspended.new(data, aggregate_id=town.id, time=world.clock.now())
    world.outbox.take()
    for _ in range(2):
        await policies.on_standing_changed(world.ports, suspension)
    [event] = world.outbox.take()
    assert isinstance(event, DeploymentEnded)
    assert event.data.deployments == []
    assert (await queries.deployments_of(world.ports, None, "online")).confirmed == 0
    await onboarding.approve_organisation(world.ports, CURATOR, town.id)
    [onboarded] = [event for event in world.outbox.take() if event.name == "organisation_onboarded"]
    await policies.on_standing_changed(world.ports, onboarded)
    [event] = world.outbox.take()
    assert isinstance(event, DeploymentConfirmed)
    assert len(event.data.deployments) == 1
    await policies.on_standing_changed(world.ports, suspension)
    assert world.outbox.take() == []


async def test_own_uses_with_their_solutions(world: World, town: Organisation, online: Solution) -> None:
    await declare(world, online)
    held = await queries.uses_of(world.ports, CLERK, town.id)
    assert [(solution.slug, use.terms) for solution, use in held.uses] == [("online", TERMS)]
    assert await refused(queries.uses_of(world.ports, PROVIDER_ADMIN, town.id)) == (
        "foreign-organisation",
        "forbidden",
    )
