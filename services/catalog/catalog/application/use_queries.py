"""What can be read about the use of solutions, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.vocabulary import DeploymentVisibility, SizeClass
from servicekit import errors

from catalog.application.actor import Actor, may_see, require_member, require_team
from catalog.application.commands.peers import own_side
from catalog.application.commands.solutions import provider_of
from catalog.application.municipalities import municipalities_of
from catalog.application.ports import Loaded, Ports, Position, Selection
from catalog.application.queries import find_solution, no_solution
from catalog.domain.deployment import Claim, DeploymentBook, Use
from catalog.domain.organisation import MemberRole
from catalog.domain.peer import Side, Thread
from catalog.domain.solution import Solution


@dataclass(frozen=True, slots=True)
class Used:
    """The deployments of a solution as somebody may see them.

    `named` are those whose names the reader sees, `unnamed` counts the others; `sizes` counts all that are up to date.
    """

    named: Sequence[Use]
    unnamed: int
    confirmed: int
    outdated: int
    claims: Sequence[Claim]
    claimed: int
    sizes: dict[SizeClass, int]
    contactable: frozenset[str]


async def deployments_of(ports: Ports, actor: Actor | None, id_or_slug: str) -> Used:
    """Return who uses a solution. Everybody sees the public ones, registered users more, nobody what is hidden.

    A claim about an onboarded municipality is only counted until that has answered.
    """
    solution = (await find_solution(ports, id_or_slug)).state
    if solution.live is None and not may_see(actor, await provider_of(ports, solution)):
        raise no_solution(id_or_slug)
    book = (await ports.uses.deployments.get(solution.id)).state
    now = ports.clock.now()
    own = frozenset(held.id for held in await municipalities_of(ports, actor)) if actor else frozenset[str]()
    counting = book.counting
    fresh = [use for use in counting if not use.outdated(now)]
    named = [use for use in counting if _sees(use, registered=actor is not None, own=own)]
    sizes = [use.size_class for use in fresh if use.size_class]
    open_claims = book.open_claims
    return Used(
        named=named,
        unnamed=len(counting) - len(named),
        confirmed=len(fresh),
        outdated=len(counting) - len(fresh),
        claims=[claim for claim in open_claims if claim.organisation_id is None],
        claimed=len(open_claims),
        sizes={size: sizes.count(size) for size in SizeClass if size in sizes},
        contactable=frozenset(
            use.organisation_id
            for use in named
            if own and use.terms.contact and use.organisation_id not in own and not use.outdated(now)
        ),
    )


def _sees(use: Use, *, registered: bool, own: frozenset[str]) -> bool:
    if use.terms.visibility is DeploymentVisibility.PUBLIC or use.organisation_id in own:
        return True
    return registered and use.terms.visibility is DeploymentVisibility.REGISTERED


async def own_use(ports: Ports, actor: Actor, id_or_slug: str, organisation_id: str) -> Use:
    """Return the use of a municipality, for its members."""
    solution = (await find_solution(ports, id_or_slug)).state
    await _as_member(ports, actor, organisation_id)
    return (await ports.uses.deployments.get(solution.id)).state.use(organisation_id)


@dataclass(frozen=True, slots=True)
class OwnUses:
    """What a municipality uses, and what providers claim that it uses, each with its solution."""

    uses: Sequence[tuple[Solution, Use]]
    claims: Sequence[tuple[Solution, Claim]]


async def uses_of(ports: Ports, actor: Actor, organisation_id: str) -> OwnUses:
    """Return the deployments of a municipality in all solutions, for its members, by the solutions' names."""
    name = await _as_member(ports, actor, organisation_id)
    used = await ports.uses.deployments.used_by(organisation_id)
    claimed = await ports.uses.deployments.claimed_of(organisation_id, name)
    solutions = await _solutions(ports, [*used, *claimed])
    uses = [(solutions[held.state.solution_id], held.state.use(organisation_id)) for held in used]
    claims = [
        (solutions[held.state.solution_id], claim)
        for held in claimed
        for claim in held.state.open_claims
        if claim.concerns(organisation_id, name) and solutions[held.state.solution_id].live
    ]
    return OwnUses(
        sorted(uses, key=lambda pair: pair[0].newest.listing.name),
        sorted(claims, key=lambda pair: pair[0].newest.listing.name),
    )


async def claims_of(ports: Ports, actor: Actor, id_or_slug: str) -> list[tuple[Claim, bool]]:
    """Return what the provider claims, for its members and the team, and of each whether it seems to be open.

    A claim that a hidden municipality has confirmed seems to be open: that it uses the solution is not told.
    """
    solution = (await find_solution(ports, id_or_slug)).state
    provider = await provider_of(ports, solution)
    if not may_see(actor, provider):
        raise errors.forbidden("foreign-organisation", f"you are no member of {provider.name}")
    book = (await ports.uses.deployments.get(solution.id)).state
    claims = sorted(book.claims.values(), key=lambda claim: (claim.answer is not None, claim.name))
    return [(claim, claim.open or _hidden(book, claim)) for claim in claims]


def _hidden(book: DeploymentBook, claim: Claim) -> bool:
    if claim.answer is None or not claim.answer.confirmed:
        return False
    use = book.uses.get(claim.answer.organisation_id)
    return use is not None and use.terms.visibility is DeploymentVisibility.HIDDEN


@dataclass(frozen=True, slots=True)
class OwnThread:
    """A conversation, the side of the reader (None for the team), and whether the reader blocked the other one."""

    thread: Loaded[Thread]
    side: Side | None
    blocked: bool


async def threads_of(
    ports: Ports, actor: Actor, *, after: Position | None, limit: int
) -> tuple[Selection[Thread], frozenset[str]]:
    """Return the conversations of the actor's municipalities, and the ids of these."""
    own = frozenset(held.id for held in await municipalities_of(ports, actor))
    if not own:
        return Selection((), None, 0), own
    return await ports.uses.threads.of_organisations(own, after=after, limit=limit), own


async def thread(ports: Ports, actor: Actor, thread_id: str) -> OwnThread:
    """Return a conversation to its sides; the team reads it while a report waits, and nobody else ever does."""
    loaded = await ports.uses.threads.get(thread_id)
    if loaded is not None and loaded.state.complaints and actor.in_team:
        own = frozenset(held.id for held in await municipalities_of(ports, actor))
        if not loaded.state.sides_of(own):
            return OwnThread(loaded, None, blocked=False)
    found, side = await own_side(ports, actor, thread_id)
    blocklist = (await ports.uses.blocklists.get(found.party(side).organisation_id)).state
    version = loaded.version if loaded else 0
    return OwnThread(Loaded(found, version), side, found.party(side.other).organisation_id in blocklist.blocked)


async def reported_threads(ports: Ports, actor: Actor, *, after: Position | None, limit: int) -> Selection[Thread]:
    """Return the conversations that wait for the team."""
    require_team(actor)
    return await ports.uses.threads.reported(after=after, limit=limit)


async def _as_member(ports: Ports, actor: Actor, organisation_id: str) -> str:
    loaded = await ports.organisations.get(organisation_id)
    if loaded is None:
        raise errors.not_found("organisation-not-found", f"there is no organisation {organisation_id}")
    require_member(actor, loaded.state, MemberRole.MEMBER)
    return loaded.state.name


async def _solutions(ports: Ports, books: Sequence[Loaded[DeploymentBook]]) -> dict[str, Solution]:
    found: dict[str, Solution] = {}
    for held in books:
        solution_id = held.state.solution_id
        if solution_id not in found:
            loaded = await ports.solutions.get(solution_id)
            if loaded is None:
                raise LookupError(f"deployments of the unknown solution {solution_id}")
            found[solution_id] = loaded.state
    return found
