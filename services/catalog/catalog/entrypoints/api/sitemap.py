"""The sitemap: its index, and its pages at the same address, so that they may name every page of the site."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from servicekit import errors

from catalog.adapters.open_data import sitemap
from catalog.application.open_data import SITEMAP_PAGE
from catalog.entrypoints.api import conditional
from catalog.entrypoints.api.dependencies import Wired

XML = "application/xml"
router = APIRouter(tags=["open data"])


@router.head("/sitemap.xml", include_in_schema=False)
@router.get("/sitemap.xml", response_class=Response, responses={200: {"content": {XML: {}}}})
async def site(
    request: Request, wired: Wired, page: Annotated[int | None, Query(ge=0, le=1_000_000, examples=[1])] = None
) -> Response:
    """The index of the sitemap; `page` 0 holds the fixed addresses, each further one up to 10,000 solutions."""
    data = wired.open_data
    standing = await data.solutions.standing()
    if page is None:
        text = sitemap.index(data.terms, standing)
    elif page == 0:
        text = sitemap.fixed(data.terms)
    elif page <= standing.sitemap_pages:
        text = sitemap.page(data.terms, await data.solutions.entries((page - 1) * SITEMAP_PAGE, SITEMAP_PAGE))
    else:
        raise errors.not_found("no-such-sitemap", f"the sitemap has the pages 0 to {standing.sitemap_pages}")
    return conditional.whole(request, text.encode(), conditional.headers(request, data, standing, XML), standing)
