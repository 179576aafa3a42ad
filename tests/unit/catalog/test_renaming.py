"""An organisation has another name: what is going on shows it, what is sealed or over keeps the old one."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
from catalog.application import renaming
from catalog.application.dossier_ports import SurveyPorts
from catalog.application.policies import NotYetKnown
from catalog.application.ports import Position, Selection, Write
from catalog.application.watch_ports import WatchPorts
from catalog.domain.blocklist import Block, Blocklist
from catalog.domain.dossier import Criteria, Dossier, DossierState
from catalog.domain.invitation import Invitation, InvitationState
from catalog.domain.organisation import MemberRole
from catalog.domain.solution import Solution
from catalog.domain.watchlist import Owner, Standing, WatchEntry, Watchlist
from contracts.catalog import OrganisationChanged, OrganisationChangedData

from .fakes import InMemory, InMemoryMarket, InMemoryWatchlists, World
from .given import START, a_draft, a_municipality, a_provider, a_thread, an_inquiry

OLD, NEW = "Stadt Alt", "Stadt Neu"


class Surveys(InMemory[Dossier]):
    async def page(
        self, organisation_ids: Collection[str], *, after: Position | None, limit: int
    ) -> Selection[Dossier]:
        """One a page."""
        own = sorted((each for each in self.held.values()), key=lambda each: each.state.id)
        rest = [each for each in own if after is None or each.state.id > after.id]
        return Selection(rest[:1], Position(START, rest[0].state.id) if len(rest) > 1 else None, len(own))


def a_survey(key: str, state: DossierState) -> Dossier:
    return Dossier(
        id=key,
        organisation_id="town",
        organisation_name=OLD,
        title="x",
        need="x",
        criteria=Criteria(),
        state=state,
        created_at=START,
        updated_at=START,
    )


def an_invitation(key: str, state: InvitationState) -> Invitation:
    return Invitation(
        id=key,
        organisation_id="town",
        organisation_name=OLD,
        email=None,
        role=MemberRole.MEMBER,
        token_hash="x",
        invited_by=None,
        state=state,
        created_at=START,
        expires_at=START,
    )


def changed(organisation_id: str = "town", name: str = NEW) -> OrganisationChanged:
    data = OrganisationChangedData(organisation_id=organisation_id, name=name, kinds=[], changed_at=START)
    return OrganisationChanged.new(data, aggregate_id=organisation_id, time=START)


@pytest.fixture
def surveys(world: World) -> SurveyPorts:
    unused: Any = None
    return SurveyPorts(world.ports, Surveys(world.outbox), InMemoryMarket(), unused)  # type: ignore[arg-type]


@pytest.fixture
def watching(world: World) -> WatchPorts:
    return WatchPorts(world.ports, InMemoryWatchlists(world.outbox), InMemoryMarket())


def becoming(state: Any) -> Any:
    async def decide(_: Any) -> Write[Any]:
        return Write(state)

    return decide


def an_entry(solution: Solution) -> WatchEntry:
    return WatchEntry(
        solution_id=solution.id,
        slug=solution.slug,
        name="x",
        organisation_name=OLD,
        noted=Standing(1, START),
        note="x",
        added_at=START,
        added_by="x",
    )


async def test_what_is_going_on_shows_the_new_name(world: World, surveys: SurveyPorts, watching: WatchPorts) -> None:
    world.has(a_municipality(organisation_id="town", name=NEW))
    inquiries, invitations = world.ports.people.inquiries, world.ports.people.invitations
    asked, sold = an_inquiry(asking="town"), an_inquiry(provider="town")
    thread = a_thread(answering="town")
    for each in (asked, sold):
        await inquiries.add(each.id, each)
    await world.threads.add(thread.id, thread)
    for state in (InvitationState.PENDING, InvitationState.ACCEPTED):
        await invitations.add(state.value, an_invitation(state.value, state))
    for kind in DossierState:
        await surveys.dossiers.add(kind.value, a_survey(kind.value, kind))

    for _ in range(2):
        await renaming.on_organisation_changed(surveys, watching, changed(name="an earlier event"))

    async def state_of(kept: Any, key: str) -> Any:
        return (await kept.get(key)).state

    assert (await state_of(inquiries, asked.id)).asking.organisation_name == NEW
    assert (await state_of(inquiries, asked.id)).provider == asked.provider
    assert (await state_of(inquiries, sold.id)).provider.organisation_name == NEW
    assert (await state_of(world.threads, thread.id)).answering.organisation_name == NEW
    assert (await state_of(world.threads, thread.id)).asking == thread.asking
    offers = {each.value: (await state_of(invitations, each.value)).organisation_name for each in
              (InvitationState.PENDING, InvitationState.ACCEPTED)}  # fmt: skip
    assert offers == {"pending": NEW, "accepted": OLD}
    names = {kind: (await state_of(surveys.dossiers, kind.value)).organisation_name for kind in DossierState}
    assert names == {DossierState.DRAFT: NEW, DossierState.FROZEN: OLD, DossierState.CONCLUDED: OLD}
    assert world.outbox.messages == []


async def test_whoever_blocked_it_sees_whom(world: World, surveys: SurveyPorts, watching: WatchPorts) -> None:
    world.has(a_municipality(organisation_id="town", name=NEW))
    lists = world.ports.uses.blocklists
    blocked = {"town": Block(OLD, "x", START), "other": Block(OLD, "x", START)}
    for key in ("a", "b"):
        await lists.change(key, becoming(Blocklist(key, blocked if key == "a" else {"other": blocked["other"]})))
    for _ in range(2):
        await renaming.on_organisation_changed(surveys, watching, changed())
    held = await lists.get("a")
    assert held.state.blocked == blocked | {"town": Block(NEW, "x", START)}
    assert (held.version, (await lists.get("b")).version) == (2, 1)


async def test_watchlists_call_the_provider_by_its_new_name(
    world: World, surveys: SurveyPorts, watching: WatchPorts
) -> None:
    provider = a_provider(organisation_id="town", name=NEW)
    first, second = (a_draft(provider=provider) for _ in range(2))
    foreign = a_draft(provider=a_provider(organisation_id="other"))
    world.has(provider, first, second, foreign)
    own, shared, elsewhere = Owner("user", "u"), Owner("organisation", "o"), Owner("user", "v")
    noted = {own: (first, foreign), shared: (first, second), elsewhere: (foreign,)}
    for owner, solutions in noted.items():
        entries = {each.id: an_entry(each) for each in solutions}
        await watching.lists.change_of(owner, becoming(Watchlist(owner, entries)))
    for _ in range(2):
        await renaming.on_organisation_changed(surveys, watching, changed())
    for owner, solutions in noted.items():
        held = await watching.lists.of(owner)
        assert held.state.entries == {
            each.id: an_entry(each) if each is foreign else replace(an_entry(each), organisation_name=NEW)
            for each in solutions
        }, "nothing else changes, so a note that is being written is not refused"
        assert held.version == (1 if owner is elsewhere else 2)


async def test_an_organisation_that_is_not_there_yet_is_waited_for(surveys: SurveyPorts, watching: WatchPorts) -> None:
    with pytest.raises(NotYetKnown):
        await renaming.on_organisation_changed(surveys, watching, changed("nobody"))
