"""`GET /solutions`: the search."""

import hashlib
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from servicekit import http

from search.domain.facets import FACETS, LONGEST_OPEN_VALUE, Facet
from search.domain.search_request import DEFAULT_PAGE, LARGEST_PAGE, LONGEST_TEXT, Sort, parse
from search.entrypoints.api import insights
from search.entrypoints.api.schemas import SearchPage
from search.wiring import Container

router = APIRouter(tags=["search"])


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _facet_parameter(facet: Facet) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "string"}
    value |= {"enum": [*facet.vocabulary]} if facet.vocabulary else {"minLength": 1, "maxLength": LONGEST_OPEN_VALUE}
    meaning = "Repeatable: any of the values; different facets must all match."
    return _parameter(facet.name, {"type": "array", "items": value}, meaning)


PARAMETERS = [
    _parameter("q", {"type": "string", "maxLength": LONGEST_TEXT}, "What is looked for; without it, everything."),
    _parameter(
        "size", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE}, "Page size."
    ),
    _parameter("cursor", {"type": "string"}, "`next_cursor` of the page before; only for the very same search."),
    _parameter("sort", {"type": "string", "enum": [*Sort], "default": Sort.RELEVANCE}, "Order of the results."),
    *(_facet_parameter(facet) for facet in FACETS),
    insights.GIVEN,
]


@router.get(
    "/solutions",
    response_class=Response,
    responses={
        200: {
            "model": SearchPage,
            "description": "A page of results",
            "headers": {insights.SEARCH_ID: insights.ANSWERED},
        },
        304: {"description": "Not modified"},
    },
    openapi_extra={"parameters": PARAMETERS},
)
async def search_solutions(request: Request, container: Annotated[Container, Depends(http.container)]) -> Response:
    """Search published solutions.

    Facet counts leave out a facet's own choice, so its other values stay in sight. Parameters are read from one table
    and the answer is written directly: this path is hot.
    """
    asked = parse(request.query_params.multi_items(), decode_cursor=http.decode_cursor)
    answer = await container.searching.search(asked)
    body = orjson.dumps(
        {
            "total": answer.total,
            "results": answer.results,
            "facets": answer.facets,
            "next_cursor": http.encode_cursor(answer.next_position) if answer.next_position else None,
        }
    )
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    search_id = insights.noted(request, container.search_log, asked, hits=answer.total, mode="lexical")
    headers = {"ETag": tag, "Cache-Control": "no-cache", **search_id}
    if http.not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
