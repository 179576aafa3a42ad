"""The fakes do what the ports promise."""

import pytest
from catalog.application.ports import Ports

from .fakes import new_world
from .repository_suite import AggregateSuite, OrganisationSuite, RatingSuite, SolutionSuite


@pytest.fixture
def ports() -> Ports:
    return new_world().ports


class TestAggregates(AggregateSuite):
    pass


class TestOrganisations(OrganisationSuite):
    pass


class TestSolutions(SolutionSuite):
    pass


class TestRatings(RatingSuite):
    pass
