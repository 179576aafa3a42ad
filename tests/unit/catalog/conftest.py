"""Fixtures of the catalog's unit tests."""

import pytest
from catalog.domain.organisation import MemberRole, Organisation

from .fakes import World, new_world
from .given import CLERK, COLLEAGUE, a_municipality, a_provider


@pytest.fixture
def world() -> World:
    """An empty catalog in memory."""
    return new_world()


@pytest.fixture
def provider(world: World) -> Organisation:
    """A provider in the catalog."""
    held = a_provider()
    world.has(held)
    return held


@pytest.fixture
def town(world: World) -> Organisation:
    """A municipality in the catalog, with a clerk who may do everything and a colleague who reads."""
    held = a_municipality(members=((CLERK, MemberRole.ADMIN), (COLLEAGUE, MemberRole.MEMBER)))
    world.has(held)
    return held
