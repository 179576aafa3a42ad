"""Erasure on request: what stands in its way, what is forgotten, and what stays the organisations'."""

from typing import Any

import pytest
from catalog.application import personal_data
from catalog.application.actor import Actor
from catalog.application.commands import erasure, inquiries, ratings, watchlists
from catalog.application.dossier_ports import SurveyPorts
from catalog.application.media_ports import MediaPorts
from catalog.application.ports import Loaded
from catalog.application.watch_ports import WatchPorts
from catalog.domain import dossier as dossiers
from catalog.domain.dossier import Criteria, Dossier, DossierState, LogEntry, Person, Step
from catalog.domain.inquiry import Wish
from catalog.domain.invitation import Invitation, InvitationState
from catalog.domain.mandate import Proof
from catalog.domain.organisation import MemberRole, OrganisationState
from catalog.entrypoints.api.schemas.personal_data import PersonalDataView
from contracts.catalog import MemberLeft
from contracts.people import PersonErased
from contracts.watches import WatchEnded
from servicekit.errors import ProblemError

from .fakes import InMemory, InMemoryMarket, InMemoryWatchlists, World
from .given import (
    CLERK,
    PROVIDER_ADMIN,
    START,
    a_draft,
    a_municipality,
    a_provider,
    an_opinion,
    an_organisation,
    published,
    submitted,
)

COLLEAGUE = Actor("colleague", "Carla", "carla@example.org")
TWO = ((CLERK, MemberRole.ADMIN), (COLLEAGUE, MemberRole.ADMIN))


class Surveys(InMemory[Dossier]):
    async def with_person(self, user: str) -> list[Dossier]:
        return [held.state for held in self.held.values() if user in {each.by.user for each in held.state.log}]


class Forgetting:
    """The use cases with the ports they need."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.surveys = Surveys(world.outbox)
        unused: Any = None
        self._surveys = SurveyPorts(world.ports, self.surveys, InMemoryMarket(), unused)  # type: ignore[arg-type]
        self.watching = WatchPorts(world.ports, InMemoryWatchlists(world.outbox), InMemoryMarket())
        self._files = MediaPorts(unused, unused, unused)

    async def ask(self, actor: Actor, confirmed: str | None = None) -> list[str]:
        said = actor.user if confirmed is None else confirmed
        return await erasure.erase_person(self.world.ports, self.watching, self._files, actor, confirmed=said)

    async def follow(self, actor: Actor) -> None:
        await erasure.forget_everywhere(self.world.ports, self.watching, self._surveys, actor.user)

    async def kept(self, actor: Actor) -> dict[str, Any]:
        found = await personal_data.of_person(self.world.ports, self.watching, self._surveys, actor.user, actor.email)
        return PersonalDataView.of(found, actor).model_dump(mode="json")


@pytest.fixture
def forgetting(world: World) -> Forgetting:
    return Forgetting(world)


async def refused(forgetting: Forgetting, actor: Actor, confirmed: str | None = None) -> str:
    with pytest.raises(ProblemError) as problem:
        await forgetting.ask(actor, confirmed)
    return problem.value.slug


def a_survey(dossier_id: str, state: DossierState) -> Dossier:
    return Dossier(
        id=dossier_id,
        organisation_id="town",
        organisation_name="Stadt",
        title="t",
        need="n",
        criteria=Criteria(),
        state=state,
        created_at=START,
        updated_at=START,
        log=(
            LogEntry(START, Person(CLERK.user, CLERK.name), Step.CREATED),
            LogEntry(START, Person("other", "Otto"), Step.EDITED),
        ),
    )


async def test_a_wish_is_confirmed_with_the_own_id(world: World, forgetting: Forgetting) -> None:
    for wrong in ("", "ja", COLLEAGUE.user):
        assert await refused(forgetting, CLERK, wrong) == "erasure-unconfirmed"
    assert world.outbox.take() == []


async def test_nothing_happens_while_one_organisation_needs_the_person(world: World, forgetting: Forgetting) -> None:
    free = a_municipality(members=TWO)
    alone = a_municipality(members=((CLERK, MemberRole.ADMIN), (COLLEAGUE, MemberRole.EDITOR)))
    seller = an_organisation(members=((CLERK, MemberRole.ADMIN),))
    online = published(provider=seller)
    world.has(free, alone, seller, online)
    assert await refused(forgetting, CLERK) == "erasure-last-admin"
    world.has(a_municipality(organisation_id=alone.id, members=((CLERK, MemberRole.ADMIN),)))
    assert await refused(forgetting, CLERK) == "erasure-last-admin", "its listing would be online without anybody"
    assert len(await world.organisations.of_member(CLERK.user)) == 3
    assert world.outbox.take() == []
    world.has(submitted(a_draft(provider=seller, id=online.id)))
    assert await refused(forgetting, CLERK) == "erasure-last-admin", "it may go online any moment"
    world.has(a_draft(provider=seller, id=online.id))
    assert sorted(await forgetting.ask(CLERK)) == sorted([free.id, alone.id, seller.id])
    events = world.outbox.take()
    assert [type(event) for event in events if not isinstance(event, MemberLeft)][-1] is PersonErased
    assert sum(isinstance(event, MemberLeft) for event in events) == 3


async def test_every_trace_is_forgotten_and_what_was_said_stays(world: World, forgetting: Forgetting) -> None:
    town, provider = a_municipality(members=TWO), a_provider()
    online = published(provider=provider)
    world.has(town, provider, online)
    await world.uses(town, online)
    await ratings.rate_solution(world.ports, CLERK, online.id, None, an_opinion(4, report="Gut"))
    await inquiries.send_inquiry(
        world.ports,
        CLERK,
        "inquiry",
        solution_id=online.id,
        organisation_id=None,
        wish=Wish(subject="s"),
        text="Preis?",
    )
    for listed in ("me", town.id):
        await watchlists.watch(forgetting.watching, CLERK, listed, online.id, note="privat")
    for survey in (a_survey("draft", DossierState.DRAFT), a_survey("frozen", DossierState.FROZEN)):
        await forgetting.surveys.add(survey.id, survey)
    world.outbox.take()

    held = await forgetting.kept(CLERK)
    assert [each["email"] for each in held["memberships"]] == [CLERK.email]
    assert [(each["kind"], each["text"]) for each in held["written"]] == [("inquiry", "Preis?")]
    assert [(each["part"], each["text"]) for each in held["ratings"]] == [("rating", "Gut")]
    assert [(each["organisation_id"], each["note"]) for each in held["watched"]] == [
        (None, "privat"),
        (town.id, "privat"),
    ]
    assert {each["dossier_id"] for each in held["market_surveys"]} == {"draft", "frozen"}
    assert (await forgetting.kept(PROVIDER_ADMIN))["written"] == [], "what others wrote is theirs"

    for _ in range(2):
        assert await forgetting.ask(CLERK) in ([town.id], [])
        await forgetting.follow(CLERK)
    assert sum(isinstance(event, WatchEnded) for event in world.outbox.take()) == 1
    empty = await forgetting.kept(CLERK)
    kept = {name: found for name, found in empty.items() if isinstance(found, list) and found}
    assert [each["dossier_id"] for each in kept.pop("market_surveys")] == ["frozen"], "sealed with its log"
    assert kept == {}

    book = (await world.ports.ratings.get(online.id)).state
    assert (book.rating(town.id).rated_by, book.rating(town.id).opinion.report) == ("", "Gut")
    inquiry: Any = await world.ports.people.inquiries.get("inquiry")
    assert (inquiry.state.messages[0].by, inquiry.state.messages[0].text) == (None, "Preis?")
    draft: Any = await forgetting.surveys.get("draft")
    assert [each.by for each in draft.state.log] == [Person(""), Person("other", "Otto")]


async def test_requests_are_withdrawn_and_proofs_erased(world: World, forgetting: Forgetting) -> None:
    proof = Proof(given_by=CLERK.user, given_at=START, statement="Amtsleitung Kai Kommune")
    mine = ((CLERK, MemberRole.ADMIN),)
    waiting = a_municipality(state=OrganisationState.REQUESTED, members=mine, proof=proof)
    turned_down = a_municipality(state=OrganisationState.REFUSED, members=mine)
    stopped = a_municipality(state=OrganisationState.SUSPENDED, members=TWO, proof=proof)
    world.has(waiting, turned_down, stopped)
    await forgetting.ask(CLERK)
    found: Any = [await world.organisations.get(each.id) for each in (waiting, turned_down, stopped)]
    assert [held.state.state.value for held in found] == ["refused", "refused", "suspended"]
    assert [[member.user for member in held.state.members] for held in found] == [[], [], [COLLEAGUE.user]]
    assert [held.state.proof and held.state.proof.given for held in found] == [False, None, False]
    assert "löschen" in found[0].state.reason
    assert [event.data.organisation_id for event in world.outbox.take() if isinstance(event, MemberLeft)] == [
        stopped.id
    ]


async def test_an_invitation_to_the_person_is_taken_back(world: World, forgetting: Forgetting) -> None:
    invitation = Invitation(
        id="one",
        organisation_id="org",
        organisation_name="Stadt",
        email=str(CLERK.email).upper(),
        role=MemberRole.EDITOR,
        token_hash="x",
        invited_by="admin",
        created_at=START,
        expires_at=START,
    )
    await world.ports.people.invitations.add("one", invitation)
    assert [each["part"] for each in (await forgetting.kept(CLERK))["invitations"]] == ["received"]
    await forgetting.ask(CLERK)
    ended: Loaded[Invitation] | None = await world.ports.people.invitations.get("one")
    assert ended is not None
    assert (ended.state.state, ended.state.email) == (InvitationState.REVOKED, None)
    await forgetting.ask(Actor(CLERK.user))


def test_a_frozen_survey_is_not_touched() -> None:
    frozen = a_survey("one", DossierState.FROZEN)
    assert dossiers.forget_person(frozen, CLERK.user) is frozen
