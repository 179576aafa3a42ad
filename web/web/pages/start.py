"""`/`: search, fields of action with their numbers, the newest solutions."""

from contracts.vocabulary import FieldOfAction
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from web.page import AnyPage
from web.partly import part

router = APIRouter()
NEWEST = 6


@router.get("/")
async def start(page: AnyPage) -> HTMLResponse:
    """Show the start page, also while the search does not answer."""
    found = await part(page.services.search.solutions(sort="newest", size=NEWEST))
    counts = (
        {facet.value: facet.count for facet in found.value.facets.get("field_of_action", [])} if found.value else {}
    )
    fields = [(str(field.value), counts.get(str(field.value), 0)) for field in FieldOfAction]
    return page.render("start.html", found=found, fields=fields)
