"""Each format as a stream of bytes; none holds more than a few solutions."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

import orjson
from contracts.profile.showing import columns, record
from servicekit import delimited

from catalog.application.open_data import OpenData, Standing, every
from catalog.application.ports import LiveSolution
from catalog.domain.open_data import dcat, formats, rdf
from catalog.domain.open_data.texts import plain_all

CHUNK = 65_536
"""Bytes that are sent at once, unless one solution has more."""
OWN_COLUMNS = ("id", "slug", "url", "provider_id", "provider", "version", "first_published_at", "published_at")
LICENCE_COLUMN = "metadata_licence"


class Writer(Protocol):
    """Writes one format."""

    def __call__(self, data: OpenData, standing: Standing) -> AsyncIterator[str | bytes]: ...


def item(data: OpenData, solution: LiveSolution) -> dict[str, Any]:
    """Return a solution as JSON values, with the licence of what is said about it."""
    return {
        "id": solution.id,
        "slug": solution.slug,
        "url": data.terms.solution(solution.slug),
        "provider": {"id": solution.organisation_id, "name": plain_all(solution.organisation_name)},
        "version": solution.number,
        "first_published_at": solution.first_published_at.isoformat(),
        "published_at": solution.published_at.isoformat(),
        "listing": plain_all(solution.listing.model_dump(mode="json")),
        LICENCE_COLUMN: data.terms.licence.url,
    }


def stream(data: OpenData, standing: Standing, wanted: formats.Format) -> AsyncIterator[bytes]:
    """Return a file with all solutions, in chunks."""
    return _chunked(WRITERS[wanted](data, standing))


async def _ndjson(data: OpenData, standing: Standing) -> AsyncIterator[bytes]:
    async for solution in every(data.solutions):
        yield orjson.dumps(item(data, solution), option=orjson.OPT_APPEND_NEWLINE)


async def _csv(data: OpenData, standing: Standing) -> AsyncIterator[str]:
    asked = tuple(f"listing_{each}" if each in OWN_COLUMNS else each for each in columns(data.profile))
    yield delimited.row([*OWN_COLUMNS, *asked, LICENCE_COLUMN], delimiter=",")
    async for solution in every(data.solutions):
        said = item(data, solution)
        own = {**said, "provider_id": said["provider"]["id"], "provider": said["provider"]["name"]}
        answers = record(data.profile, said["listing"])
        cells = [*(str(own[each]) for each in OWN_COLUMNS), *answers.values(), said[LICENCE_COLUMN]]
        yield delimited.row(cells, delimiter=",")


async def _turtle(data: OpenData, standing: Standing) -> AsyncIterator[str]:
    yield rdf.turtle_head()
    async for node in _nodes(data, standing):
        yield rdf.turtle(node)


async def _jsonld(data: OpenData, standing: Standing) -> AsyncIterator[bytes]:
    yield b'{"@context":' + orjson.dumps(rdf.jsonld_context()) + b',"@graph":['
    between = b"\n"
    async for node in _nodes(data, standing):
        yield between + orjson.dumps(rdf.jsonld(node))
        between = b",\n"
    yield b"\n]}\n"


async def _nodes(data: OpenData, standing: Standing) -> AsyncIterator[rdf.Node]:
    for node in dcat.catalogue(data.terms, changed_at=standing.changed_at):
        yield node
    async for solution in every(data.solutions):
        for node in dcat.solution(
            data.terms,
            data.profile,
            solution.listing.model_dump(mode="json"),
            solution_id=solution.id,
            slug=solution.slug,
            provider=(solution.organisation_id, solution.organisation_name),
            published=(solution.first_published_at, solution.published_at),
        ):
            yield node


async def _chunked(parts: AsyncIterator[str | bytes]) -> AsyncIterator[bytes]:
    held = bytearray()
    async for part in parts:
        held += part.encode() if isinstance(part, str) else part
        if len(held) >= CHUNK:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


WRITERS: Mapping[formats.Format, Writer] = {
    formats.NDJSON: _ndjson,
    formats.CSV: _csv,
    formats.TURTLE: _turtle,
    formats.JSONLD: _jsonld,
}
