"""The solution page put together: catalog, review, checkup, uses, ratings, similar ones; only the first is needed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from fastapi.responses import HTMLResponse

from web import checkup_view, schema_org
from web.api.catalog import Membership, PublicSolution, Rating, Ratings, RatingSummary
from web.api.checkup import Report
from web.api.checkup_people import Sources
from web.api.problem import ApiProblem
from web.api.review import Criteria, Seal
from web.api.search import Similar
from web.api.uses import OwnUse, Used
from web.checkup_view import CheckupView
from web.forms.faults import Faults
from web.forms.rating import RatingForm
from web.page import Page
from web.partly import Part, part
from web.watching import Watching, watching
from web.why import shared

Listed = TypeVar("Listed")
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
    used: Part[Used]
    municipalities: list[Membership]
    """The user's municipalities; the provider is none of them."""
    own: dict[str, OwnUse]
    """What they have declared about this solution, by municipality."""
    like: str
    """The own municipality that others are compared with; empty when all ratings are shown."""
    like_refused: str
    later: bool
    """True when the ratings begin behind the first page of them."""
    later_uses: bool
    """True when the list of who uses it begins behind its first page."""
    provides: bool
    watch: Watching | None

    @property
    def shown_ratings(self) -> RatingSummary:
        """The summary of all ratings that the page shows."""
        return self.ratings.value.summary if self.ratings.value else self.solution.ratings

    @property
    def raters(self) -> list[Membership]:
        """The municipalities for which the user may rate now; beside the first ratings, of which theirs may be one."""
        if self.later:
            return []
        return [each for each in self.municipalities if (use := self.own.get(each.organisation_id)) and use.rates]

    @property
    def lapsed(self) -> bool:
        """True when an own municipality would have to confirm its use again before it rates."""
        return any(use.running and use.outdated for use in self.own.values())

    def rating_of(self, organisation_id: str) -> Rating | None:
        """The rating that an organisation has already given."""
        items = self.ratings.value.items if self.ratings.value else []
        return next((each for each in items if each.organisation_id == organisation_id), None)


async def load(page: Page, slug: str) -> SolutionView:
    """Raises ApiProblem 404 when nothing is published under the slug."""
    services = page.services
    solution = await services.catalog.solution(slug)
    provider = solution.organisation_id
    municipalities = [each for each in page.memberships("municipality") if each.organisation_id != provider]
    asked = page.request.query_params.get("wie", "")
    like = asked if any(each.organisation_id == asked for each in municipalities) else ""
    cursor = page.request.query_params.get("berichte", "")
    later_uses = page.request.query_params.get("nutzer", "")
    same_bundesland = page.request.query_params.get("land") == "ja"
    asked_for = asyncio.gather(*(part(services.uses.own(solution.id, each.organisation_id)) for each in municipalities))
    (seal, criteria, (report, checkup), sources), (ratings, refused), similar, used, watch, own = await asyncio.gather(
        asyncio.gather(
            part(services.review.seal(solution.id)),
            part(services.review.criteria()),
            checkup_view.load(services.checkup, solution.id, solution.listing.fields_of_action),
            part(services.checkup_people.sources(solution.id)),
        ),
        _ratings(page, solution.id, like, same_bundesland=same_bundesland, cursor=cursor),
        part(services.search.similar(solution.id, size=MOST_SIMILAR), seconds=SIMILAR_SECONDS),
        part(_page_of(partial(services.uses.of_solution, solution.id), later_uses)),
        watching(page, [solution.id]),
        asked_for,
    )
    return SolutionView(
        solution=solution,
        seal=seal,
        criteria=criteria,
        report=report,
        checkup=checkup,
        sources=sources,
        ratings=ratings,
        similar=similar,
        used=used,
        municipalities=municipalities,
        own={use.value.organisation_id: use.value for use in own if use.value is not None},
        like="" if refused else like,
        like_refused=refused,
        later=bool(cursor),
        later_uses=bool(later_uses),
        watch=watch,
        provides=any(each.organisation_id == provider for each in page.memberships("provider", editing=True)),
    )


async def _page_of(ask: Callable[[str | None], Awaitable[Listed]], cursor: str) -> Listed:
    """Return a later page of a list; its first one when the address names none that there is."""
    try:
        return await ask(cursor or None)
    except ApiProblem as problem:
        if problem.status != 400 or not cursor:
            raise
        return await ask(None)


async def _ratings(
    page: Page, solution_id: str, like: str, *, same_bundesland: bool, cursor: str
) -> tuple[Part[Ratings], str]:
    """The ratings, of municipalities like an own one where that is asked; and why that is not possible."""
    catalog = page.services.catalog
    if like:
        try:
            return Part(
                await catalog.ratings(solution_id, like=like, same_bundesland=same_bundesland, cursor=cursor)
            ), ""
        except ApiProblem as problem:
            if problem.status not in (403, 404, 409):
                return Part(down=True), ""
            return await part(catalog.ratings(solution_id)), problem.text(page.locale.language)
    return await part(_page_of(lambda after: catalog.ratings(solution_id, cursor=after or ""), cursor)), ""


def show(
    page: Page, view: SolutionView, *, form: RatingForm | None = None, faults: Faults | None = None, status: int = 200
) -> HTMLResponse:
    """Render the page; `form` and `faults` when a rating could not be taken as it was typed."""
    if form is None and view.raters:
        given = view.rating_of(view.raters[0].organisation_id)
        form = RatingForm.of(given) if given else RatingForm(organisation_id=view.raters[0].organisation_id)
    return page.render(
        "solution/page.html",
        status=status,
        view=view,
        form=form,
        faults=faults or Faults(),
        shared_with=shared,
        structured=schema_org.solution(page.container.settings.public_url, view.solution, view.shown_ratings),
        watch=view.watch,
    )
