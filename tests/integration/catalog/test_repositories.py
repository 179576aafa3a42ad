"""The repositories do on the real database what the ports promise."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from catalog.adapters.audit import MongoAuditTrail
from catalog.adapters.people_repositories import MongoInquiries, MongoInvitations
from catalog.adapters.repositories import MongoOrganisations, MongoRatingBooks, MongoSolutions
from catalog.adapters.use_repositories import MongoBlocklists, MongoDeploymentBooks, MongoThreads
from catalog.application.people_ports import PeoplePorts
from catalog.application.ports import Ports
from catalog.application.use_ports import PeerLimits, UsePorts
from catalog.domain.inquiry import Schedule
from catalog.settings import CatalogSettings
from servicekit import mongo
from servicekit.clock import SystemClock
from servicekit.mongo import AggregateCollection
from servicekit.testing.servers import MongoServer

from tests.unit.catalog.given import CLERK
from tests.unit.catalog.people_repository_suite import InquirySuite, InvitationSuite
from tests.unit.catalog.repository_suite import (
    AggregateSuite,
    GuardSuite,
    OrganisationSuite,
    RatingSuite,
    SolutionSuite,
    UnapprovedSuite,
)
from tests.unit.catalog.use_repository_suite import BlocklistSuite, DeploymentSuite, ThreadSuite


@pytest.fixture
async def ports(mongo_server: MongoServer, mongo_database: str) -> AsyncIterator[Ports]:
    settings = CatalogSettings(mongodb_url=mongo_server.url, mongodb_database=mongo_database)
    async with mongo.connect(settings) as connection:
        organisations = MongoOrganisations(AggregateCollection(connection.db, "organisations"))
        solutions = MongoSolutions(AggregateCollection(connection.db, "solutions"))
        ratings = MongoRatingBooks(AggregateCollection(connection.db, "ratings"))
        deployments = MongoDeploymentBooks(AggregateCollection(connection.db, "deployments"))
        threads = MongoThreads(AggregateCollection(connection.db, "threads"))
        blocklists = MongoBlocklists(AggregateCollection(connection.db, "blocklists"))
        invitations = MongoInvitations(AggregateCollection(connection.db, "invitations"))
        await invitations.prepare()
        inquiries = MongoInquiries(AggregateCollection(connection.db, "inquiries"), Schedule())
        for repository in (organisations, solutions, ratings, deployments, threads, blocklists, inquiries):
            await repository.prepare()
        uses = UsePorts(deployments, threads, blocklists, PeerLimits(3, timedelta(days=180)))
        people, trail = PeoplePorts(inquiries, invitations), MongoAuditTrail(connection.db)
        yield Ports(organisations, solutions, ratings, uses, people, SystemClock(), trail)


class TestAggregates(AggregateSuite):
    pass


class TestOrganisations(OrganisationSuite):
    pass


class TestSolutions(SolutionSuite):
    pass


class TestUnapproved(UnapprovedSuite):
    pass


class TestGuard(GuardSuite):
    pass


class TestRatings(RatingSuite):
    async def test_ratings_of_an_earlier_release_are_found_by_who_wrote_them(self, ports: Ports) -> None:
        await ports.ratings.change("solution-1", self.rate("a", 4))  # type: ignore[arg-type]
        books = ports.ratings
        assert isinstance(books, MongoRatingBooks)
        await books.collection.collection.update_one({"_id": "solution-1"}, {"$unset": {"people": ""}})
        assert await books.with_person(CLERK.user) == []
        for _ in range(2):
            await books.prepare()
            assert await books.with_person(CLERK.user) == [await books.get("solution-1")]


class TestDeployments(DeploymentSuite):
    pass


class TestThreads(ThreadSuite):
    pass


class TestInvitations(InvitationSuite):
    pass


class TestInquiries(InquirySuite):
    pass


class TestBlocklists(BlocklistSuite):
    pass
