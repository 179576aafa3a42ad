"""Pages of a list that is sorted by a field and the id, each found by an index."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
Document = dict[str, Any]
Find = Callable[[Document, int], Awaitable[list[T]]]
"""Returns up to so many documents that match, in the order of the list."""


async def following(
    find: Find[T], query: Mapping[str, Any], field: str, place: tuple[Any, str] | None, limit: int, *, descending: bool
) -> list[T]:
    """Return up to `limit` documents behind a place (a value of `field` and an id); from the first on without one.

    Those with the same value are asked for first, then those with the next ones: a question with `$or` for both would
    sort everything that matches, or read the whole collection. What `query` says of `field`, it says with operators.
    """
    if place is None:
        return await find(dict(query), limit)
    value, last = place
    beyond = "$lt" if descending else "$gt"
    known = query.get(field, {})
    found = await find({**query, field: {**known, "$eq": value} if known else value, "_id": {beyond: last}}, limit)
    if len(found) < limit:
        found += await find({**query, field: {**known, beyond: value}}, limit - len(found))
    return found
