"""Writes documents by read, join and conditional bulk write, so that several writers never undo each other."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson
from opensearchpy import AsyncOpenSearch
from servicekit import logging

from search.adapters.opensearch.client import translated, unavailable
from search.adapters.opensearch.names import INDEX_PATTERN, READ_ALIAS, WRITE_ALIAS, schema_of
from search.adapters.opensearch.schema import SCHEMA_VERSION
from search.adapters.opensearch.source import KEPT_FIELDS, from_source, to_source
from search.adapters.opensearch.vector_field import VECTOR_FIELDS, carried_over
from search.domain.compounds import Splitter
from search.domain.document import SolutionDocument, join
from search.domain.thesaurus import Thesaurus

log = logging.get(__name__)

CHUNK = 100
"""Documents of one bulk write: some engines answer no search while they work on one."""
MOST_CONFLICTS = 8
_TRANSIENT = (429, 502, 503, 504)

Stored = dict[str, Any]
"""A document as the engine returns it: `_source`, `_seq_no` and `_primary_term`."""


class OpenSearchStore:
    """`SolutionStore` on OpenSearch."""

    def __init__(
        self, client: AsyncOpenSearch, splitter: Splitter, thesaurus: Thesaurus, *, with_vectors: bool = False
    ) -> None:
        self._client = client
        self._read_for_writing = (*KEPT_FIELDS, *(VECTOR_FIELDS if with_vectors else ()))
        self._splitter = splitter
        self._thesaurus = thesaurus
        self._older_fields: dict[str, frozenset[str]] = {}

    async def targets(self) -> tuple[str, ...]:
        """Return the indices behind the write alias, the one behind the read alias last."""
        with translated():
            all_aliases = await self._client.indices.get_alias(index=INDEX_PATTERN)
        aliases = {name: body["aliases"] for name, body in all_aliases.items() if WRITE_ALIAS in body["aliases"]}
        found = sorted(aliases, key=lambda name: (READ_ALIAS in aliases[name], name))
        if not found:
            raise unavailable("the index is being built")
        newer = [index for index in found if schema_of(index) > SCHEMA_VERSION]
        if newer:
            raise unavailable(f"{newer[0]} has a newer schema than this process, which is being replaced")
        return tuple(found)

    async def join(
        self, index: str, documents: Collection[SolutionDocument], *, found_at_once: bool = False
    ) -> Mapping[str, str]:
        """See `SolutionStore.join`."""
        faults: dict[str, str] = {}
        todo = list(documents)
        for start in range(0, len(todo), CHUNK):
            faults.update(await self._join(index, todo[start : start + CHUNK], found_at_once))
        return faults

    async def read(self, index: str, ids: list[str]) -> dict[str, SolutionDocument]:
        """Return the documents as they lie in an index, those that are there."""
        found = await self._stored(index, ids, KEPT_FIELDS)
        return {key: from_source(stored["_source"]) for key, stored in found.items()}

    async def _join(self, index: str, documents: list[SolutionDocument], found_at_once: bool) -> dict[str, str]:
        faults: dict[str, str] = {}
        for _ in range(MOST_CONFLICTS):
            if not documents:
                return faults
            known = await self._stored(index, [document.id for document in documents], self._read_for_writing)
            changed: list[tuple[SolutionDocument, Stored | None]] = []
            for document in documents:
                stored = known.get(document.id)
                before = from_source(stored["_source"]) if stored else None
                after = join(before, document)
                if after is not before:
                    changed.append((after, stored))
            conflicts = await self._write(index, changed, faults, found_at_once)
            documents = [document for document in documents if document.id in conflicts]
        if documents:
            raise unavailable("other writers keep changing the same documents")
        return faults

    async def _stored(self, index: str, ids: list[str], fields: Iterable[str]) -> dict[str, Stored]:
        with translated():
            answer = await self._client.mget(
                index=index, body={"ids": ids}, params={"_source_includes": ",".join(fields)}
            )
        for item in answer["docs"]:
            if "error" in item:
                raise unavailable(f"{index} cannot be read: {item['error'].get('reason')}")
        return {item["_id"]: item for item in answer["docs"] if item["found"]}

    async def _write(
        self,
        index: str,
        changed: list[tuple[SolutionDocument, Stored | None]],
        faults: dict[str, str],
        found_at_once: bool,
    ) -> set[str]:
        """Write; return the ids that somebody else changed meanwhile and note what is refused for good."""
        if not changed:
            return set()
        older = schema_of(index) < SCHEMA_VERSION
        fields = await self._fields_of(index) if older else None
        lines = bytearray()
        for document, stored in changed:
            action: dict[str, Any] = {"_id": document.id}
            source = to_source(document, self._splitter, self._thesaurus)
            if fields is not None:
                source = {name: value for name, value in source.items() if name in fields}
            if stored is None:
                lines += orjson.dumps({"create": action}) + b"\n"
            else:
                action |= {"if_seq_no": stored["_seq_no"], "if_primary_term": stored["_primary_term"]}
                lines += orjson.dumps({"index": action}) + b"\n"
                source |= carried_over(stored["_source"], source)
            lines += orjson.dumps(source) + b"\n"
        with translated():
            answer = await self._client.bulk(
                body=bytes(lines), index=index, params={"refresh": "true"} if found_at_once else {}
            )
        conflicts: set[str] = set()
        for entry in answer["items"] if answer["errors"] else ():
            ((_, item),) = entry.items()
            if item["status"] == 409:
                conflicts.add(item["_id"])
            elif item["status"] in _TRANSIENT or item["status"] == 404:
                raise unavailable(f"{index} cannot be written: {item['error'].get('reason')}")
            elif item["status"] >= 400:
                fault = str(item["error"].get("reason"))
                if older:  # no reason to give up the event: the index to come takes it
                    log.warning("older index refuses a document", index=index, id=item["_id"], fault=fault)
                else:
                    faults[item["_id"]] = fault
        return conflicts

    async def _fields_of(self, index: str) -> frozenset[str]:
        """Return what an index of an older schema can hold, so that it stays current until the new one is built."""
        if index not in self._older_fields:
            with translated():
                found = await self._client.indices.get_mapping(index=index)
            self._older_fields = {index: frozenset(found[index]["mappings"]["properties"])}
        return self._older_fields[index]
