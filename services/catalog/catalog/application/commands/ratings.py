"""What municipalities say about solutions, and what providers and the team do about it."""

from collections.abc import Callable

from contracts.vocabulary import OrganisationKind
from servicekit import errors
from servicekit.errors import FieldError

from catalog.application import mapping
from catalog.application.actor import Actor, require_curator, require_member
from catalog.application.commands.solutions import provider_of
from catalog.application.ports import Loaded, Ports, Write
from catalog.domain import rating as rules
from catalog.domain.organisation import MemberRole, Organisation, require_onboarded
from catalog.domain.rating import Opinion, RatingBook, RatingChange
from catalog.domain.solution import Solution


async def rate_solution(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str | None, opinion: Opinion
) -> tuple[str, Loaded[RatingBook]]:
    """Record the rating of the actor's municipality, or its revision; return the municipality's id and all ratings.

    Without `organisation_id` it is the only municipality that the actor belongs to.
    """
    solution = await _solution(ports, solution_id)
    provider = await provider_of(ports, solution)
    if provider.id == organisation_id or provider.member(actor.user) is not None:
        raise errors.forbidden("own-solution", "you cannot rate a solution of your own organisation")
    rater = await _rater(ports, actor, organisation_id)
    if solution.live is None:
        raise errors.conflict("not-published", f"cannot rate: the solution is {solution.state}, not published")
    saved = await _change(
        ports,
        solution,
        lambda book: rules.rate(
            book,
            opinion,
            organisation_id=rater.id,
            organisation_name=rater.name,
            size_class=rater.size_class,
            by=actor.user,
            at=ports.clock.now(),
        ),
    )
    return rater.id, saved


async def hide_rating(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str, reason: str
) -> Loaded[RatingBook]:
    """Take a rating out of sight and out of the summary (curator)."""
    require_curator(actor)
    solution = await _solution(ports, solution_id)
    return await _change(
        ports,
        solution,
        lambda book: rules.hide(book, organisation_id, reason=reason, by=actor.user, at=ports.clock.now()),
    )


async def reply_to_rating(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str, text: str
) -> Loaded[RatingBook]:
    """Answer a rating (editors of the provider)."""
    solution = await _solution(ports, solution_id)
    provider = await provider_of(ports, solution)
    require_member(actor, provider, MemberRole.EDITOR)
    require_onboarded(provider)
    return await _change(
        ports,
        solution,
        lambda book: rules.reply(book, organisation_id, text=text, by=actor.user, at=ports.clock.now()),
    )


async def _rater(ports: Ports, actor: Actor, organisation_id: str | None) -> Organisation:
    if organisation_id is None:
        return await _only_municipality(ports, actor)
    loaded = await ports.organisations.get(organisation_id)
    if loaded is None:
        raise errors.not_found("organisation-not-found", f"there is no organisation {organisation_id}")
    require_member(actor, loaded.state, MemberRole.MEMBER)
    require_onboarded(loaded.state)
    if OrganisationKind.MUNICIPALITY not in loaded.state.kinds:
        raise errors.forbidden("not-a-municipality", f"only municipalities rate: {loaded.state.name} is none")
    return loaded.state


async def _only_municipality(ports: Ports, actor: Actor) -> Organisation:
    held = [loaded.state for loaded in await ports.organisations.of_member(actor.user)]
    municipalities = [found for found in held if OrganisationKind.MUNICIPALITY in found.kinds]
    if not municipalities:
        raise errors.forbidden("not-a-municipality", "only members of an onboarded municipality rate solutions")
    able = [found for found in municipalities if found.onboarded]
    if not able:
        require_onboarded(municipalities[0])
    if len(able) > 1:
        message = "you belong to more than one municipality: say for which one you rate"
        raise errors.invalid("organisation-required", message, [FieldError("organisation_id", message)])
    return able[0]


async def _solution(ports: Ports, solution_id: str) -> Solution:
    loaded = await ports.solutions.get(solution_id)
    if loaded is None:
        raise errors.not_found("solution-not-found", f"there is no solution {solution_id}")
    return loaded.state


async def _change(
    ports: Ports, solution: Solution, command: Callable[[RatingBook], RatingChange]
) -> Loaded[RatingBook]:
    async def decide(loaded: Loaded[RatingBook]) -> Write[RatingBook]:
        change = command(loaded.state)
        return Write(change.state, mapping.of_ratings(change, solution, now=ports.clock.now()))

    return await ports.ratings.change(solution.id, decide)
