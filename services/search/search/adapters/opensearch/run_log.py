"""Keeps rebuilds and the lease on them in a small control index, where every process sees them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import AsyncOpenSearch, ConflictError, NotFoundError, RequestError
from pydantic import TypeAdapter
from servicekit import errors, logging
from servicekit.background import end
from servicekit.clock import Clock

from search.adapters.opensearch.client import translated
from search.adapters.opensearch.names import CONTROL_INDEX
from search.application.rebuild_ports import Run

log = logging.get(__name__)

LEASE_ID = "rebuild-lease"
_RUN = TypeAdapter(Run)
_MAPPING: dict[str, Any] = {
    "dynamic": False,
    "properties": {"state": {"type": "keyword"}, "requested_at": {"type": "date"}},
}
MOST_OPEN_RUNS = 100


class HeldLease:
    """The right to rebuild, as long as renewing it succeeds."""

    def __init__(self) -> None:
        self.lost = False

    def check(self) -> None:
        """Raise ProblemError `rebuild-lease-lost` when somebody else may be rebuilding by now."""
        if self.lost:
            raise errors.conflict(
                "rebuild-lease-lost", "the lease could not be renewed in time: the rebuild is stopped"
            )


class OpenSearchRunLog:
    """`RunLog` on OpenSearch."""

    def __init__(self, client: AsyncOpenSearch, clock: Clock, *, lease_seconds: float) -> None:
        self._client = client
        self._clock = clock
        self._seconds = lease_seconds

    async def put(self, run: Run) -> None:
        """Store how far a run came; searchable at once."""
        await self._prepare()
        with translated():
            await self._client.index(
                index=CONTROL_INDEX,
                id=run.id,
                body=_RUN.dump_python(run, mode="json"),
                params={"refresh": "true"},
            )

    async def get(self, run_id: str) -> Run | None:
        """Return a run; None for an unknown id."""
        with translated():
            try:
                found = await self._client.get(index=CONTROL_INDEX, id=run_id)
            except NotFoundError:
                return None
        return None if run_id == LEASE_ID else _RUN.validate_python(found["_source"])

    async def unfinished(self) -> list[Run]:
        """Return requested and running ones, oldest first."""
        return await self._find({"terms": {"state": ["requested", "running"]}}, "asc", MOST_OPEN_RUNS)

    async def latest(self, limit: int) -> list[Run]:
        """Return the newest ones, newest first."""
        return await self._find({"exists": {"field": "requested_at"}}, "desc", limit)

    async def _find(self, query: dict[str, Any], order: str, size: int) -> list[Run]:
        body = {"size": size, "query": query, "sort": [{"requested_at": order}]}
        with translated():
            try:
                await self._client.indices.refresh(index=CONTROL_INDEX)  # `get` may have shown what is not yet found
                found = await self._client.search(index=CONTROL_INDEX, body=body)
            except NotFoundError:
                return []
        return [_RUN.validate_python(hit["_source"]) for hit in found["hits"]["hits"]]

    @asynccontextmanager
    async def lease(self, owner: str) -> AsyncIterator[HeldLease]:
        """Hold the lease inside the block and renew it; raises ProblemError `rebuild-running`."""
        await self._prepare()
        await self._take(owner)
        held = HeldLease()
        renewing = asyncio.create_task(self._renew(owner, held), name="rebuild-lease")
        try:
            yield held
        finally:
            await end(renewing)
            if not held.lost:
                with suppress(Exception):
                    await self._client.delete(index=CONTROL_INDEX, id=LEASE_ID)

    async def _prepare(self) -> None:
        with translated():
            if await self._client.indices.exists(index=CONTROL_INDEX):
                return
            with suppress(RequestError):  # somebody else was first
                await self._client.indices.create(index=CONTROL_INDEX, body={"mappings": _MAPPING})

    async def _take(self, owner: str) -> None:
        condition: dict[str, Any] = {"op_type": "create"}
        with translated():
            try:
                held = await self._client.get(index=CONTROL_INDEX, id=LEASE_ID)
            except NotFoundError:
                held = None
            if held is not None:
                lease = held["_source"]
                if lease["owner"] != owner and datetime.fromisoformat(lease["expires_at"]) > self._clock.now():
                    raise errors.conflict("rebuild-running", f"a rebuild is running already, by {lease['owner']}")
                condition = {"if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}
            try:
                await self._client.index(index=CONTROL_INDEX, id=LEASE_ID, body=self._lease(owner), params=condition)
            except ConflictError as error:
                raise errors.conflict("rebuild-running", "a rebuild was started by somebody else just now") from error

    def _lease(self, owner: str) -> dict[str, str]:
        return {"owner": owner, "expires_at": (self._clock.now() + timedelta(seconds=self._seconds)).isoformat()}

    async def _renew(self, owner: str, held: HeldLease) -> None:
        deadline = asyncio.get_running_loop().time() + self._seconds
        while True:
            await asyncio.sleep(self._seconds / 3)
            now = asyncio.get_running_loop().time()
            try:
                await self._take(owner)
                deadline = now + self._seconds
            except errors.ProblemError as error:
                log.warning("lease not renewed", owner=owner, error=error.detail)
                if error.slug == "rebuild-running" or now >= deadline:
                    held.lost = True
                    return
