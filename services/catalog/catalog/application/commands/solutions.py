"""What providers and the team do with solutions."""

from collections.abc import Awaitable, Callable

from contracts.listing import Listing
from contracts.vocabulary import OrganisationKind
from servicekit import errors

from catalog.application import mapping, profile
from catalog.application.actor import Actor, require_curator, require_member
from catalog.application.ports import Loaded, Ports, SlugTaken, Write
from catalog.domain import lifecycle, media, slug
from catalog.domain.organisation import MemberRole, Organisation, require_onboarded
from catalog.domain.solution import Solution, SolutionChange

SLUG_ATTEMPTS = 5


async def create_solution(
    ports: Ports, actor: Actor, solution_id: str, *, organisation_id: str, wanted_slug: str | None, listing: Listing
) -> Loaded[Solution]:
    """Start a solution with a first draft. The same id again returns what is there.

    A given slug must be free (409 `slug-taken`); without one it is derived from the name and numbered when taken.
    """
    loaded = await ports.organisations.get(organisation_id)
    if loaded is None:
        raise errors.not_found("organisation-not-found", f"there is no organisation {organisation_id}")
    provider = loaded.state
    require_member(actor, provider, MemberRole.EDITOR)
    require_onboarded(provider)
    if OrganisationKind.PROVIDER not in provider.kinds:
        raise errors.conflict("not-a-provider", f"{provider.name} is not registered as a provider")
    profile.require_valid(ports.profile, listing, ports.clock)
    for _ in range(1 if wanted_slug else SLUG_ATTEMPTS):
        solution = lifecycle.create(
            solution_id=solution_id,
            slug=slug.check(wanted_slug) if wanted_slug else await ports.solutions.free_slug(slug.derive(listing.name)),
            organisation_id=provider.id,
            organisation_name=provider.name,
            listing=listing.model_copy(update={"media": []}),
            at=ports.clock.now(),
            by=actor.user,
        )
        try:
            added = await ports.solutions.add(solution.id, solution)
        except SlugTaken:
            continue
        return Loaded(solution, 1) if added else _found(await ports.solutions.get(solution_id), solution_id)
    raise errors.conflict("slug-taken", f"the slug {solution.slug} is taken: choose another one")


async def save_draft(
    ports: Ports, actor: Actor, solution_id: str, listing: Listing, *, expected: int | None, keep_media: bool = False
) -> Loaded[Solution]:
    """Keep the provider's text (its editors); it may be incomplete, but what it says must be within the limits.

    `keep_media`: pictures and documents stay as they are, else they are those of the listing.
    """
    profile.require_valid(ports.profile, listing, ports.clock)
    return await as_provider(
        ports,
        actor,
        solution_id,
        lambda solution: lifecycle.save_draft(
            solution, media.settled(solution, listing, keep=keep_media), by=actor.user, at=ports.clock.now()
        ),
        expected=expected,
    )


async def restore_version(
    ports: Ports, actor: Actor, solution_id: str, number: int, *, expected: int | None
) -> Loaded[Solution]:
    """Make a former version's text the draft (the provider's editors)."""
    return await as_provider(
        ports,
        actor,
        solution_id,
        lambda solution: lifecycle.restore(solution, number, by=actor.user, at=ports.clock.now()),
        expected=expected,
    )


async def submit_solution(
    ports: Ports, actor: Actor, solution_id: str, *, expected: int | None = None
) -> Loaded[Solution]:
    """Hand the newest version to the review (its editors), if it is complete."""

    def complete(solution: Solution) -> SolutionChange:
        submitted = lifecycle.submit(solution, by=actor.user, at=ports.clock.now())
        profile.require_complete(ports.profile, solution.newest.listing, ports.clock)
        return submitted

    return await as_provider(ports, actor, solution_id, complete, expected=expected)


async def withdraw_solution(ports: Ports, actor: Actor, solution_id: str, note: str | None) -> Loaded[Solution]:
    """Take the solution offline and its submission back (its editors)."""
    return await as_provider(
        ports,
        actor,
        solution_id,
        lambda solution: lifecycle.withdraw(solution, by=actor.user, note=note, at=ports.clock.now()),
    )


async def confirm_solution(
    ports: Ports, actor: Actor, solution_id: str, *, expected: int | None = None
) -> Loaded[Solution]:
    """Stand by what is public for twelve more months; brings back what expired a short time ago (its editors)."""
    return await as_provider(
        ports,
        actor,
        solution_id,
        lambda solution: lifecycle.confirm(solution, at=ports.clock.now()),
        expected=expected,
    )


async def suspend_solution(ports: Ports, actor: Actor, solution_id: str, reason: str) -> Loaded[Solution]:
    """Take a solution offline in the name of the team (curator)."""
    require_curator(actor)

    async def command(loaded: Loaded[Solution]) -> SolutionChange:
        return lifecycle.suspend(loaded.state, by=actor.user, reason=reason, at=ports.clock.now())

    return await change(ports, solution_id, command)


async def republish_solution(ports: Ports, actor: Actor, solution_id: str) -> Loaded[Solution]:
    """Bring a solution back: a curator lifts a suspension, the provider's editors lift their own withdrawal."""

    async def command(loaded: Loaded[Solution]) -> SolutionChange:
        solution = loaded.state
        provider = await provider_of(ports, solution)
        if solution.suspended is not None:
            require_curator(actor)
            require_onboarded(provider)
            return lifecycle.lift_suspension(solution, at=ports.clock.now())
        require_member(actor, provider, MemberRole.EDITOR)
        require_onboarded(provider)
        return lifecycle.lift_withdrawal(solution, at=ports.clock.now())

    return await change(ports, solution_id, command)


async def provider_of(ports: Ports, solution: Solution) -> Organisation:
    """Return the organisation that offers the solution; organisations are never deleted."""
    loaded = await ports.organisations.get(solution.organisation_id)
    if loaded is None:
        raise LookupError(f"solution {solution.id} belongs to the unknown organisation {solution.organisation_id}")
    return loaded.state


async def as_provider(
    ports: Ports,
    actor: Actor,
    solution_id: str,
    command: Callable[[Solution], SolutionChange],
    *,
    expected: int | None = None,
) -> Loaded[Solution]:
    """Change a solution in the name of an editor of its onboarded provider.

    Raises ProblemError `stale-version` (412) unless it is still in the version that the editor has `expected`.
    """

    async def allowed(loaded: Loaded[Solution]) -> SolutionChange:
        provider = await provider_of(ports, loaded.state)
        require_member(actor, provider, MemberRole.EDITOR)
        require_onboarded(provider)
        if expected is not None:
            errors.require_version("the draft", expected, loaded.version)
        return command(loaded.state)

    return await change(ports, solution_id, allowed)


async def change(
    ports: Ports, solution_id: str, command: Callable[[Loaded[Solution]], Awaitable[SolutionChange]]
) -> Loaded[Solution]:
    """Change a solution and tell of it; raises ProblemError `solution-not-found` (404)."""

    async def decide(loaded: Loaded[Solution]) -> Write[Solution]:
        decided = await command(loaded)
        return Write(decided.state, mapping.of_solution(decided, now=ports.clock.now()))

    return _found(await ports.solutions.change(solution_id, decide), solution_id)


def _found(loaded: Loaded[Solution] | None, solution_id: str) -> Loaded[Solution]:
    if loaded is None:
        raise errors.not_found("solution-not-found", f"there is no solution {solution_id}")
    return loaded
