"""`GET /solutions`: the search."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from servicekit import http

from search.domain.search_request import parse
from search.entrypoints.api import insights
from search.entrypoints.api.cacheable import NOT_MODIFIED, cacheable
from search.entrypoints.api.parameters import SEARCHING
from search.entrypoints.api.schemas import SearchPage
from search.wiring import Container

router = APIRouter(tags=["search"])


@router.get(
    "/solutions",
    response_class=Response,
    responses={
        200: {
            "model": SearchPage,
            "description": "A page of results",
            "headers": {insights.SEARCH_ID: insights.ANSWERED},
        },
        **NOT_MODIFIED,
    },
    openapi_extra={"parameters": [*SEARCHING, insights.GIVEN]},
)
async def search_solutions(request: Request, container: Annotated[Container, Depends(http.container)]) -> Response:
    """Search published solutions.

    Facet counts leave out a facet's own choice, so its other values stay in sight. Parameters are read from one table
    and the answer is written directly: this path is hot.
    """
    asked = parse(request.query_params.multi_items(), decode_cursor=http.decode_cursor)
    answer = await container.searching.search(asked)
    search_id = insights.noted(request, container.search_log, asked, hits=answer.total, mode="lexical")
    content = {
        "total": answer.total,
        "results": answer.results,
        "facets": answer.facets,
        "next_cursor": http.encode_cursor(answer.next_position) if answer.next_position else None,
    }
    return cacheable(request, content, search_id)
