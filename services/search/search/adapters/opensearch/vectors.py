"""Ranks vectors by the engine's k-NN: approximate, and fast with any number of them."""

import time
from contextlib import AbstractAsyncContextManager
from random import randrange
from typing import Any

import numpy as np
from numpy.typing import NDArray
from opensearchpy import AsyncOpenSearch, RequestError
from servicekit import logging

from search.adapters.opensearch.client import translated, unavailable
from search.adapters.opensearch.names import READ_ALIAS
from search.adapters.opensearch.vector_field import HAS_VECTOR, VECTOR, VISIBLE, VectorField, as_json, cosine
from search.application.looking import looking
from search.application.meaning_ports import Vector
from search.domain.fusion import NOTHING_NEAR, Nearness

log = logging.get(__name__)

EXPLORED = 200
"""Neighbours that the engine looks at, at least: of the nearest 100 it then finds 96 and not 89, of the nearest 10 all,
for a tenth more time (`python -m bench vectors`, 10,000 vectors)."""
SAMPLE = 1000
"""Vectors whose mean stands for that of all. The cosines of a query to the demo's listings scatter by 0.018 and the
nearest is 0.06 above their mean, so the mean of so many is off by 0.018 / sqrt(1000), a hundredth of that."""
SAMPLED_AT_ONCE = 100
"""About 450 kB of JSON, which no search waits long for."""
SAMPLE_AGAIN_SECONDS = 600.0
SAMPLE_AGAIN_SHARE = 0.02
"""Or when so many vectors came or went, of all; when all are in the sample, any."""

_FOUND: dict[str, Any] = {"bool": {"filter": [VISIBLE, HAS_VECTOR]}}


class EngineVectors:
    """`VectorIndex` on OpenSearch; what can be found is asked of the engine, only the mean of all is kept here.

    The mean of the cosines to all vectors is the cosine to their mean (times its length), so that one vector is enough.
    """

    def __init__(
        self, client: AsyncOpenSearch, field: VectorField, *, look_seconds: float, timeout_seconds: float
    ) -> None:
        self._client = client
        self._field = field
        self._look_seconds = look_seconds
        self._timeout = timeout_seconds
        self._count = 0
        self._mean: NDArray[np.float32] = np.zeros(field.dimensions, dtype=np.float32)
        self._sampled_index, self._sampled_count, self._sample_due = "", 0, 0.0
        self._warned = ""

    def __len__(self) -> int:
        """Return how many vectors there were a moment ago."""
        return self._count

    def following(self) -> AbstractAsyncContextManager[None]:
        """Follow what the index holds inside the block."""
        return looking(self.look, seconds=self._look_seconds, name="engine-vectors")

    async def look(self) -> bool:
        """Bring number and mean up to date; raises ProblemError `search-unavailable`."""
        with translated():
            found = await self._client.indices.get_mapping(index=READ_ALIAS)
        index = max(found)
        if found[index]["mappings"].get("_meta", {}).get("vectors", "") != self._field.model:
            self._count = 0
            if index != self._warned:
                log.warning("the index holds no vectors of this model; a rebuild makes one that does", index=index)
            self._warned = index
            return False
        with translated():
            count = int((await self._client.count(index=index, body={"query": _FOUND}))["count"])
        drift, borne = abs(count - self._sampled_count), SAMPLE_AGAIN_SHARE * count if count > SAMPLE else 0
        if index != self._sampled_index or drift > borne or time.monotonic() > self._sample_due:
            await self._sample(index, count)
        self._count = count
        return False

    async def _sample(self, index: str, count: int) -> None:
        chosen = {"query": _FOUND, "random_score": {"seed": randrange(2**31), "field": "_seq_no"}}  # noqa: S311
        total, taken = np.zeros(self._field.dimensions, dtype=np.float64), 0
        for start in range(0, min(count, SAMPLE), SAMPLED_AT_ONCE):
            body = {"from": start, "size": SAMPLED_AT_ONCE, "_source": [VECTOR], "query": {"function_score": chosen}}
            with translated():
                answer = await self._client.search(index=index, body=body)
            vectors = [hit["_source"][VECTOR] for hit in answer["hits"]["hits"]]
            total += np.asarray(vectors, dtype=np.float32).sum(axis=0)
            taken += len(vectors)
        self._mean = (total / max(taken, 1)).astype(np.float32)
        self._sampled_index, self._sampled_count = index, count
        self._sample_due = time.monotonic() + SAMPLE_AGAIN_SECONDS

    async def vector(self, solution_id: str) -> Vector | None:
        """Return the vector of a solution, or None."""
        with translated():
            answer = await self._client.mget(
                index=READ_ALIAS,
                body={"ids": [solution_id]},
                params={"_source_includes": VECTOR, "request_timeout": self._timeout},
            )
        (item,) = answer["docs"]
        if "error" in item:
            raise unavailable(f"{item['_index']} cannot be read: {item['error'].get('reason')}")
        values = item.get("_source", {}).get(VECTOR)
        return None if values is None else np.asarray(values, dtype=np.float32)

    async def nearest(self, vector: Vector, *, most: int, least: float) -> Nearness:
        """Return the nearest solutions with a cosine of at least `least`, at most `most` of them."""
        if self._count == 0:
            return NOTHING_NEAR
        neighbours = {"vector": vector, "k": max(most, EXPLORED), "filter": VISIBLE}
        body = {"size": most, "_source": False, "track_total_hits": False, "query": {"knn": {VECTOR: neighbours}}}
        with translated():
            try:
                answer = await self._client.search(
                    index=READ_ALIAS, body=as_json(body), params={"request_timeout": self._timeout}
                )
            except RequestError as error:  # the alias has moved to an index without them
                raise unavailable(f"the engine ranks no vectors: {error.info!s:.300}") from error
        near = {hit["_id"]: cosine(hit["_score"]) for hit in answer["hits"]["hits"]}
        return Nearness({key: each for key, each in near.items() if each >= least}, float(self._mean @ vector))
