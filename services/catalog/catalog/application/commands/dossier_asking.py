"""Puts the same questions to the providers of all solutions that a market survey includes."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.ids import derived_id
from servicekit import errors
from servicekit.errors import ProblemError

from catalog.application.actor import Actor
from catalog.application.commands.dossiers import change_dossier, dossier_of, now_of, person_of
from catalog.application.commands.inquiries import send_inquiry
from catalog.application.dossier_ports import SurveyPorts
from catalog.domain import dossier as rules
from catalog.domain.dossier import Dossier
from catalog.domain.inquiry import Wish
from catalog.domain.organisation import MemberRole

EXPECTED = frozenset({"conflict", "not_found", "too_many"})


@dataclass(frozen=True, slots=True)
class AskedProvider:
    """What became of the inquiry about one solution: its id, or the slug of the refusal."""

    solution_id: str
    name: str
    inquiry_id: str | None = None
    refused: str | None = None


async def ask_providers(
    ports: SurveyPorts, actor: Actor, dossier_id: str, round_id: str, *, wish: Wish, text: str
) -> Sequence[AskedProvider]:
    """Send an inquiry about each included solution of a draft (editors); the same round again sends none twice.

    What cannot be asked (withdrawn meanwhile, the own solution, too many inquiries today) holds up none of the others.
    Raises ProblemError `nobody-to-ask`, `dossier-frozen` (409), and what `dossier_of` raises.
    """
    dossier = (await dossier_of(ports, actor, dossier_id, MemberRole.EDITOR)).state
    rules.require_draft(dossier, "ask providers")
    included = [each for each in dossier.candidates if each.included]
    if not included:
        raise errors.conflict("nobody-to-ask", "the dossier includes no solution whose provider could be asked")
    outcomes: list[AskedProvider] = []
    fresh: list[str] = []
    for each in included:
        inquiry_id = derived_id("dossier-inquiry", dossier.id, round_id, each.solution_id)
        known = await ports.catalog.people.inquiries.get(inquiry_id) is not None
        try:
            await send_inquiry(
                ports.catalog,
                actor,
                inquiry_id,
                solution_id=each.solution_id,
                organisation_id=dossier.organisation_id,
                wish=wish,
                text=text,
                dossier_id=dossier.id,
            )
        except ProblemError as refusal:
            if refusal.kind not in EXPECTED:
                raise
            outcomes.append(AskedProvider(each.solution_id, each.name, refused=refusal.slug))
            continue
        outcomes.append(AskedProvider(each.solution_id, each.name, inquiry_id))
        if not known:
            fresh.append(each.name)
    if fresh:

        async def note(held: Dossier) -> Dossier:
            return rules.note_asked(held, fresh, by=person_of(actor), at=now_of(ports))

        await change_dossier(ports, actor, dossier_id, note, None)
    return outcomes
