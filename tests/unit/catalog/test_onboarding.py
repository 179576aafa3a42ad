"""Onboarding with a regional key and a proof of mandate, and what happens when two have the same key."""

from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from catalog.application.actor import Actor
from catalog.application.commands import media as sweeping
from catalog.application.commands import onboarding as commands
from catalog.application.commands.onboarding import RequestOrganisation
from catalog.application.commands.regional_keys import same_ars
from catalog.application.media_ports import Examined, MediaPorts, MediaRecord, Variant
from catalog.domain.organisation import Organisation, OrganisationState
from contracts.people import OnboardingRequested
from contracts.vocabulary import Bundesland, OrganisationKind
from servicekit.errors import ProblemError

from .fakes import World
from .given import CLERK, CURATOR, PROVIDER_ADMIN, REVIEWER, STRANGER

TOWN = RequestOrganisation(
    name="Gemeinde Ä",
    kinds=(OrganisationKind.MUNICIPALITY,),
    ars="12064",
    website_url="https://www.example.org/",
    mandate="Leitung des Hauptamts",
)


@dataclass
class Kept:
    """Bytes and records in memory, and an examiner that finds every upload to be a document."""

    bytes: dict[str, bytes] = field(default_factory=dict)
    held: dict[str, MediaRecord] = field(default_factory=dict)

    async def put(self, first: Any, file: Path | None = None, *, media_type: str = "") -> None:
        if isinstance(first, MediaRecord):
            self.held[first.id] = first
        elif file is not None:
            self.bytes[first] = file.read_bytes()

    async def get(self, media_id: str) -> MediaRecord | None:
        return self.held.get(media_id)

    async def due(self, moment: datetime) -> Any:
        for record in [each for each in self.held.values() if each.check_at <= moment]:
            yield record

    async def delete(self, what: Any) -> bool:
        if isinstance(what, MediaRecord):
            return self.held.pop(what.id, None) is not None
        for key in what:
            self.bytes.pop(key, None)
        return True

    @asynccontextmanager
    async def examined(self, upload: Path) -> Any:
        yield Examined("document", "application/pdf", upload.stat().st_size, (Variant("original", upload),), pages=1)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def files(kept: Kept) -> MediaPorts:
    return MediaPorts(kept, kept, kept)  # type: ignore[arg-type]


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "vollmacht.pdf"
    path.write_bytes(b"%PDF-1.7 Vollmacht")
    return path  # type: ignore[return-value]


async def ask(world: World, actor: Actor = CLERK, key: str = "town", **given: Any) -> Organisation:
    return (await commands.request_organisation(world.ports, actor, key, replace(TOWN, **given))).state


async def slug_of(attempt: Any) -> str:
    with pytest.raises(ProblemError) as refused:
        await attempt
    return refused.value.slug


async def test_a_regional_key_names_the_federal_state(world: World) -> None:
    held = await ask(world)
    assert (held.ars, held.bundesland) == ("120640000000", Bundesland.BB)
    assert await slug_of(ask(world, key="other", bundesland=Bundesland.BY)) == "ars-elsewhere"


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ({"ars": None}, "ars-required"),
        ({"ars": "99064"}, "ars-invalid"),
        ({"ars": "1206"}, "ars-invalid"),
        ({"ars": "١٢٠٦٤"}, "ars-invalid"),
        ({"ars": "05111", "bundesland": Bundesland.BB}, "ars-elsewhere"),
        ({"website_url": None}, "website-required"),
    ],
)
async def test_a_municipality_states_a_key_of_its_state_and_a_statement_needs_a_web_site(
    world: World, given: dict[str, Any], slug: str
) -> None:
    assert await slug_of(ask(world, **given)) == slug
    assert world.outbox.messages == []


async def test_a_provider_needs_neither_key_nor_proof(world: World) -> None:
    await ask(world, kinds=(OrganisationKind.PROVIDER,), ars=None, mandate=None)
    assert (await commands.approve_organisation(world.ports, CURATOR, "town")).state.onboarded


async def test_nobody_becomes_a_municipality_without_a_proof(world: World) -> None:
    await ask(world, mandate=None)
    assert await slug_of(commands.approve_organisation(world.ports, CURATOR, "town")) == "mandate-unproven"


async def test_two_requests_with_one_key_need_a_confirmation_that_names_the_other(world: World) -> None:
    await ask(world)
    await ask(world, STRANGER, "twin", ars="120640000000")
    for each in ("town", "twin"):
        assert await slug_of(commands.approve_organisation(world.ports, CURATOR, each)) == "ars-shared"
    approved = await commands.approve_organisation(world.ports, CURATOR, "town", shares_ars_with=frozenset({"twin"}))
    assert approved.state.shares_ars_with == ("twin",)
    assert await slug_of(commands.approve_organisation(world.ports, CURATOR, "twin")) == "ars-shared"
    await ask(world, PROVIDER_ADMIN, "third")
    stale = frozenset({"town"})  # the third one came while the page was open
    assert await slug_of(commands.approve_organisation(world.ports, CURATOR, "twin", shares_ars_with=stale))
    await commands.refuse_organisation(world.ports, CURATOR, "third", "doppelt")
    assert (await commands.approve_organisation(world.ports, CURATOR, "twin", shares_ars_with=stale)).state.onboarded


async def test_the_team_sees_who_has_the_same_key(world: World) -> None:
    town, twin = await ask(world), await ask(world, STRANGER, "twin")
    other = await ask(world, STRANGER, "other", ars="05111")
    alike = await same_ars(world.ports, [town, twin, other])
    assert {key: [each.id for each in found] for key, found in alike.items()} == {
        "town": ["twin"],
        "twin": ["town"],
        "other": [],
    }


async def test_a_refused_request_is_made_again_and_keeps_its_file(world: World, files: MediaPorts, paper: Path) -> None:
    await ask(world, mandate=None)
    await commands.give_proof(world.ports, files, CLERK, "town", paper)
    await commands.refuse_organisation(world.ports, CURATOR, "town", "Unterschrift fehlt")
    world.outbox.take()
    again = replace(TOWN, name="Gemeinde Ä (neu)")
    assert await slug_of(commands.request_again(world.ports, STRANGER, "town", again)) == "foreign-organisation"
    held = (await commands.request_again(world.ports, CLERK, "town", again)).state
    assert (held.name, held.state, held.reason) == ("Gemeinde Ä (neu)", OrganisationState.REQUESTED, None)
    assert held.proof
    assert held.proof.file
    assert (held.proof.statement, held.proof.erase_at) == ("Leitung des Hauptamts", None)
    assert held.members[0].email == CLERK.email
    [told] = world.outbox.take()
    assert isinstance(told, OnboardingRequested)
    assert told.data.again
    assert await slug_of(commands.request_again(world.ports, CLERK, "town", again)) == "wrong-state"


async def test_a_proof_is_for_curators_and_who_gave_it(world: World, files: MediaPorts, paper: Path) -> None:
    await ask(world)
    assert await slug_of(commands.give_proof(world.ports, files, STRANGER, "town", paper)) == "foreign-organisation"
    assert await slug_of(commands.require_proving(world.ports, STRANGER, "town")) == "foreign-organisation"
    held = await commands.give_proof(world.ports, files, CLERK, "town", paper)
    assert held.state.proof
    assert held.state.proof.statement == "Leitung des Hauptamts"
    for reader in (CLERK, CURATOR):
        assert (await commands.proof_file(world.ports, files, reader, "town")).organisation_id == "town"
    for stranger in (REVIEWER, STRANGER):
        assert await slug_of(commands.proof_file(world.ports, files, stranger, "town")) == "proof-not-found"
    await commands.approve_organisation(world.ports, CURATOR, "town")
    assert await slug_of(commands.give_proof(world.ports, files, CLERK, "town", paper)) == "wrong-state"
    assert await slug_of(commands.require_proving(world.ports, CLERK, "town")) == "wrong-state"


async def test_a_proof_is_erased_ninety_days_after_the_decision(
    world: World, files: MediaPorts, kept: Kept, paper: Path
) -> None:
    await ask(world)
    await commands.give_proof(world.ports, files, CLERK, "town", paper)
    world.later(days=400)  # an undecided request keeps its proof
    assert await commands.erase_proofs(world.ports, files) == 0
    await commands.approve_organisation(world.ports, CURATOR, "town")
    world.later(days=89)
    assert (await commands.erase_proofs(world.ports, files), await sweeping.sweep(world.ports, files)) == (0, 0)
    assert len(kept.bytes) == 1
    world.later(days=1)
    assert await commands.erase_proofs(world.ports, files) == 1
    assert (kept.bytes, kept.held) == ({}, {})
    held = (await world.ports.organisations.get("town")).state.proof  # type: ignore[union-attr]
    assert held is not None
    assert (held.given, held.given_by, held.erased_at) == (False, None, world.clock.now())
    assert await commands.erase_proofs(world.ports, files) == 0


async def test_a_replaced_file_is_swept(world: World, files: MediaPorts, kept: Kept, paper: Path) -> None:
    await ask(world)
    await commands.give_proof(world.ports, files, CLERK, "town", paper)
    paper.write_bytes(b"%PDF-1.7 better")
    await commands.give_proof(world.ports, files, CLERK, "town", paper)
    assert len(kept.bytes) == 2
    world.clock.advance(timedelta(hours=25))
    assert await sweeping.sweep(world.ports, files) == 1
    assert list(kept.bytes.values()) == [b"%PDF-1.7 better"]
