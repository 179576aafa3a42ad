"""Makes, switches and removes indices."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from opensearchpy import AsyncOpenSearch, NotFoundError

from search.adapters.opensearch.client import UNWATCHED, translated
from search.adapters.opensearch.names import (
    INDEX_PATTERN,
    PREVIOUS_ALIAS,
    READ_ALIAS,
    WRITE_ALIAS,
    age_key,
    index_name,
    made_at,
    schema_of,
)
from search.adapters.opensearch.schema import SCHEMA_VERSION, index_body
from search.adapters.opensearch.vector_field import VectorField
from search.application.rebuild_ports import Counts, IndexState, Made

FILLING_REFRESH = "-1"


class OpenSearchAdministration:
    """`IndexAdministration` on OpenSearch."""

    schema = SCHEMA_VERSION

    def __init__(self, client: AsyncOpenSearch, *, refresh_interval: str, vectors: VectorField | None = None) -> None:
        self.vectors = vectors.model if vectors else ""
        self._field = vectors
        self._client = client
        self._refresh_interval = refresh_interval

    async def reachable(self) -> bool:
        """True when the engine answers (health check)."""
        with translated():
            await self._client.info()
        return True

    async def usable(self) -> bool:
        """True when there is an index to search in (health check)."""
        with translated():
            await self._client.indices.get_alias(name=READ_ALIAS)
        return True

    async def state(self) -> IndexState:
        """Return the indices as they are now."""
        with translated():
            try:
                found = await self._client.indices.get(index=INDEX_PATTERN)
            except NotFoundError:
                found = {}
        ours = {name: body for name, body in found.items() if schema_of(name)}
        names = tuple(sorted(ours, key=age_key))

        def behind(alias: str) -> tuple[str, ...]:
            return tuple(name for name in names if alias in ours[name].get("aliases", {}))

        def made_of(index: str | None) -> Made:
            meta = ours[index]["mappings"].get("_meta", {}) if index else {}
            at = made_at(index) if index else None
            return Made(int(meta.get("schema", 0)), str(meta.get("stream", "")), str(meta.get("vectors", "")), at)

        live, previous = next(iter(behind(READ_ALIAS)), None), next(iter(behind(PREVIOUS_ALIAS)), None)
        return IndexState(live, made_of(live), previous, made_of(previous), targets=behind(WRITE_ALIAS), all=names)

    async def create(self, stream: str, at: datetime) -> str:
        """Make a new index without refreshes, not behind any alias."""
        name = index_name(SCHEMA_VERSION, at)
        with translated():
            await self._client.indices.create(
                index=name, body=index_body(stream=stream, refresh_interval=FILLING_REFRESH, vectors=self._field)
            )
        return name

    async def open_for_writing(self, index: str) -> None:
        """Put the index behind the write alias."""
        with translated():
            await self._client.indices.put_alias(index=index, name=WRITE_ALIAS)

    async def close_for_writing(self, index: str) -> None:
        """Take the index from behind the write alias."""
        with translated(), suppress(NotFoundError):
            await self._client.indices.delete_alias(index=index, name=WRITE_ALIAS)

    async def make_searchable(self, index: str) -> None:
        """Switch refreshes on and refresh once."""
        with translated():
            await self._client.indices.put_settings(
                index=index, body={"index": {"refresh_interval": self._refresh_interval}}, params=UNWATCHED
            )
            await self._client.indices.refresh(index=index, params=UNWATCHED)

    async def count(self, index: str) -> Counts:
        """Count the documents of an index."""
        with translated():
            everything = await self._client.count(index=index, params=UNWATCHED)
            visible = await self._client.count(
                index=index, body={"query": {"term": {"visible": True}}}, params=UNWATCHED
            )
        return Counts(documents=int(everything["count"]), visible=int(visible["count"]))

    async def swap(self, index: str) -> None:
        """Move all aliases in one request, which the engine carries out as one step."""
        state = await self.state()
        before = state.live if state.live != index else state.previous
        wanted = {READ_ALIAS: [index], WRITE_ALIAS: [index], PREVIOUS_ALIAS: [before] if before else []}
        found = {
            READ_ALIAS: [state.live] if state.live else [],
            WRITE_ALIAS: state.targets,
            PREVIOUS_ALIAS: [state.previous] if state.previous else [],
        }
        actions = [
            {"remove": {"index": name, "alias": alias}}
            for alias, names in found.items()
            for name in names
            if name not in wanted[alias]
        ] + [{"add": {"index": name, "alias": alias}} for alias, names in wanted.items() for name in names]
        with translated():
            await self._client.indices.update_aliases(body={"actions": actions})

    async def discard(self, indices: Collection[str]) -> None:
        """Delete indices."""
        for index in indices:
            with translated():
                try:
                    await self._client.indices.delete(index=index)
                except NotFoundError:
                    continue
