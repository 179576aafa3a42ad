"""A catalog in memory where everything that a route can name exists, and belongs to somebody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, MagicMock

from catalog.adapters.recent import RecentAnswers
from catalog.application.dossier_ports import SurveyPorts
from catalog.application.loading import Loaded
from catalog.application.media_ports import Blob, Examined, MediaPorts, MediaRecord, Variant
from catalog.application.publiccode.ports import NO_FILE, NotFetched, PubliccodePorts
from catalog.application.watch_ports import WatchPorts
from catalog.domain import correcting, rating, using
from catalog.domain.deployment import Claim, ClaimSource, DeploymentBook, Terms
from catalog.domain.dossier import Candidate, Criteria, Dossier
from catalog.domain.invitation import Invitation, hashed
from catalog.domain.mandate import Proof, ProofFile
from catalog.domain.organisation import MemberRole, Organisation
from catalog.domain.rating import RatingBook
from catalog.domain.requirement import Need, Requirement
from catalog.domain.requirement_profile import RequirementProfile
from catalog.domain.solution import Solution
from catalog.settings import CatalogSettings
from contracts.listing import Media

from tests.unit.catalog import given
from tests.unit.catalog.fakes import InMemory, InMemoryMarket, InMemoryWatchlists, World, new_world

from .persons import BUYER, ELSEWHERE, MAYOR, PROVIDER, RIVAL

PICTURE, SECRET = "picture", "secret"
PUBLISHED = "published"
"""What is known about the solution that is online: its uses, ratings and corrections, which a draft cannot have."""
CORRECTION = 1
BUYING = given.Actor(BUYER, "Bea Beschaffung", "buyer@example.org")
MAYORAL = given.Actor(MAYOR, "Maja Meisterin", "mayor@example.org")
RIVALLING = given.Actor(RIVAL, "Rio Rivale", "rival@example.org")


class HeldFiles:
    """Uploads: the records and the bytes of one picture."""

    def __init__(self, *records: MediaRecord) -> None:
        self._records = {each.id: each for each in records}

    async def get(self, media_id: str) -> MediaRecord | None:
        return self._records.get(media_id)

    async def count(self, solution_id: str) -> int:
        return 1

    async def put(self, *_: Any, **__: Any) -> None: ...

    async def open(self, key: str) -> Blob | None:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"%PDF"

        return Blob(4, chunks())

    @asynccontextmanager
    async def examined(self, upload: Path) -> AsyncIterator[Examined]:
        yield Examined("document", "application/pdf", 4, (Variant("original", upload),), pages=1)


class Removable(InMemory[Any]):
    """Dossiers and requirement profiles."""

    async def remove(self, loaded: Loaded[Any]) -> bool:
        return self.held.pop(loaded.state.id, None) is not None

    async def page(self, *_: Any, **__: Any) -> Any:
        return SimpleNamespace(items=[], following=None, total=0)

    async def of_organisations(self, _: Any) -> list[Any]:
        return []

    async def with_person(self, _: str) -> list[Any]:
        return []


def held_catalog(known: dict[str, Any]) -> Any:
    """Return the container of such a catalog; `known` is told the ids."""
    world = new_world()
    provider, town = _provider(), given.a_municipality(
        members=((given.CLERK, MemberRole.MEMBER), (BUYING, MemberRole.EDITOR), (MAYORAL, MemberRole.ADMIN))
    )  # fmt: skip
    rival = given.an_organisation(organisation_id=ELSEWHERE, members=((RIVALLING, MemberRole.ADMIN),))
    draft = _with_picture(given.a_draft(provider=provider, id="draft", slug="entwurf"))
    online = _corrected(given.published(provider=provider, id="online", slug="oeffentlich"))
    world.has(provider, town, rival, draft, online)
    _rated(world, online, provider, town)
    claim = _used(world, online, provider, town)
    dossier, profile = _dossier(town, draft), _requirement_profile(town)
    invitation = _invitation(provider)
    thread = given.a_thread(asking=town.id, answering=provider.id)
    inquiry = given.an_inquiry(asking=town.id, provider=provider.id)
    world.threads.held[thread.id] = Loaded(thread, 1)
    world.ports.people.inquiries.held[inquiry.id] = Loaded(inquiry, 1)  # type: ignore[attr-defined]
    world.ports.people.invitations.held[invitation.id] = Loaded(invitation, 1)  # type: ignore[attr-defined]
    known |= {
        "organisation_id": provider.id,
        "solution_id": draft.id,
        "id_or_slug": draft.id,
        "media_id": PICTURE,
        "user": given.READER.user,
        "invitation_id": invitation.id,
        "token": f"{invitation.id}.{SECRET}",
        "thread_id": thread.id,
        "inquiry_id": inquiry.id,
        "message_id": f"{inquiry.id}-0",
        "dossier_id": dossier.id,
        "profile_id": profile.id,
        "list_id": provider.id,
        "overall": 4,
        PUBLISHED: {
            "solution_id": online.id,
            "id_or_slug": online.id,
            "claim_id": claim.id,
            "number": CORRECTION,
        },
    }
    return _container(world, dossier, profile, draft)


def _provider() -> Organisation:
    """Provider and municipality in one, so that it can do whatever an organisation can."""
    file = ProofFile("file", "document", "application/pdf", 1)
    return given.a_provider(
        organisation_id=PROVIDER,
        kinds=("provider", "municipality"),
        proof=Proof(given_by=given.PROVIDER_ADMIN.user, statement="x", file=file),
    )


def _with_picture(draft: Solution) -> Solution:
    picture = Media(id=PICTURE, kind="document", media_type="application/pdf", alt="x", size=4, pages=1)
    newest = draft.newest
    shown = replace(newest, listing=newest.listing.model_copy(update={"media": [picture]}))
    return replace(draft, versions=(*draft.versions[:-1], shown))


def _corrected(online: Solution) -> Solution:
    answers = {"support_url": "https://hilfe.example.org/"}
    return correcting.correct(online, answers, by=given.EDITOR.user, at=given.minutes(10)).state


def _rated(world: World, online: Solution, *raters: Organisation) -> None:
    book = RatingBook(online.id)
    for rater in raters:
        book = rating.rate(
            book,
            given.an_opinion(overall=2),
            organisation_id=rater.id,
            organisation_name=rater.name,
            context=rating.Context(),
            by="somebody",
            at=given.minutes(20),
        ).state
    world.ports.ratings.books.held[online.id] = Loaded(book, 1)  # type: ignore[attr-defined]


def _used(world: World, online: Solution, provider: Organisation, town: Organisation) -> Claim:
    """Both say that they use it; one claim about the town waits for its answer all the same."""
    book, at = DeploymentBook(online.id), given.minutes(20)
    for user in (provider, town):
        book = using.declare(book, user, Terms(), by_provider=user is provider, by="somebody", at=at).state
    claim = Claim(
        id="claim", name=town.name, organisation_id=town.id, source=ClaimSource.PROVIDER, by=given.EDITOR.user, at=at
    )
    world.ports.uses.deployments.books.held[online.id] = Loaded(book.with_claims([claim]), 1)  # type: ignore[attr-defined]
    return claim


def _invitation(provider: Organisation) -> Invitation:
    return Invitation(
        id="invitation",
        organisation_id=provider.id,
        organisation_name=provider.name,
        email="guest@example.org",
        role=MemberRole.MEMBER,
        token_hash=hashed(SECRET),
        invited_by=given.PROVIDER_ADMIN.user,
        created_at=given.START,
        expires_at=given.START + timedelta(days=14),
    )


def _dossier(town: Organisation, found: Solution) -> Dossier:
    candidate = Candidate(
        solution_id=found.id, slug=found.slug, name="x", organisation_name="x", noted_version=1, included=True
    )
    return Dossier(
        id="dossier",
        organisation_id=town.id,
        organisation_name=town.name,
        title="x",
        need="x",
        criteria=Criteria(),
        created_at=given.START,
        updated_at=given.START,
        candidates=(candidate,),
    )


def _requirement_profile(town: Organisation) -> RequirementProfile:
    return RequirementProfile(
        id="profile",
        organisation_id=town.id,
        name="x",
        requirements=(Requirement(question="summary", need=Need.MUST),),
        created_at=given.START,
        updated_at=given.START,
    )


def _repositories(world: World) -> PubliccodePorts:
    """Repositories without a file."""
    files = AsyncMock()
    files.publiccode.side_effect = NotFetched(NO_FILE, "x", "x")
    return PubliccodePorts(world.ports, files, Removable(world.outbox), "https://www.example.org")


def _container(world: World, dossier: Dossier, profile: RequirementProfile, draft: Solution) -> Any:
    dossiers, profiles = Removable(world.outbox), Removable(world.outbox)
    dossiers.held[dossier.id], profiles.held[profile.id] = Loaded(dossier, 1), Loaded(profile, 1)
    record = MediaRecord(PICTURE, draft.id, "document", "application/pdf", ("original",), given.START)
    proof = MediaRecord("file", "", "document", "application/pdf", ("original",), given.START, organisation_id=PROVIDER)
    files: Any = HeldFiles(record, proof)
    market = InMemoryMarket()
    return SimpleNamespace(
        ports=world.ports,
        surveys=SurveyPorts(world.ports, dossiers, market, profiles),
        watching=WatchPorts(world.ports, InMemoryWatchlists(world.outbox), market),
        recent=RecentAnswers(0),
        publiccode=_repositories(world),
        files=RecentAnswers(0),
        media=MediaPorts(files, files, files),
        open_data=MagicMock(),
        settings=CatalogSettings(env="test"),
    )
