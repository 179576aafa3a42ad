"""What is asked of the database while a test runs, and whether an index serves it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from servicekit.mongo import Database

_ASKING = (
    *("find", "find_one", "find_one_and_update", "count_documents"),
    *("update_one", "update_many", "delete_one", "delete_many"),
)
Query = Mapping[str, Any]


class Queries:
    """Notes the queries of this process from now on; `monkeypatch` ends that with the test."""

    def __init__(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self._db = db
        self._asked: list[tuple[str, Query]] = []
        for name in _ASKING:
            self._note(type(db["any"]), name, monkeypatch)

    def about(self, *words: str) -> Iterator[tuple[str, Query]]:
        """Return collection and filter of the queries that mention one of the words."""
        return ((name, query) for name, query in self._asked if any(word in repr(query) for word in words))

    def collections(self, *words: str) -> set[str]:
        """Return the collections of those queries."""
        return {name for name, _ in self.about(*words)}

    async def unserved(self, *words: str) -> list[tuple[str, Query]]:
        """Return those of the queries for which the server has to read a whole collection: no index begins with a field
        that they ask for."""
        begun: dict[str, set[str]] = {}
        for name in self.collections(*words):
            specs = await self._db[name].index_information()
            begun[name] = {spec["key"][0][0] for spec in specs.values()}
        return [(name, query) for name, query in self.about(*words) if not _served(query, begun[name])]

    def _note(self, collection: type, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(collection, name)

        def noting(asked: Any, *given: Any, **named: Any) -> Any:
            query = given[0] if given else named.get("filter")
            self._asked.append((asked.name, query or {}))
            return original(asked, *given, **named)

        monkeypatch.setattr(collection, name, noting)


def _served(query: Query, begun: set[str]) -> bool:
    if any(name in begun and _narrows(wanted) for name, wanted in query.items()):
        return True
    if any(_served(each, begun) for each in query.get("$and", ())):
        return True
    return "$or" in query and all(_served(each, begun) for each in query["$or"])


def _narrows(wanted: Any) -> bool:
    return not (isinstance(wanted, Mapping) and set(wanted) <= {"$ne", "$nin", "$exists"})
