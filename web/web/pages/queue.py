"""`/pruefung`: what waits for the team of reviewers."""

from fastapi import APIRouter
from fastapi.responses import Response

from web.page import ReviewerPage

router = APIRouter()
STATES = ("open", "changes_requested", "approved", "rejected", "withdrawn")
ALL = "alle"


@router.get("/pruefung")
async def queue(page: ReviewerPage, status: str = "open", cursor: str = "") -> Response:
    """List the cases in one state; those that wait longest come first."""
    state = status if status in STATES else None
    found = await page.services.review.cases(state=state, cursor=cursor or None)
    return page.render("review/queue.html", found=found, state=state or ALL, states=(*STATES, ALL), cursor=cursor)
