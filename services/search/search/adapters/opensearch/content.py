"""Fills a new index with documents, and reads back what it holds."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from opensearchpy import AsyncOpenSearch
from servicekit import background, logging
from servicekit.errors import ProblemError

from search.adapters.opensearch.client import UNWATCHED, translated, unavailable
from search.adapters.opensearch.vector_field import with_vector
from search.application.meaning_ports import Vector
from search.application.rebuild_ports import Stored
from search.domain.checksum import Checksum
from search.domain.document import FacetName

log = logging.get(__name__)

IN_FLIGHT = 2
FIRST_BULK = 100
"""The engine soon has something to do."""
SMALLEST_BULK, LARGEST_BULK = 250, 1000
MOST_BYTES = 12 * 1024 * 1024
SHORT_SECONDS, LONG_SECONDS = 1.0, 3.0
"""A bulk write that takes less is followed by a larger one; more, by a smaller one. The embedded engine answers no
search while it works on one, and none while it merges what ten of them wrote, which takes it longer than to write the
same at once: so they are large, but take less than a search may (`search_timeout_seconds`)."""
ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.5
PAGE = 5000
_TRANSIENT = (429, 502, 503, 504)

VectorsOf = Callable[[Collection[str]], Awaitable[Mapping[str, Vector]]]
"""Looks up vectors by content hash; raises ProblemError when they cannot be reached."""


class OpenSearchContent:
    """`IndexContent` on OpenSearch."""

    def __init__(self, client: AsyncOpenSearch, *, vectors_of: VectorsOf | None = None) -> None:
        self._client = client
        self._vectors_of = vectors_of

    @asynccontextmanager
    async def filling(self, index: str) -> AsyncIterator["BulkFilling"]:
        """See `IndexContent.filling`."""
        filling = BulkFilling(self._client, index, self._vectors_of)
        try:
            yield filling
            await filling.finish()
        finally:
            await filling.stop()

    async def checksums(self, index: str) -> AsyncIterator[list[tuple[str, str | None]]]:
        """See `IndexContent.checksums`."""
        after: list[Any] | None = None
        while True:
            body: dict[str, Any] = {
                "size": PAGE,
                "sort": [{"id": "asc"}],
                "_source": False,
                "docvalue_fields": ["checksum"],
                "track_total_hits": False,
            }
            if after is not None:
                body["search_after"] = after
            with translated():
                answer = await self._client.search(index=index, body=body, params=UNWATCHED)
            hits = answer["hits"]["hits"]
            if not hits:
                return
            yield [(hit["_id"], next(iter(hit.get("fields", {}).get("checksum", ())), None)) for hit in hits]
            after = hits[-1]["sort"]

    async def positions(self, index: str, ids: Collection[str]) -> Mapping[str, Mapping[FacetName, int]]:
        """See `IndexContent.positions`."""
        if not ids:
            return {}
        with translated():
            answer = await self._client.mget(
                index=index,
                body={"ids": list(ids)},
                params={"_source_includes": "seq", **UNWATCHED},
            )
        faults = [item["error"].get("reason") for item in answer["docs"] if "error" in item]
        if faults:
            raise unavailable(f"{index} cannot be read: {faults[0]}")
        return {item["_id"]: item["_source"]["seq"] for item in answer["docs"] if item["found"]}


class BulkFilling:
    """`Filling`: bulk writes, two at a time, as large as the engine takes them quickly."""

    def __init__(self, client: AsyncOpenSearch, index: str, vectors_of: VectorsOf | None = None) -> None:
        self.checksum = Checksum()
        self.refused: dict[str, str] = {}
        self._client = client
        self._index = index
        self._vectors_of = vectors_of
        self._size = FIRST_BULK
        self._lines: list[bytes] = []
        self._bytes = 0
        self._written: list[tuple[str, str]] = []
        self._contents: list[str] = []
        self._flying: set[asyncio.Task[None]] = set()

    async def put(self, stored: Stored) -> None:
        """See `Filling.put`; waits while two writes are under way."""
        # The engine makes up no id and overwrites nothing: a document that came twice would show in the checksum.
        line = b'{"create":{"_id":%b}}\n%b\n' % (orjson.dumps(stored.solution_id), stored.json)
        self._lines.append(line)
        self._bytes += len(line)
        self._written.append((stored.solution_id, stored.checksum))
        if self._vectors_of is not None:
            self._contents.append(stored.content_hash)
        if len(self._written) >= self._size or self._bytes >= MOST_BYTES:
            await self._send_off()

    async def finish(self) -> None:
        """Write what is left and wait for everything that is under way."""
        if self._written:
            await self._send_off()
        while self._flying:
            await self._landed()

    async def stop(self) -> None:
        """Give up what is under way."""
        await background.end(*self._flying)

    async def _send_off(self) -> None:
        while len(self._flying) >= IN_FLIGHT:
            await self._landed()
        lines, contents, written = self._lines, self._contents, self._written
        self._lines, self._bytes, self._contents, self._written = [], 0, [], []
        at_once = len(self._flying) + 1
        self._flying.add(asyncio.create_task(self._write(lines, contents, written, at_once)))

    async def _with_vectors(self, lines: list[bytes], contents: list[str], vectors_of: VectorsOf) -> list[bytes]:
        """Add the vectors that are there, so that a rebuild computes none; others are brought in later."""
        try:
            vectors = await vectors_of({content for content in contents if content})
        except ProblemError as error:
            log.warning("index is filled without vectors", index=self._index, error=error.detail)
            return lines
        return [
            line if content not in vectors else with_vector(line, vectors[content])
            for line, content in zip(lines, contents, strict=True)
        ]

    async def _landed(self) -> None:
        done, self._flying = await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _write(
        self, lines: list[bytes], contents: list[str], written: list[tuple[str, str]], at_once: int
    ) -> None:
        """Write one bulk, again and again while the engine is busy; it shares the engine with others under way."""
        if self._vectors_of is not None:
            lines = await self._with_vectors(lines, contents, self._vectors_of)
        body = b"".join(lines)
        for attempt in range(1, ATTEMPTS + 1):
            started = time.monotonic()
            try:
                with translated():
                    answer = await self._client.bulk(body=body, index=self._index, params=UNWATCHED)
                refused = self._refused(answer)
                break
            except ProblemError as error:
                if attempt == ATTEMPTS:
                    raise
                log.warning("bulk write is tried again", index=self._index, attempt=attempt, error=error.detail)
                self._size = max(self._size // 2, SMALLEST_BULK)
                await asyncio.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
        self._adapt((time.monotonic() - started) / at_once)
        for solution_id, fingerprint in written:
            if solution_id in refused:
                log.error("document refused", id=solution_id, fault=refused[solution_id])
            else:
                self.checksum.add(solution_id, fingerprint)
        self.refused.update(refused)

    def _refused(self, answer: dict[str, Any]) -> dict[str, str]:
        """Return what the engine never takes; raises ProblemError when it may take it later.

        A conflict means that the document lies there already: an attempt before was carried out after all.
        """
        refused: dict[str, str] = {}
        for entry in answer["items"] if answer["errors"] else ():
            item = entry["create"]
            if item["status"] in _TRANSIENT or item["status"] == 404:
                raise unavailable(f"{self._index} cannot be written: {item['error'].get('reason')}")
            if item["status"] >= 400 and item["status"] != 409:
                refused[item["_id"]] = str(item["error"].get("reason"))
        return refused

    def _adapt(self, seconds: float) -> None:
        if seconds < SHORT_SECONDS:
            self._size *= 2
        elif seconds > LONG_SECONDS:
            self._size //= 2
        self._size = min(max(self._size, SMALLEST_BULK), LARGEST_BULK)
