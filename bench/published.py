"""Fills the catalog's database with published solutions, many documents at a time, beside its use cases."""

import itertools
from datetime import UTC, datetime, timedelta

from catalog.adapters import documents
from catalog.adapters.open_data.register import Register, listed_of
from catalog.domain import lifecycle, review
from catalog.wiring import Container
from contracts.ids import derived_id

from bench.catalogue import Entry, catalogue

AT_ONCE = 1_000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


async def fill(container: Container, size: int, *, start: int = 0) -> list[str]:
    """Insert the listings of the made-up catalogue from `start` up to `size`; return the ids in order."""
    ids, listed = [], []
    entries = enumerate(itertools.islice(catalogue(size), start, None), start=start)
    while batch := list(itertools.islice(entries, AT_ONCE)):
        made = [document(entry, FIRST + timedelta(seconds=number)) for number, entry in batch]
        await container.platform.db["solutions"].insert_many(made)
        ids += [str(each["_id"]) for each in made]
        listed += [listed_of(each["_id"], each["version"], each) for each in made]
    await Register(container.platform.db).note(listed)
    return ids


def document(entry: Entry, at: datetime) -> documents.Document:
    """Return the document of a listing that was submitted, approved and published at once."""
    made = lifecycle.create(
        solution_id=entry.solution_id,
        slug=entry.slug,
        organisation_id=derived_id("organisation", entry.provider),
        organisation_name=entry.provider,
        listing=entry.listing,
        at=at,
    )
    submitted = lifecycle.submit(made, by="bench-editor", at=at).state
    online = review.approved(submitted, 1, findings=(), message=None, provider_onboarded=True, at=at).state
    return {"_id": entry.solution_id, "version": 1, **documents.from_solution(online), "outbox": []}
