"""Market surveys of municipalities: editors write, members read, nobody else does, the team included."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

from contracts.vocabulary import OrganisationKind
from servicekit import errors

from catalog.application import dossier_record as records
from catalog.application.actor import Actor
from catalog.application.dossier_freezing import appraise, record_of
from catalog.application.dossier_ports import SurveyPorts
from catalog.application.municipalities import acting_for, own
from catalog.application.ports import Loaded, Position, Selection, Write
from catalog.application.requirements import require_sound
from catalog.domain import dossier as rules
from catalog.domain.dossier import Candidate, Criteria, Dossier, LogEntry, Outcome, Person, ProviderAnswer, Step
from catalog.domain.organisation import MemberRole, Organisation

DOING = "survey the market"
WHAT = "the dossier"


async def create_dossier(
    ports: SurveyPorts,
    actor: Actor,
    dossier_id: str,
    organisation_id: str | None,
    *,
    title: str,
    need: str,
    criteria: Criteria,
    solutions: Sequence[str],
) -> Loaded[Dossier]:
    """Start a survey for the actor's municipality (its editors); the same id again returns what is there."""
    owner = await acting_for(ports.catalog, actor, organisation_id, MemberRole.EDITOR, DOING)
    require_sound(ports.catalog.profile, criteria.requirements)
    now, by = ports.catalog.clock.now(), person_of(actor)
    started = Dossier(
        id=dossier_id,
        organisation_id=owner.id,
        organisation_name=owner.name,
        title=title,
        need=need,
        criteria=criteria,
        created_at=now,
        updated_at=now,
        log=(LogEntry(now, by, Step.CREATED),),
    )
    if solutions:
        started = rules.add(started, await _found(ports, solutions), by=by, at=now)
    if await ports.dossiers.add(dossier_id, started):
        return Loaded(started, 1)
    return await dossier_of(ports, actor, dossier_id)


async def dossier_of(
    ports: SurveyPorts, actor: Actor, dossier_id: str, at_least: MemberRole = MemberRole.MEMBER
) -> Loaded[Dossier]:
    """Return a survey of the actor's own organisation.

    Raises ProblemError `dossier-not-found` (404), also for those of others, and `missing-role` (403).
    """
    return await own(ports.catalog, actor, await ports.dossiers.get(dossier_id), at_least, "dossier-not-found")


async def dossiers_of(ports: SurveyPorts, actor: Actor, *, after: Position | None, limit: int) -> Selection[Dossier]:
    """Return the surveys of all municipalities that the actor belongs to, newest first."""
    own = [each.state.id for each in await ports.catalog.organisations.of_member(actor.user) if _surveys(each.state)]
    if not own:
        return Selection((), None, 0)
    return await ports.dossiers.page(own, after=after, limit=limit)


async def edit_dossier(
    ports: SurveyPorts, actor: Actor, dossier_id: str, *, title: str, need: str, criteria: Criteria, expected: int
) -> Loaded[Dossier]:
    """Change what is looked for."""
    require_sound(ports.catalog.profile, criteria.requirements)

    async def command(dossier: Dossier) -> Dossier:
        return rules.edit(dossier, title=title, need=need, criteria=criteria, by=person_of(actor), at=now_of(ports))

    return await change_dossier(ports, actor, dossier_id, command, expected)


async def add_solutions(
    ports: SurveyPorts, actor: Actor, dossier_id: str, solutions: Sequence[str], *, expected: int | None
) -> Loaded[Dossier]:
    """Take published solutions in, by id or slug."""
    found = await _found(ports, solutions)

    async def command(dossier: Dossier) -> Dossier:
        return rules.add(dossier, found, by=person_of(actor), at=now_of(ports))

    return await change_dossier(ports, actor, dossier_id, command, expected)


async def remove_solution(
    ports: SurveyPorts, actor: Actor, dossier_id: str, solution_id: str, *, expected: int | None
) -> Loaded[Dossier]:
    """Take a solution out."""

    async def command(dossier: Dossier) -> Dossier:
        return rules.remove(dossier, solution_id, by=person_of(actor), at=now_of(ports))

    return await change_dossier(ports, actor, dossier_id, command, expected)


async def decide(
    ports: SurveyPorts,
    actor: Actor,
    dossier_id: str,
    solution_id: str,
    *,
    included: bool,
    reason: str | None,
    expected: int,
) -> Loaded[Dossier]:
    """Include or exclude a solution."""

    async def command(dossier: Dossier) -> Dossier:
        return rules.decide(
            dossier, solution_id, included=included, reason=reason, by=person_of(actor), at=now_of(ports)
        )

    return await change_dossier(ports, actor, dossier_id, command, expected)


async def note_answers(
    ports: SurveyPorts,
    actor: Actor,
    dossier_id: str,
    solution_id: str,
    answers: Sequence[ProviderAnswer],
    *,
    expected: int,
) -> Loaded[Dossier]:
    """Keep what a provider answered."""

    async def command(dossier: Dossier) -> Dossier:
        return rules.note_answers(dossier, solution_id, answers, by=person_of(actor), at=now_of(ports))

    return await change_dossier(ports, actor, dossier_id, command, expected)


async def freeze_dossier(ports: SurveyPorts, actor: Actor, dossier_id: str, *, expected: int) -> Loaded[Dossier]:
    """Fix the survey with everything that is public about its solutions at this moment."""

    async def command(dossier: Dossier) -> Dossier:
        rules.require_draft(dossier, "freeze")
        solutions = await appraise(ports, dossier)

        def make(frozen: Dossier) -> bytes:
            return records.of_record(record_of(ports.catalog.profile, frozen, solutions))

        freeze = partial(rules.freeze, dossier, make, records.digest, by=person_of(actor), at=now_of(ports))
        return await ports.aside(freeze)

    return await change_dossier(ports, actor, dossier_id, command, expected)


async def conclude_dossier(
    ports: SurveyPorts, actor: Actor, dossier_id: str, *, outcome: Outcome, note: str | None, expected: int
) -> Loaded[Dossier]:
    """Add what the survey led to."""

    async def command(dossier: Dossier) -> Dossier:
        conclude = partial(
            rules.conclude,
            dossier,
            records.with_conclusion,
            records.digest,
            outcome=outcome,
            note=note,
            by=person_of(actor),
            at=now_of(ports),
        )
        return await ports.aside(conclude)

    return await change_dossier(ports, actor, dossier_id, command, expected)


async def delete_dossier(ports: SurveyPorts, actor: Actor, dossier_id: str, *, expected: int) -> None:
    """Throw a draft away; what is frozen stays."""
    found = await dossier_of(ports, actor, dossier_id, MemberRole.EDITOR)
    rules.require_draft(found.state, "delete")
    errors.require_version(WHAT, expected, found.version)
    if not await ports.dossiers.remove(found):
        raise errors.stale_version(WHAT, expected, found.version + 1)


async def change_dossier(
    ports: SurveyPorts,
    actor: Actor,
    dossier_id: str,
    command: Callable[[Dossier], Awaitable[Dossier]],
    expected: int | None,
) -> Loaded[Dossier]:
    """Carry out a command of an editor, on the version that was seen (None: on whichever is there)."""
    await dossier_of(ports, actor, dossier_id, MemberRole.EDITOR)

    async def decided(loaded: Loaded[Dossier]) -> Write[Dossier]:
        if expected is not None:
            errors.require_version(WHAT, expected, loaded.version)
        return Write(await command(loaded.state))

    saved = await ports.dossiers.change(dossier_id, decided)
    if saved is None:
        raise errors.not_found("dossier-not-found", f"there is no dossier {dossier_id}")
    return saved


async def _found(ports: SurveyPorts, solutions: Sequence[str]) -> list[Candidate]:
    found: dict[str, Candidate] = {}
    for each in dict.fromkeys(solutions):
        live = await ports.catalog.solutions.live(each)
        if live is None:
            raise errors.not_found("solution-not-found", f"there is no solution {each}")
        found[live.state.id] = Candidate(
            solution_id=live.state.id,
            slug=live.state.slug,
            name=live.state.listing.name,
            organisation_name=live.state.organisation_name,
            noted_version=live.state.number,
        )
    return list(found.values())


def _surveys(organisation: Organisation) -> bool:
    return OrganisationKind.MUNICIPALITY in organisation.kinds


def person_of(actor: Actor) -> Person:
    """Return who acts, as the log names them."""
    return Person(actor.user, actor.name)


def now_of(ports: SurveyPorts) -> datetime:
    """Return the moment."""
    return ports.catalog.clock.now()
