"""Finds solutions that lack their vector in an index, and adds it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from opensearchpy import AsyncOpenSearch

from search.adapters.opensearch.client import translated, unavailable
from search.adapters.opensearch.vector_field import (
    CONTENT,
    HAS_VECTOR,
    VECTOR,
    VISIBLE,
    VectorField,
    as_json,
    content_of,
)
from search.application.meaning_ports import Lacking, Vector

_LACKING: dict[str, Any] = {"bool": {"filter": [VISIBLE], "must_not": [HAS_VECTOR]}}
_CHANGED = (404, 409)
_TRANSIENT = (429, 502, 503, 504)


class OpenSearchVectorTargets:
    """`VectorTargets` on OpenSearch."""

    def __init__(
        self, client: AsyncOpenSearch, field: VectorField, targets: Callable[[], Awaitable[Sequence[str]]]
    ) -> None:
        self._client = client
        self._field = field
        self._targets = targets
        self._takes: dict[str, bool] = {}

    async def indices(self) -> Sequence[str]:
        """See `VectorTargets.indices`."""
        targets = await self._targets()
        self._takes = {index: self._takes.get(index) or await self._takes_ours(index) for index in targets}
        return [index for index in targets if self._takes[index]]

    async def _takes_ours(self, index: str) -> bool:
        with translated():
            found = await self._client.indices.get_mapping(index=index)
        made_for: str = found[index]["mappings"].get("_meta", {}).get("vectors", "")
        return made_for == self._field.model

    async def lacking(self, index: str, *, after: str, most: int) -> list[Lacking]:
        """See `VectorTargets.lacking`."""
        body: dict[str, Any] = {
            "size": most,
            "query": _LACKING,
            "sort": [{"id": "asc"}],
            "search_after": [after],
            "seq_no_primary_term": True,
            "track_total_hits": False,
            "_source": [CONTENT],
        }
        with translated():
            answer = await self._client.search(index=index, body=body)
        return [
            Lacking(hit["_id"], content_of(hit["_source"]) or "", (hit["_seq_no"], hit["_primary_term"]))
            for hit in answer["hits"]["hits"]
        ]

    async def place(self, index: str, vectors: Sequence[tuple[Lacking, Vector]]) -> None:
        """See `VectorTargets.place`."""
        lines = bytearray()
        for lacking, vector in vectors:
            sequence, term = lacking.version
            action = {"_id": lacking.solution_id, "if_seq_no": sequence, "if_primary_term": term}
            lines += as_json({"update": action}) + b"\n" + as_json({"doc": {VECTOR: vector}}) + b"\n"
        with translated():
            answer = await self._client.bulk(body=bytes(lines), index=index, params={"refresh": "true"})
        for entry in answer["items"] if answer["errors"] else ():
            item = entry["update"]
            if item["status"] in _CHANGED:
                continue
            fault = f"{index} takes no vector of {item['_id']}: {item['error'].get('reason')}"
            if item["status"] in _TRANSIENT:
                raise unavailable(fault)
            if item["status"] >= 400:
                raise RuntimeError(fault)
