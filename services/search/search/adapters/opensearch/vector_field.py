"""The field of an index in which the engine ranks vectors; only indices made with SEARCH_VECTORS=engine have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from search.application.meaning_ports import Vector

VECTOR = "vector"
CONTENT = "mirror.content_hash"
VECTOR_FIELDS = (VECTOR, CONTENT)
"""What `carried_over` needs of a stored document."""
HAS_VECTOR: dict[str, Any] = {"exists": {"field": VECTOR}}
VISIBLE: dict[str, Any] = {"term": {"visible": True}}


@dataclass(frozen=True, slots=True)
class VectorField:
    """What the vectors of an index are: of which model, and how long."""

    model: str
    dimensions: int

    @property
    def mapping(self) -> dict[str, Any]:
        """Return the mapping: a graph of neighbours (HNSW) by inner product, which for our vectors is the cosine.

        The space `cosinesimil` ranks the same and computes the lengths of both vectors for every comparison.
        """
        return {
            "type": "knn_vector",
            "dimension": self.dimensions,
            "method": {"name": "hnsw", "engine": "lucene", "space_type": "innerproduct"},
        }


def cosine(score: float) -> float:
    """Return the cosine of two vectors of length 1 from the engine's score of their inner product d.

    Lucene scores d + 1 for d > 0 and 1 / (1 - d) for d <= 0, so that no score is negative:
    https://docs.opensearch.org/latest/mappings/supported-field-types/knn-spaces/ (`innerproduct`, Lucene).
    """
    return score - 1 if score > 1 else 1 - 1 / score


def carried_over(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the vector of a stored source for the source that replaces it: none when the content became another."""
    kept = before.get(VECTOR)
    return {VECTOR: kept} if kept is not None and content_of(before) == content_of(after) else {}


def with_vector(line: bytes, vector: Vector) -> bytes:
    """Return a source, as a line of JSON, with a vector in it."""
    return b'%b,"%b":%b}\n' % (line.rstrip().removesuffix(b"}"), VECTOR.encode(), as_json(vector))


def as_json(value: object) -> bytes:
    """Return JSON of what may hold vectors."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


def content_of(source: Mapping[str, Any]) -> str | None:
    """Return the content hash in a source, None for a solution that cannot be found."""
    mirror = source.get("mirror") or {}
    hashed: str | None = mirror.get("content_hash")
    return hashed
