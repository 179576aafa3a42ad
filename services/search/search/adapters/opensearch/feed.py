"""Reads from an index what the mirror needs: revisions without documents, and the kept part of single documents."""

from collections.abc import AsyncIterator, Sequence

from opensearchpy import AsyncOpenSearch

from search.adapters.opensearch.client import translated
from search.adapters.opensearch.names import READ_ALIAS
from search.domain.entry import Listed, Revision, entry_from

BATCH = 2000
"""Revisions per request: about 200 kB."""


class OpenSearchListingFeed:
    """`ListingFeed` on OpenSearch."""

    def __init__(self, client: AsyncOpenSearch) -> None:
        self._client = client

    async def live(self) -> str:
        """See `ListingFeed.live`."""
        with translated():
            found = await self._client.indices.get_alias(name=READ_ALIAS)
        return str(max(found))

    async def lineage(self, index: str) -> str:
        """Return schema and event stream of an index."""
        with translated():
            found = await self._client.indices.get_mapping(index=index)
        meta = found[index]["mappings"].get("_meta", {})
        return f"{meta.get('schema')} {meta.get('stream')}"

    async def revisions(self, index: str, *, after: int) -> AsyncIterator[list[Revision]]:
        """See `ListingFeed.revisions`."""
        while True:
            body = {
                "size": BATCH,
                "track_total_hits": False,
                "_source": False,
                "query": {"range": {"mirror_position": {"gt": after}}},
                "sort": [{name: {"order": "asc", "unmapped_type": "long"}} for name in _REVISION],
            }
            with translated():
                answer = await self._client.search(index=index, body=body, params=_SEARCHING)
            hits = answer.get("hits", {}).get("hits", [])
            if hits:
                yield [Revision(hit["_id"], *map(int, hit["sort"])) for hit in hits]
                after = int(hits[-1]["sort"][0])
            if len(hits) < BATCH:
                return

    async def read(self, index: str, ids: Sequence[str]) -> list[Listed]:
        """See `ListingFeed.read`."""
        with translated():
            answer = await self._client.mget(
                index=index, body={"ids": list(ids)}, params={"_source_includes": ",".join(("mirror", *_REVISION))}
            )
        listed = []
        for item in answer["docs"]:
            if not item.get("found") or "mirror_version" not in item["_source"]:
                continue
            source = item["_source"]
            entry = entry_from(item["_id"], source["mirror"]) if source.get("mirror") else None
            listed.append(Listed(Revision(item["_id"], *(source[name] for name in _REVISION)), entry))
        return listed


_REVISION = ("mirror_position", "mirror_version")
_SEARCHING = {"preference": "mirror", "filter_path": "hits.hits._id,hits.hits.sort"}
"""Pages come from one copy of the index, and say no more than is needed."""
