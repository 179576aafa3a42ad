"""`/team/suchberichte`: what is searched for, what is not found, what is found and not opened."""

from fastapi import APIRouter
from fastapi.responses import Response

from web.page import SearchReportPage

router = APIRouter()
PERIODS = (7, 30, 90)
USUAL_PERIOD = 30


@router.get("/team/suchberichte")
async def search_reports(page: SearchReportPage, tage: str = "") -> Response:
    """Show the report of a period in days, today included."""
    days = int(tage) if tage in {str(each) for each in PERIODS} else USUAL_PERIOD
    report = await page.services.search_reports.insights(days=days)
    return page.render("review/search_reports.html", report=report, days=days, periods=PERIODS)
