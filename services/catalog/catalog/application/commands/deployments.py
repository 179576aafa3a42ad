"""Who uses a solution: what providers claim and what municipalities say themselves."""

from collections.abc import Callable
from functools import partial

from contracts.vocabulary import OrganisationKind
from servicekit import errors

from catalog.application import use_mapping as mapping
from catalog.application.actor import Actor, require_member
from catalog.application.commands.ratings import solution_and_provider
from catalog.application.loading import decision
from catalog.application.municipalities import acting_for
from catalog.application.ports import Loaded, Ports
from catalog.domain import claiming, using
from catalog.domain.deployment import Claim, DeploymentBook, DeploymentChange, Terms, Use
from catalog.domain.organisation import MemberRole, Organisation, require_onboarded
from catalog.domain.solution import Solution


async def declare_use(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str | None, terms: Terms, *, expected: int | None
) -> Use:
    """Say that the actor's municipality uses a solution, or how it does now (its editors).

    Raises ProblemError `conflict-of-interest` (403) for whoever belongs to the provider as well, unless provider and
    municipality are one organisation: that is marked as use by the provider.
    """
    solution, provider = await solution_and_provider(ports, solution_id)
    municipality = await _editing(ports, actor, organisation_id, provider)

    def command(book: DeploymentBook) -> DeploymentChange:
        use = book.uses.get(municipality.id)
        if use is None or use.ended is not None:
            _require_live(solution)
        return using.declare(
            book,
            municipality,
            terms,
            by_provider=municipality.id == provider.id,
            by=actor.user,
            at=ports.clock.now(),
            expected=expected,
        )

    return (await change_book(ports, solution, command)).state.use(municipality.id)


async def reconfirm_use(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str, *, expected: int | None
) -> Use:
    """Say that the municipality uses the solution as before (its editors)."""
    solution, provider = await solution_and_provider(ports, solution_id)
    municipality = await _editing(ports, actor, organisation_id, provider)
    saved = await change_book(
        ports,
        solution,
        lambda book: using.reconfirm(book, municipality, by=actor.user, at=ports.clock.now(), expected=expected),
    )
    return saved.state.use(municipality.id)


async def end_use(
    ports: Ports, actor: Actor, solution_id: str, organisation_id: str, month: str | None, *, expected: int | None
) -> Use:
    """Say that the municipality no longer uses the solution (its editors)."""
    solution, provider = await solution_and_provider(ports, solution_id)
    municipality = await _editing(ports, actor, organisation_id, provider)
    saved = await change_book(
        ports,
        solution,
        lambda book: using.end(
            book, municipality.id, month=month, by=actor.user, at=ports.clock.now(), expected=expected
        ),
    )
    return saved.state.use(municipality.id)


async def claim_use(
    ports: Ports,
    actor: Actor,
    solution_id: str,
    *,
    name: str | None,
    organisation_id: str | None,
    since: str | None,
    version: str | None,
    module: str | None,
) -> Claim:
    """Name somebody who uses the solution (editors of the provider): an onboarded municipality, or a name.

    A name that exactly one onboarded municipality has stands for that one.
    """
    solution, provider = await solution_and_provider(ports, solution_id)
    require_member(actor, provider, MemberRole.EDITOR)
    require_onboarded(provider)
    _require_live(solution)
    if organisation_id is not None:
        municipality: Organisation | None = await _municipality(ports, organisation_id)
    else:
        namesakes = await ports.organisations.municipalities_named(name or "")
        municipality = namesakes[0] if len(namesakes) == 1 else None
    keys: list[str] = []

    def command(book: DeploymentBook) -> DeploymentChange:
        key, change = claiming.claim(
            book,
            municipality.name if municipality else name or "",
            municipality,
            since=since,
            version=version,
            module=module,
            by=actor.user,
            at=ports.clock.now(),
        )
        keys[:] = [key]
        return change

    return (await change_book(ports, solution, command)).state.claim(keys[0])


async def withdraw_claim(ports: Ports, actor: Actor, solution_id: str, claim_id: str) -> None:
    """Take a claim back (editors of the provider, as long as it is onboarded)."""
    solution, provider = await solution_and_provider(ports, solution_id)
    require_member(actor, provider, MemberRole.EDITOR)
    require_onboarded(provider)
    await change_book(ports, solution, lambda book: claiming.withdraw(book, claim_id))


async def refuse_claim(
    ports: Ports, actor: Actor, solution_id: str, claim_id: str, *, organisation_id: str | None, reason: str
) -> Claim:
    """Say that the municipality does not use the solution although its provider says so (its editors)."""
    solution, _ = await solution_and_provider(ports, solution_id)
    municipality = await acting_for(ports, actor, organisation_id, MemberRole.EDITOR, "answer claims")
    saved = await change_book(
        ports,
        solution,
        lambda book: claiming.refuse(book, claim_id, municipality, reason=reason, by=actor.user, at=ports.clock.now()),
    )
    return saved.state.claim(claim_id)


async def change_book(
    ports: Ports,
    solution: Solution,
    command: Callable[[DeploymentBook], DeploymentChange],
    *,
    event_id: str | None = None,
) -> Loaded[DeploymentBook]:
    """Carry out a command on the deployments of a solution and tell the others."""
    how = decision(command, partial(mapping.of_deployments, solution=solution), ports.clock)
    return await ports.uses.deployments.change(solution.id, how, event_id=event_id)


def _require_live(solution: Solution) -> None:
    if solution.live is None:
        raise errors.conflict("not-published", f"the solution is {solution.state}, not published")


async def _editing(ports: Ports, actor: Actor, organisation_id: str | None, provider: Organisation) -> Organisation:
    municipality = await acting_for(ports, actor, organisation_id, MemberRole.EDITOR, "declare what they use")
    if provider.member(actor.user) is not None and municipality.id != provider.id:
        raise errors.forbidden(
            "conflict-of-interest", f"you belong to the provider too: let a colleague of {municipality.name} do it"
        )
    return municipality


async def _municipality(ports: Ports, organisation_id: str) -> Organisation:
    loaded = await ports.organisations.get(organisation_id)
    if loaded is None or not loaded.state.onboarded:
        raise errors.not_found("organisation-not-found", f"there is no organisation {organisation_id}")
    if OrganisationKind.MUNICIPALITY not in loaded.state.kinds:
        raise errors.conflict("claim-of-no-municipality", f"{loaded.state.name} is no municipality")
    return loaded.state
