"""An organisation has another name: what is going on shows it, what is sealed or over keeps the old one."""

from collections.abc import Collection
from typing import Any

import pytest
from catalog.application import renaming
from catalog.application.dossier_ports import SurveyPorts
from catalog.application.policies import NotYetKnown
from catalog.application.ports import Position, Selection
from catalog.domain.dossier import Criteria, Dossier, DossierState
from catalog.domain.invitation import Invitation, InvitationState
from catalog.domain.organisation import MemberRole
from contracts.catalog import OrganisationChanged, OrganisationChangedData

from .fakes import InMemory, InMemoryMarket, World
from .given import START, a_municipality, a_thread, an_inquiry

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


async def test_what_is_going_on_shows_the_new_name(world: World, surveys: SurveyPorts) -> None:
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
        await renaming.on_organisation_changed(surveys, changed(name="an earlier event"))

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


async def test_an_organisation_that_is_not_there_yet_is_waited_for(surveys: SurveyPorts) -> None:
    with pytest.raises(NotYetKnown):
        await renaming.on_organisation_changed(surveys, changed("nobody"))
