"""Official regional keys: who has which, and what the team does about a wrong one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.vocabulary import Bundesland

from catalog.application import mapping
from catalog.application.actor import Actor, require_curator
from catalog.application.commands.organisations import found_organisation
from catalog.application.ports import Loaded, Ports, Write
from catalog.domain import organisation as rules
from catalog.domain.ars import settle
from catalog.domain.organisation import Organisation, OrganisationState


@dataclass(frozen=True, slots=True)
class Alike:
    """Another organisation with the same regional key."""

    id: str
    name: str
    state: OrganisationState


@dataclass(frozen=True, slots=True)
class RegionalKey:
    """A key in 12 digits, the federal state that it names, and who else has it."""

    ars: str
    bundesland: Bundesland
    held_by: Sequence[Alike]


async def same_ars(ports: Ports, organisations: list[Organisation]) -> dict[str, list[Alike]]:
    """Return for each organisation with a regional key the others that have it, refused ones left out."""
    keys = {each.id: each.ars for each in organisations if each.state is not OrganisationState.REFUSED and each.ars}
    if not keys:
        return {}
    held = await ports.organisations.with_ars(set(keys.values()))
    return {
        organisation_id: _others((each for each in held if each.ars == ars), organisation_id)
        for organisation_id, ars in keys.items()
    }


def _others(holders: Iterable[Organisation], organisation_id: str) -> list[Alike]:
    return [Alike(each.id, each.name, each.state) for each in holders if each.id != organisation_id]


async def holders_of(ports: Ports, actor: Actor, organisation_id: str, ars: str) -> RegionalKey:
    """Return what a regional key names, and who has it beside the organisation (curator).

    Raises ProblemError `ars-invalid` (422).
    """
    require_curator(actor)
    key, bundesland = settle(ars, None)
    held = await ports.organisations.with_ars({key})
    return RegionalKey(key, bundesland, _others(held, organisation_id))


async def rekey_organisation(
    ports: Ports, actor: Actor, organisation_id: str, ars: str | None, *, reason: str, shares_ars_with: frozenset[str]
) -> Loaded[Organisation]:
    """Correct the regional key, and with it the federal state (curator)."""
    require_curator(actor)
    key, state = settle(ars, None) if ars is not None else (None, None)

    async def decide(loaded: Loaded[Organisation]) -> Write[Organisation]:
        others = await ports.organisations.with_ars({key}) if key else []
        change = rules.rekey(
            loaded.state,
            key,
            state or loaded.state.bundesland,
            reason=reason,
            same_ars=[each.id for each in others if each.id != organisation_id],
            confirmed=shares_ars_with,
        )
        return Write(change.state, mapping.of_organisation(change, now=ports.clock.now()))

    return found_organisation(await ports.organisations.change(organisation_id, decide), organisation_id)
