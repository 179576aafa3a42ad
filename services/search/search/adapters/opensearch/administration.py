"""Makes, switches and removes indices."""

from collections.abc import Collection
from datetime import datetime

from opensearchpy import AsyncOpenSearch, NotFoundError

from search.adapters.opensearch.client import translated
from search.adapters.opensearch.names import INDEX_PATTERN, READ_ALIAS, WRITE_ALIAS, age_key, index_name, schema_of
from search.adapters.opensearch.schema import SCHEMA_VERSION, index_body
from search.application.ports import Counts, IndexState

FILLING_REFRESH = "-1"


class OpenSearchAdministration:
    """`IndexAdministration` on OpenSearch."""

    schema = SCHEMA_VERSION

    def __init__(self, client: AsyncOpenSearch, *, refresh_interval: str) -> None:
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
        live = next((name for name in names if READ_ALIAS in ours[name].get("aliases", {})), None)
        meta = ours[live]["mappings"].get("_meta", {}) if live else {}
        return IndexState(
            live=live,
            schema=int(meta.get("schema", 0)),
            stream=str(meta.get("stream", "")),
            targets=tuple(name for name in names if WRITE_ALIAS in ours[name].get("aliases", {})),
            all=names,
        )

    async def create(self, stream: str, at: datetime) -> str:
        """Make a new index without refreshes, not behind any alias."""
        name = index_name(SCHEMA_VERSION, at)
        with translated():
            await self._client.indices.create(
                index=name, body=index_body(stream=stream, refresh_interval=FILLING_REFRESH)
            )
        return name

    async def open_for_writing(self, index: str) -> None:
        """Put the index behind the write alias."""
        with translated():
            await self._client.indices.put_alias(index=index, name=WRITE_ALIAS)

    async def finish_filling(self, index: str) -> None:
        """Switch refreshes on and refresh once."""
        with translated():
            await self._client.indices.put_settings(
                index=index, body={"index": {"refresh_interval": self._refresh_interval}}
            )
            await self._client.indices.refresh(index=index)

    async def count(self, index: str) -> Counts:
        """Count the documents of an index."""
        with translated():
            everything = await self._client.count(index=index)
            visible = await self._client.count(index=index, body={"query": {"term": {"visible": True}}})
        return Counts(documents=int(everything["count"]), visible=int(visible["count"]))

    async def swap(self, index: str) -> None:
        """Move both aliases in one request, which the engine carries out as one step."""
        state = await self.state()
        removed = {
            READ_ALIAS: [name for name in (state.live,) if name and name != index],
            WRITE_ALIAS: [name for name in state.targets if name != index],
        }
        actions = [
            {"remove": {"index": name, "alias": alias}} for alias, names in removed.items() for name in names
        ] + [{"add": {"index": index, "alias": alias}} for alias in (READ_ALIAS, WRITE_ALIAS)]
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
