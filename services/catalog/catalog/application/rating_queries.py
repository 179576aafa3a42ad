"""What can be read of ratings, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.listing import RatingSummary
from contracts.vocabulary import Bundesland, SizeClass
from servicekit import errors

from catalog.application.actor import Actor, may_see, require_member, require_team
from catalog.application.commands.solutions import provider_of
from catalog.application.ports import Loaded, Ports
from catalog.application.queries import find_solution, no_solution
from catalog.domain.deployment import DeploymentBook
from catalog.domain.organisation import MemberRole
from catalog.domain.rating import Rating, RatingBook, summarise
from catalog.domain.solution import Solution

MOST_REPORTED = 50
"""Solutions with reported ratings that one page of the team's queue shows."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Which ratings are looked at: those of municipalities of one size and, where given, one federal state."""

    size_class: SizeClass
    bundesland: Bundesland | None = None

    def fits(self, rating: Rating) -> bool:
        """True for a rating of a municipality like that."""
        context = rating.context
        return context.size_class is self.size_class and self.bundesland in (None, context.bundesland)


@dataclass(frozen=True, slots=True)
class RatingsSeen:
    """The ratings of a solution as somebody may read them, newest first; `like` sums up those that were asked for."""

    book: RatingBook
    readable: Sequence[Rating]
    deployments: DeploymentBook
    likeness: Likeness | None = None
    like: RatingSummary | None = None


async def ratings_of(
    ports: Ports, actor: Actor | None, id_or_slug: str, *, like: str | None = None, same_bundesland: bool = False
) -> RatingsSeen:
    """Return the summary for everybody, the reports for logged-in users, hidden ones for the team and their authors.

    `like` names an own municipality: only ratings of municipalities of its size (and its federal state) are shown.
    Raises ProblemError `not-authenticated` (401) and `size-unknown` (409) for that.
    """
    found = (await find_solution(ports, id_or_slug)).state
    if found.live is None and not may_see(actor, await provider_of(ports, found)):
        raise no_solution(id_or_slug)
    likeness = None if like is None else await _likeness(ports, actor, like, same_bundesland=same_bundesland)
    book = (await ports.ratings.get(found.id)).state
    deployments = (await ports.uses.deployments.get(found.id)).state
    if actor is None:
        return RatingsSeen(book, (), deployments)
    own = {loaded.state.id for loaded in await ports.organisations.of_member(actor.user)}
    readable = [
        rating
        for rating in book.ratings.values()
        if (rating.hidden is None or actor.in_team or rating.organisation_id in own)
        and (likeness is None or likeness.fits(rating))
    ]
    readable.sort(key=lambda rating: rating.rated_at, reverse=True)
    summary = None if likeness is None else summarise(filter(likeness.fits, book.ratings.values()))
    return RatingsSeen(book, readable, deployments, likeness, summary)


@dataclass(frozen=True, slots=True)
class Reported:
    """A rating that somebody reported."""

    solution: Solution
    rating: Rating


async def reported_ratings(ports: Ports, actor: Actor, *, after: str | None) -> tuple[Sequence[Reported], str | None]:
    """Return the ratings that wait for the team, and from behind which solution the next page starts."""
    require_team(actor)
    books = await ports.ratings.reported(after=after, limit=MOST_REPORTED + 1)
    page = books[:MOST_REPORTED]
    found = [
        Reported(await _solution(ports, book), rating)
        for book in page
        for rating in book.state.ratings.values()
        if rating.reports
    ]
    return found, page[-1].state.solution_id if len(books) > MOST_REPORTED else None


async def moderated_rating(ports: Ports, actor: Actor, id_or_slug: str, organisation_id: str) -> Reported:
    """Return one rating with all that was done about it, for the team."""
    require_team(actor)
    solution = (await find_solution(ports, id_or_slug)).state
    return Reported(solution, (await ports.ratings.get(solution.id)).state.rating(organisation_id))


async def _likeness(ports: Ports, actor: Actor | None, organisation_id: str, *, same_bundesland: bool) -> Likeness:
    if actor is None:
        raise errors.unauthenticated("not-authenticated", "log in to see the ratings of municipalities like yours")
    loaded = await ports.organisations.get(organisation_id)
    if loaded is None:
        raise errors.not_found("organisation-not-found", f"there is no organisation {organisation_id}")
    require_member(actor, loaded.state, MemberRole.MEMBER)
    if loaded.state.size_class is None:
        raise errors.conflict("size-unknown", f"the size of {loaded.state.name} is not known")
    return Likeness(loaded.state.size_class, loaded.state.bundesland if same_bundesland else None)


async def _solution(ports: Ports, book: Loaded[RatingBook]) -> Solution:
    return (await find_solution(ports, book.state.solution_id)).state
