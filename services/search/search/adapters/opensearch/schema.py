"""Mapping and settings of an index. Raise SCHEMA_VERSION with every change: workers then build a new index.

Only what every engine really does is used: the built-in `german` analyzer and plain n-grams. Custom German filters,
synonyms and decompounding are silently ignored by the embedded engine, so their results are computed before indexing.
Grams come from a tokenizer: those of a token filter share the position of their word, and OpenSearch takes them for
synonyms, so that one gram in common is as good as all.
"""

from typing import Any

from search.adapters.opensearch.counting import TOGETHER
from search.adapters.opensearch.vector_field import VECTOR, VectorField
from search.domain.facets import FACETS

SCHEMA_VERSION = 6
TEXT_FIELDS = (
    *("name", "aliases", "summary", "features", "description"),
    *("audience", "provider_text", "place", "topics", "notes"),
)

_KEYWORD = {"type": "keyword", "ignore_above": 512}
_GERMAN = {"type": "text", "analyzer": "german"}
_GRAMS = {"type": "text", "analyzer": "grams"}
_TOKENS = {"type": "text", "analyzer": "standard"}
_KEPT = {"type": "object", "enabled": False}

_PROPERTIES: dict[str, Any] = {
    "id": _KEYWORD,
    "slug": _KEYWORD,
    "visible": {"type": "boolean"},
    "seq": _KEPT,
    "facets": _KEPT,
    "card": _KEPT,
    "mirror": _KEPT,
    "mirror_position": {"type": "long"},
    "mirror_version": {"type": "long"},
    "checksum": {"type": "keyword", "index": False},
    **dict.fromkeys(TEXT_FIELDS, _GERMAN),
    "parts": _GERMAN,
    "concepts_title": _TOKENS,
    "concepts_body": _TOKENS,
    "concepts_wide": _TOKENS,
    "said": _KEPT,
    "grams": _GRAMS,
    **{facet.name: _KEYWORD for facet in FACETS},
    TOGETHER: _KEYWORD,
    "sort_name": _KEYWORD,
    "published_at": {"type": "date"},
    "rating_tenths": {"type": "integer"},
    "rating_count": {"type": "integer"},
    "checkup_tenths": {"type": "integer"},
    "municipalities": {"type": "integer"},
}


def index_body(*, stream: str, refresh_interval: str, vectors: VectorField | None = None) -> dict[str, Any]:
    """Return what an index is created with; `stream` names the incarnation of the event stream it is built from.

    With `vectors` the engine ranks them too.
    """
    return {
        "settings": {
            "number_of_shards": 1,
            "refresh_interval": refresh_interval,
            **({"knn": True} if vectors else {}),
            "max_ngram_diff": 1,
            "analysis": {
                "tokenizer": {
                    "grams_3_4": {
                        "type": "ngram",
                        "min_gram": 3,
                        "max_gram": 4,
                        "token_chars": ["letter", "digit"],
                    }
                },
                "analyzer": {"grams": {"type": "custom", "tokenizer": "grams_3_4", "filter": ["lowercase"]}},
            },
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {"schema": SCHEMA_VERSION, "stream": stream, "vectors": vectors.model if vectors else ""},
            "properties": {**_PROPERTIES, **({VECTOR: vectors.mapping} if vectors else {})},
        },
    }
