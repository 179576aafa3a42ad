"""The real review service on the real servers, and the catalogue's voice on the bus."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import nats
import pytest
from contracts.catalog import SolutionDelisted, SolutionDelistedData, SolutionSubmitted, SolutionSubmittedData
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.listing import Listing
from contracts.registry import parse
from contracts.subjects import subject_of
from nats.js import JetStreamContext
from review.domain.case import case_id
from review.main import service
from review.settings import ReviewSettings
from servicekit.auth import BUCKET, Membership, membership_key
from servicekit.testing import wait
from servicekit.testing.http import client
from servicekit.testing.servers import MongoServer, NatsServer, OidcServer


@pytest.fixture
def settings(
    nats_server: NatsServer,
    mongo_server: MongoServer,
    oidc_server: OidcServer,
    mongo_database: str,
    clean_streams: None,
) -> ReviewSettings:
    return ReviewSettings(
        env="test",
        nats_url=nats_server.url,
        mongodb_url=mongo_server.url,
        mongodb_database=mongo_database,
        oidc_issuer=oidc_server.issuer,
        shutdown_seconds=5,
    )


@asynccontextmanager
async def running(settings: ReviewSettings) -> AsyncIterator[httpx.AsyncClient]:
    """API and worker in one process, as in local use."""
    async with client(service.app(settings)) as http:
        yield http


@pytest.fixture
async def api(settings: ReviewSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(settings) as http:
        yield http


@dataclass
class Bus:
    """What the catalogue says, and what the review answers."""

    js: JetStreamContext
    solution_id: str = field(default_factory=uuid7)
    organisation_id: str = field(default_factory=uuid7)

    async def publish(self, event: Event) -> None:
        await self.js.publish(subject_of(event), event.to_bytes(), headers={"Nats-Msg-Id": event.id})

    def submission(
        self, *, version: int = 1, round_: int = 1, at: datetime | None = None, **listing: Any
    ) -> SolutionSubmitted:
        now = at or datetime.now(UTC)
        text = {"name": "DorfFunk", "summary": "Nachrichten aus dem Dorf", "kind": "software"}
        data = SolutionSubmittedData(
            solution_id=self.solution_id,
            slug="dorffunk",
            version=version,
            round=round_,
            organisation_id=self.organisation_id,
            organisation_name="Musterlösungen GmbH",
            listing=Listing.model_validate({**text, "fields_of_action": ["local_supply"], **listing}),
            submitted_by="demo-provider",
            submitted_at=now,
        )
        return SolutionSubmitted.new(
            data, aggregate_id=self.solution_id, time=now, actor="demo-provider", correlationid="corr-submit"
        )

    async def submit(self, *, version: int = 1, round_: int = 1, at: datetime | None = None, **listing: Any) -> str:
        await self.publish(self.submission(version=version, round_=round_, at=at, **listing))
        return case_id(self.solution_id, version)

    async def delist(self, reason: str = "withdrawn") -> None:
        now = datetime.now(UTC)
        data = SolutionDelistedData.model_validate(
            {
                "solution_id": self.solution_id,
                "slug": "dorffunk",
                "organisation_id": self.organisation_id,
                "reason": reason,
                "note": "Angebot eingestellt",
                "delisted_at": now,
            }
        )
        await self.publish(SolutionDelisted.new(data, aggregate_id=self.solution_id, time=now, actor="demo-provider"))

    async def join(self, user: str) -> None:
        entry = Membership(user=user, organisation_id=self.organisation_id, organisation_name="Musterlösungen GmbH")
        bucket = await self.js.key_value(BUCKET)
        await bucket.put(membership_key(user, self.organisation_id), entry.model_dump_json().encode())

    async def settled(self) -> bool:
        """True when the review has handled everything that was said."""
        info = await self.js.consumer_info("EVENTS", "review-policies")
        return info.num_pending == 0 and info.num_ack_pending == 0

    async def stored(self, owner: str) -> list[Event]:
        """Return every event that an owner has published, in order."""
        last = (await self.js.stream_info("EVENTS")).state.last_seq
        events = []
        for sequence in range(1, last + 1):
            try:
                message = await self.js.get_msg("EVENTS", sequence)
            except nats.js.errors.NotFoundError:
                continue
            if (message.subject or "").startswith(f"events.{owner}."):
                events.append(parse(message.data or b""))
        return events

    async def heard(self, *names: str) -> list[Event]:
        """Wait until the review has published exactly these events, in this order, and return them."""

        async def complete() -> list[Event]:
            events = await self.stored("review")
            assert [event.name for event in events] == list(names)
            return events

        return await wait.until(complete, message=f"review publishes {names}")


@pytest.fixture
def bus(js: JetStreamContext) -> Bus:
    return Bus(js)


Headers = dict[str, str]


@pytest.fixture
def login(oidc_server: OidcServer) -> Callable[..., Headers]:
    def headers(sub: str, *roles: str) -> Headers:
        return {"Authorization": f"Bearer {oidc_server.token_for(sub, roles=roles)}"}

    return headers


@pytest.fixture
def reviewer(login: Callable[..., Headers]) -> Headers:
    return login("demo-reviewer", "reviewer", "curator")


Arrival = Callable[[str], Awaitable[dict[str, Any]]]


@pytest.fixture
def arrived(api: httpx.AsyncClient, reviewer: Headers) -> Arrival:
    """Wait until a case is there and return it as the team sees it."""

    async def until_there(wanted: str) -> dict[str, Any]:
        async def found() -> dict[str, Any]:
            answer = await api.get(f"/cases/{wanted}", headers=reviewer)
            assert answer.status_code == 200, answer.text
            case: dict[str, Any] = answer.json()
            return case

        return await wait.until(found, message=f"case {wanted} is open")

    return until_there


@pytest.fixture
def passes() -> list[dict[str, Any]]:
    mandatory = ("municipal_fit", "transferability", "operating_concept", "german_material")
    return [{"criterion": criterion, "result": "pass", "finding": "geprüft"} for criterion in mandatory]
