"""The fakes do what the ports promise."""

import pytest
from catalog.application.ports import Ports

from .fakes import new_world
from .people_repository_suite import InquirySuite, InvitationSuite
from .repository_suite import AggregateSuite, GuardSuite, OrganisationSuite, RatingSuite, SolutionSuite, UnapprovedSuite
from .use_repository_suite import BlocklistSuite, DeploymentSuite, ThreadSuite


@pytest.fixture
def ports() -> Ports:
    return new_world().ports


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
    pass


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
