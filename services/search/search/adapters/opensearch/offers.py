"""Reads solutions as alerts compare them: from what lies in the index, written a moment ago or not."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from opensearchpy import AsyncOpenSearch

from search.adapters.opensearch.client import translated, unavailable
from search.adapters.opensearch.names import READ_ALIAS
from search.adapters.opensearch.schema import TEXT_FIELDS
from search.application.alert_ports import Found, Settled
from search.domain.facets import FACETS
from search.domain.wanted import AlertReader

CHUNK = 200
_FACET_NAMES = tuple(facet.name for facet in FACETS)
_FIELDS = ",".join(("seq", "visible", "card", *TEXT_FIELDS, *_FACET_NAMES))


class OpenSearchOffers:
    """`Solutions` on OpenSearch; `settled` is what tells how far the projection is."""

    def __init__(self, client: AsyncOpenSearch, reader: AlertReader, settled: Settled) -> None:
        self._client = client
        self._reader = reader
        self._settled = settled

    async def read(self, ids: Sequence[str]) -> Mapping[str, Found]:
        """See `Solutions.read`; getting by id sees what was written, also before it can be searched."""
        found: dict[str, Found] = {}
        for start in range(0, len(ids), CHUNK):
            body = {"ids": list(ids[start : start + CHUNK])}
            with translated():
                answer = await self._client.mget(index=READ_ALIAS, body=body, params={"_source_includes": _FIELDS})
            for item in answer["docs"]:
                if "error" in item:
                    raise unavailable(f"a solution cannot be read: {item['error'].get('reason')}")
                if item["found"]:
                    found[item["_id"]] = self._found(item["_source"])
                    await asyncio.sleep(0)  # taking texts apart takes milliseconds: others have their turn
        return found

    async def settled(self) -> int:
        """See `Solutions.settled`."""
        return await self._settled()

    def _found(self, source: dict[str, Any]) -> Found:
        if not source["visible"]:
            return Found(source["seq"])
        card = source["card"]
        offer = self._reader.offer(
            {name: source.get(name) or "" for name in TEXT_FIELDS},
            {name: _values(source.get(name)) for name in _FACET_NAMES},
        )
        return Found(source["seq"], card["slug"], card["name"], card["summary"], offer)


def _values(stored: Any) -> list[str]:
    """Return the values of a facet, which lie in the index as one, as several or not at all."""
    if stored is None:
        return []
    return [str(each) for each in stored] if isinstance(stored, list) else [str(stored)]
