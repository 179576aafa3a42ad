"""Small corrections of what is online: made by the provider, looked at by the team afterwards."""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.listing import Listing
from pydantic import ValidationError
from servicekit import errors
from servicekit.errors import FieldError

from catalog.application import profile
from catalog.application.actor import Actor, require_reviewer
from catalog.application.commands.solutions import as_provider, change, provider_of
from catalog.application.ports import Loaded, Ports, Position, Selection
from catalog.domain import correcting
from catalog.domain.correction import with_answers
from catalog.domain.solution import Solution, SolutionChange


async def correct_solution(
    ports: Ports, actor: Actor, solution_id: str, answers: Mapping[str, Any], *, expected: int | None = None
) -> Loaded[Solution]:
    """Change answers of what is online at once (the provider's editors), by question; None takes one away.

    Raises ProblemError `not-correctable` (422) for questions that need a review, and as saving and submitting do.
    """
    correctable = {each.id for each in ports.profile.questions if each.correctable}
    if refused := [name for name in answers if name not in correctable]:
        fields = [FieldError(f"answers.{name}", "cannot be changed without a review") for name in refused]
        raise errors.invalid("not-correctable", f"these need a review: {', '.join(refused)}", fields)

    def correct(solution: Solution) -> SolutionChange:
        if solution.live is not None:
            _require_valid(ports, solution.live.shown, answers)
        return correcting.correct(solution, answers, by=actor.user, at=ports.clock.now())

    return await as_provider(ports, actor, solution_id, correct, expected=expected)


async def accept_correction(
    ports: Ports, actor: Actor, solution_id: str, number: int, *, revision: int
) -> Loaded[Solution]:
    """Say that a correction may stay (reviewer, not of the provider itself)."""
    return await _judge(
        ports,
        actor,
        solution_id,
        lambda solution: correcting.accept(solution, number, revision, by=actor.user, at=ports.clock.now()),
    )


async def revert_correction(
    ports: Ports, actor: Actor, solution_id: str, number: int, *, revision: int, reason: str
) -> Loaded[Solution]:
    """Take a correction back with a reason (reviewer, not of the provider itself)."""
    return await _judge(
        ports,
        actor,
        solution_id,
        lambda solution: correcting.revert(
            solution, number, revision, reason=reason, by=actor.user, at=ports.clock.now()
        ),
    )


async def unapproved(ports: Ports, actor: Actor, *, after: Position | None, limit: int) -> Selection[Solution]:
    """Return the solutions with corrections that the team has not looked at, the longest waiting first (reviewer)."""
    require_reviewer(actor)
    return await ports.solutions.unapproved(after=after, limit=limit)


def _require_valid(ports: Ports, listing: Listing, answers: Mapping[str, Any]) -> None:
    try:
        corrected = with_answers(listing, answers)
    except ValidationError as error:
        fields = [FieldError(f"answers.{'.'.join(map(str, each['loc']))}", each["msg"]) for each in error.errors()]
        raise errors.invalid("invalid-listing", "the correction is not valid", fields) from error
    profile.require_valid(ports.profile, corrected, ports.clock)
    profile.require_complete(ports.profile, corrected, ports.clock)


async def _judge(
    ports: Ports, actor: Actor, solution_id: str, command: Callable[[Solution], SolutionChange]
) -> Loaded[Solution]:
    require_reviewer(actor)

    async def judged(loaded: Loaded[Solution]) -> SolutionChange:
        provider = await provider_of(ports, loaded.state)
        if provider.member(actor.user) is not None:
            raise errors.forbidden("own-organisation", f"you are a member of {provider.name}, which corrected this")
        return command(loaded.state)

    return await change(ports, solution_id, judged)
