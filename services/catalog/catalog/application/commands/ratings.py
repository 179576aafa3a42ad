"""What municipalities say about solutions that they use, and what providers, readers and the team do about it."""

from collections.abc import Callable
from functools import partial

from contracts.vocabulary import ReportReason
from servicekit import errors

from catalog.application import rating_mapping as mapping
from catalog.application.actor import Actor, may_see, require_curator, require_member
from catalog.application.commands.solutions import provider_of
from catalog.application.loading import decision
from catalog.application.municipalities import acting_for
from catalog.application.ports import Loaded, Ports
from catalog.application.queries import no_solution
from catalog.domain import moderation
from catalog.domain import rating as rules
from catalog.domain.deployment import Use
from catalog.domain.organisation import MemberRole, Organisation, require_onboarded
from catalog.domain.rating import Context, Opinion, RatingBook, RatingChange
from catalog.domain.solution import Solution


async def rate_solution(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str | None, opinion: Opinion
) -> tuple[str, Loaded[RatingBook]]:
    """Record the rating of the actor's municipality, or its revision; return the municipality's id and all ratings.

    Without `organisation_id` it is the only municipality that the actor belongs to. Raises ProblemError
    `own-solution` (403) for whoever belongs to the provider, `deployment-required` and `deployment-outdated` (409).
    """
    solution, provider = await solution_and_provider(ports, solution_id)
    if provider.id == organisation_id or provider.member(actor.user) is not None:
        raise errors.forbidden("own-solution", "you cannot rate a solution of your own organisation")
    rater = await acting_for(ports, actor, organisation_id, MemberRole.MEMBER, "rate solutions")
    if solution.live is None:
        raise errors.conflict("not-published", f"cannot rate: the solution is {solution.state}, not published")
    context = _context(await _confirmed_use(ports, solution, rater))
    saved = await _change(
        ports,
        solution,
        provider,
        lambda book: rules.rate(
            book,
            opinion,
            organisation_id=rater.id,
            organisation_name=rater.name,
            context=context,
            by=actor.user,
            at=ports.clock.now(),
        ),
    )
    return rater.id, saved


async def hide_rating(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str, reason: str
) -> Loaded[RatingBook]:
    """Take a rating out of sight and out of the summary (curator)."""
    return await _moderate(
        ports,
        actor,
        solution_id,
        lambda book: moderation.hide(book, organisation_id, reason=reason, by=actor.user, at=ports.clock.now()),
    )


async def restore_rating(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str, reason: str
) -> Loaded[RatingBook]:
    """Show a hidden rating again (curator)."""
    return await _moderate(
        ports,
        actor,
        solution_id,
        lambda book: moderation.restore(book, organisation_id, reason=reason, by=actor.user, at=ports.clock.now()),
    )


async def dismiss_reports(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str, reason: str
) -> Loaded[RatingBook]:
    """Leave a reported rating as it is (curator)."""
    return await _moderate(
        ports,
        actor,
        solution_id,
        lambda book: moderation.dismiss(book, organisation_id, reason=reason, by=actor.user, at=ports.clock.now()),
    )


async def report_rating(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str, *, reason: ReportReason, note: str | None
) -> None:
    """Ask the team to look at a rating (anybody who is logged in and may read it)."""
    solution, provider = await solution_and_provider(ports, solution_id)
    if solution.live is None and not may_see(actor, provider):
        raise no_solution(solution_id)
    await _change(
        ports,
        solution,
        provider,
        lambda book: moderation.report(
            book, organisation_id, reason=reason, note=note, by=actor.user, at=ports.clock.now()
        ),
    )


async def reply_to_rating(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str, text: str
) -> Loaded[RatingBook]:
    """Answer a rating (editors of the provider)."""
    solution, provider = await solution_and_provider(ports, solution_id)
    require_member(actor, provider, MemberRole.EDITOR)
    require_onboarded(provider)
    return await _change(
        ports,
        solution,
        provider,
        lambda book: rules.reply(book, organisation_id, text=text, by=actor.user, at=ports.clock.now()),
    )


async def solution_and_provider(ports: Ports, solution_id: str) -> tuple[Solution, Organisation]:
    """Return a solution and who offers it; raises ProblemError `solution-not-found` (404)."""
    loaded = await ports.solutions.get(solution_id)
    if loaded is None:
        raise errors.not_found("solution-not-found", f"there is no solution {solution_id}")
    return loaded.state, await provider_of(ports, loaded.state)


async def _confirmed_use(ports: Ports, solution: Solution, rater: Organisation) -> Use:
    book = (await ports.uses.deployments.get(solution.id)).state
    use = book.uses.get(rater.id)
    if use is None or use.ended is not None:
        raise errors.conflict("deployment-required", f"declare first that {rater.name} uses the solution")
    if use.outdated(ports.clock.now()):
        raise errors.conflict("deployment-outdated", f"confirm first that {rater.name} still uses the solution")
    return use


def _context(use: Use) -> Context:
    return Context(
        size_class=use.size_class,
        bundesland=use.bundesland,
        used_since=use.terms.since,
        version=use.terms.version,
    )


async def _moderate(
    ports: Ports, actor: Actor, solution_id: str, command: Callable[[RatingBook], RatingChange]
) -> Loaded[RatingBook]:
    require_curator(actor)
    solution, provider = await solution_and_provider(ports, solution_id)
    return await _change(ports, solution, provider, command)


async def _change(
    ports: Ports, solution: Solution, provider: Organisation, command: Callable[[RatingBook], RatingChange]
) -> Loaded[RatingBook]:
    how = decision(command, partial(mapping.of_ratings, solution=solution, provider=provider), ports.clock)
    return await ports.ratings.change(solution.id, how)
