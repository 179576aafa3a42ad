"""The solution page put together: catalog, review, checkup, ratings, similar ones; only the first is needed."""

import asyncio
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from web import checkup_view
from web.api.catalog import Membership, PublicSolution, Rating, Ratings
from web.api.checkup import Report
from web.api.checkup_people import Sources
from web.api.review import Criteria, Seal
from web.api.search import Similar
from web.checkup_view import CheckupView
from web.forms.faults import Faults
from web.forms.rating import RatingForm
from web.page import Page
from web.partly import Part, part
from web.why import shared

MOST_SIMILAR = 4
SIMILAR_SECONDS = 1.5


@dataclass(frozen=True)
class SolutionView:
    """Everything the solution page shows."""

    solution: PublicSolution
    seal: Part[Seal]
    criteria: Part[Criteria]
    report: Part[Report]
    checkup: CheckupView | None
    sources: Part[Sources]
    ratings: Part[Ratings]
    similar: Part[Similar]
    raters: list[Membership]
    provides: bool

    def rating_of(self, organisation_id: str) -> Rating | None:
        """The rating that an organisation has already given."""
        items = self.ratings.value.items if self.ratings.value else []
        return next((each for each in items if each.organisation_id == organisation_id), None)


async def load(page: Page, slug: str) -> SolutionView:
    """Raises ApiProblem 404 when nothing is published under the slug."""
    services = page.services
    solution = await services.catalog.solution(slug)
    seal, criteria, (report, checkup), sources, ratings, similar = await asyncio.gather(
        part(services.review.seal(solution.id)),
        part(services.review.criteria()),
        checkup_view.load(services.checkup, solution.id, solution.listing.fields_of_action),
        part(services.checkup_people.sources(solution.id)),
        part(services.catalog.ratings(solution.id)),
        part(services.search.similar(solution.id, size=MOST_SIMILAR), seconds=SIMILAR_SECONDS),
    )
    provider = solution.organisation_id
    return SolutionView(
        solution=solution,
        seal=seal,
        criteria=criteria,
        report=report,
        checkup=checkup,
        sources=sources,
        ratings=ratings,
        similar=similar,
        raters=[each for each in page.memberships("municipality") if each.organisation_id != provider],
        provides=any(each.organisation_id == provider for each in page.memberships("provider", editing=True)),
    )


def show(
    page: Page, view: SolutionView, *, form: RatingForm | None = None, faults: Faults | None = None, status: int = 200
) -> HTMLResponse:
    """Render the page; `form` and `faults` when a rating could not be taken as it was typed."""
    if form is None and view.raters:
        given = view.rating_of(view.raters[0].organisation_id)
        form = RatingForm.of(given) if given else RatingForm(organisation_id=view.raters[0].organisation_id)
    return page.render(
        "solution/page.html", status=status, view=view, form=form, faults=faults or Faults(), shared_with=shared
    )
