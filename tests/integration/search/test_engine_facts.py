"""What the search relies on in an engine: on the embedded one, and more of it on a real OpenSearch."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from search.adapters.opensearch.schema import index_body
from servicekit.testing.opensearch import Engine

INDEX = "solutions-facts"


class Asked:
    """The engine's own interface, on one index."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def create(self, body: dict[str, Any]) -> None:
        self.http.put(f"/{INDEX}", json=body).raise_for_status()

    def write(self, *, refresh: bool = True, **documents: dict[str, Any]) -> None:
        for name, document in documents.items():
            self.http.put(f"/{INDEX}/_doc/{name}", json=document).raise_for_status()
        if refresh:
            self.http.post(f"/{INDEX}/_refresh").raise_for_status()

    def found(self, query: dict[str, Any]) -> list[str]:
        answer = self.http.post(f"/{INDEX}/_search", json={"query": query}).raise_for_status()
        return [hit["_id"] for hit in answer.json()["hits"]["hits"]]


@pytest.fixture
def asked(engine: Engine) -> Iterator[Asked]:
    with httpx.Client(base_url=engine.url, timeout=30) as http:
        yield Asked(http)


def with_our_analysis(analyzer: str) -> dict[str, Any]:
    """An index with one text, analysed as ours are."""
    settings = index_body(stream="test", refresh_interval="-1")["settings"]
    return {"settings": settings, "mappings": {"properties": {"text": {"type": "text", "analyzer": analyzer}}}}


def test_a_word_is_matched_by_how_many_grams_it_shares(asked: Asked) -> None:
    asked.create(with_our_analysis("grams"))
    asked.write(much={"text": "schnittgut von heckenpflanzen"}, little={"text": "pflanzen und pflaster"})
    query = {"match": {"text": {"query": "heckenpflege", "minimum_should_match": "50%"}}}
    assert asked.found(query) == ["much"]


def test_inflections_and_umlauts_of_the_german_analyzer(asked: Asked) -> None:
    asked.create(with_our_analysis("german"))
    asked.write(one={"text": "Häuser für Wärmepumpen"}, two={"text": "Straßenbäume"})
    for word in ("Haus", "Waermepumpe", "Wärmepumpe"):
        assert asked.found({"match": {"text": word}}) == ["one"]
    assert asked.found({"match": {"text": "für der die das"}}) == []


@pytest.mark.opensearch
def test_a_document_is_found_only_after_a_refresh(asked: Asked) -> None:
    asked.create(with_our_analysis("german"))
    asked.write(one={"text": "Mitfahrbank"})
    asked.write(two={"text": "Mitfahrbank"}, refresh=False)
    assert asked.found({"match": {"text": "Mitfahrbank"}}) == ["one"]
    asked.write()
    assert sorted(asked.found({"match": {"text": "Mitfahrbank"}})) == ["one", "two"]


@pytest.mark.opensearch
def test_nearest_vectors_among_those_a_filter_leaves(asked: Asked) -> None:
    vector = {
        "type": "knn_vector",
        "dimension": 3,
        "method": {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"},
    }
    mapping = {"properties": {"meaning": vector, "kind": {"type": "keyword"}}}
    asked.create({"settings": {"index.knn": True}, "mappings": mapping})
    asked.write(
        near={"meaning": [1.0, 0.1, 0.0], "kind": "software"},
        far={"meaning": [0.0, 0.2, 1.0], "kind": "software"},
        nearest={"meaning": [1.0, 0.0, 0.0], "kind": "consulting"},
    )
    among_all = {"knn": {"meaning": {"vector": [2.0, 0.0, 0.0], "k": 2}}}
    assert asked.found(among_all) == ["nearest", "near"]
    among_software = {"knn": {"meaning": {"vector": [2.0, 0.0, 0.0], "k": 2, "filter": {"term": {"kind": "software"}}}}}
    assert asked.found(among_software) == ["near", "far"]


@pytest.mark.opensearch
def test_custom_german_analysis_has_an_effect(asked: Asked) -> None:
    filters = {
        "same": {"type": "synonym_graph", "synonyms": ["pv, photovoltaik"]},
        "parts": {"type": "dictionary_decompounder", "word_list": ["pumpe"]},
    }
    analyzers = {
        "indexed": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "parts"]},
        "asked": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "same"]},
    }
    text = {"type": "text", "analyzer": "indexed", "search_analyzer": "asked"}
    asked.create(
        {
            "settings": {"analysis": {"filter": filters, "analyzer": analyzers}},
            "mappings": {"properties": {"text": text}},
        }
    )
    asked.write(one={"text": "Wärmepumpe und Photovoltaik"})
    assert asked.found({"match": {"text": "PV"}}) == ["one"]
    assert asked.found({"match": {"text": "pumpe"}}) == ["one"]
