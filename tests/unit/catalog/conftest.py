"""Fixtures of the catalog's unit tests."""

import pytest

from .fakes import World, new_world


@pytest.fixture
def world() -> World:
    """An empty catalog in memory."""
    return new_world()
