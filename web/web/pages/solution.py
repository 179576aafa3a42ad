"""`/loesungen/{slug}`: one solution with its review seal, its checkup and its ratings."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from web import solution_view
from web.page import AnyPage

router = APIRouter()


@router.get("/loesungen")
async def all_solutions() -> RedirectResponse:
    """The list of all solutions is a search without words."""
    return RedirectResponse("/suche", status_code=301)


@router.get("/loesungen/{slug}")
async def solution(page: AnyPage, slug: str) -> Response:
    """Show the published version; an id leads to the address with the slug."""
    view = await solution_view.load(page, slug)
    if view.solution.slug != slug:
        return page.go(f"/loesungen/{view.solution.slug}")
    return solution_view.show(page, view)
