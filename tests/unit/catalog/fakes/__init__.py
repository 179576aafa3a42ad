"""The catalog's ports in memory; they pass the same suite as the ones on MongoDB."""

from .kept import InMemory
from .watching import InMemoryMarket, InMemoryWatchlists
from .world import World, new_world

__all__ = ["InMemory", "InMemoryMarket", "InMemoryWatchlists", "World", "new_world"]
