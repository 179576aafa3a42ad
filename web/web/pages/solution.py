"""`/loesungen/{slug}`: one solution with its review seal, its checkup and its ratings."""

import asyncio

import structlog
from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from web import solution_view
from web.api.caller import Caller
from web.api.problem import ApiProblem
from web.api.search import Search
from web.page import AnyPage, Page
from web.search_query import search_id_of

router = APIRouter()
log = structlog.stdlib.get_logger(__name__)
OPENED_SECONDS = 3.0


@router.get("/loesungen")
async def all_solutions() -> RedirectResponse:
    """The list of all solutions is a search without words."""
    return RedirectResponse("/suche", status_code=301)


@router.get("/loesungen/{slug}")
async def solution(page: AnyPage, slug: str) -> Response:
    """Show the published version; an id leads to the address with the slug.

    `suche` in the address names the search that led here: the search service learns that it helped, after the page is
    out and whether or not that works.
    """
    view = await solution_view.load(page, slug)
    if view.solution.slug != slug:
        return page.go(f"/loesungen/{view.solution.slug}")
    response = solution_view.show(page, view)
    search_id = search_id_of(page.request.query_params)
    if search_id and "sec-purpose" not in page.request.headers:  # which says that the browser only reads ahead
        response.background = BackgroundTask(_opened, page, search_id, view.solution.id)
    return response


async def _opened(page: Page, search_id: str, solution_id: str) -> None:
    """Tell it without the user's token: who searched is nobody's business."""
    nobody = Search(Caller(page.container.http, request_id=page.services.call.request_id))
    try:
        async with asyncio.timeout(OPENED_SECONDS):
            await nobody.opened(search_id, solution_id)
    except (ApiProblem, TimeoutError) as error:
        log.info("opened_not_told", reason=repr(error))
