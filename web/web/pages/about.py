"""`/kriterien` and `/ueber`: how solutions are reviewed and measured, and what this place is."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import Response

from web.page import AnyPage
from web.partly import part

router = APIRouter()


@router.get("/kriterien")
async def criteria(page: AnyPage) -> Response:
    """The review criteria and the checkup rubric, as the services publish them."""
    found, rubric = await asyncio.gather(part(page.services.review.criteria()), part(page.services.checkup.rubric()))
    return page.render("criteria.html", criteria=found, rubric=rubric)


@router.get("/ueber")
async def about(page: AnyPage) -> Response:
    """What the marketplace is, for whom, and where its interfaces are."""
    return page.render("about.html")
