"""`GET /solutions` and `GET /similar/{id}`: the search, and what is similar to a solution."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from servicekit import http

from search.application.queries import Corrected
from search.domain.search_request import parse
from search.domain.words import WORD
from search.entrypoints.api import insights
from search.entrypoints.api.cacheable import NOT_MODIFIED, cacheable
from search.entrypoints.api.parameters import SEARCHING, refuse_others
from search.entrypoints.api.schemas import SearchPage, SimilarSolutions
from search.wiring import Container

router = APIRouter(tags=["search"])
MOST_SIMILAR = 20
LONGEST_ID = 100


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
    search_id = insights.noted(request, container.search_log, asked, hits=answer.total, mode=answer.mode)
    content = {
        "total": answer.total,
        "searchable": answer.searchable,
        "results": answer.results,
        "facets": answer.facets,
        "recognised": answer.recognised,
        "corrected": corrected_shown(answer.corrected),
        "mode": answer.mode,
        "next_cursor": http.encode_cursor(answer.next_position) if answer.next_position else None,
    }
    return cacheable(request, content, search_id)


def corrected_shown(corrected: Corrected | None) -> dict[str, str] | None:
    """Return a corrected query as the API shows it: with safe HTML that marks the words that were misspelt."""
    if corrected is None:
        return None
    pieces: list[str] = []
    at = 0
    for found in WORD.finditer(corrected.text):
        pieces.append(escape(corrected.text[at : found.start()]))
        pieces.append(f"<mark>{found[0]}</mark>" if found[0] in corrected.words else found[0])
        at = found.end()
    return {"text": corrected.text, "html": "".join((*pieces, escape(corrected.text[at:])))}


@router.get(
    "/similar/{solution_id}",
    response_class=Response,
    responses={200: {"model": SimilarSolutions, "description": "Most similar first"}, **NOT_MODIFIED},
)
async def similar_solutions(
    request: Request,
    container: Annotated[Container, Depends(http.container)],
    solution_id: Annotated[str, Path(max_length=LONGEST_ID)],
    size: Annotated[int, Query(ge=1, le=MOST_SIMILAR)] = 4,
) -> Response:
    """Return what is similar to a solution, in its words and in meaning. 404 `solution-not-found`."""
    refuse_others(request, "size")
    return cacheable(request, {"results": await container.similar.to(solution_id, size)})
