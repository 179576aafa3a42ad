"""Builds what compares by meaning: with vectors in the memory of each API process, or in the engine."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass

from opensearchpy import AsyncOpenSearch

from search.adapters.opensearch.store import OpenSearchStore
from search.adapters.opensearch.vector_field import VectorField
from search.adapters.opensearch.vector_targets import OpenSearchVectorTargets
from search.adapters.opensearch.vectors import EngineVectors
from search.adapters.vectors import MemoryVectors
from search.application.meaning import VectorLoader
from search.application.meaning_ports import EmbeddingStore, VectorIndex
from search.application.mirror import Mirror
from search.application.placing import VectorPlacer
from search.settings import SearchSettings

Beside = Callable[[], AbstractAsyncContextManager[None]]
"""Goes on with something inside the block."""


@dataclass(frozen=True)
class Vectors:
    """What ranks them, and what the processes do beside their work to fill it."""

    index: VectorIndex
    following: Beside
    """In every API process."""
    placing: Beside
    """In every worker."""


def in_memory(embeddings: EmbeddingStore, dimensions: int, mirror: Mirror) -> Vectors:
    """Rank what the mirror sees in the memory of this process."""
    held = MemoryVectors(dimensions)
    loader = VectorLoader(embeddings, held)
    mirror.subscribe(loader)
    return Vectors(held, loader.following, nullcontext)


def in_engine(
    settings: SearchSettings,
    client: AsyncOpenSearch,
    field: VectorField,
    embeddings: EmbeddingStore,
    store: OpenSearchStore,
) -> Vectors:
    """Rank in the index itself."""
    index = EngineVectors(
        client, field, look_seconds=settings.mirror_seconds, timeout_seconds=settings.search_timeout_seconds
    )
    targets = OpenSearchVectorTargets(client, field, store.targets)
    placer = VectorPlacer(targets, embeddings, seconds=settings.mirror_seconds)
    return Vectors(index, index.following, placer.placing)
