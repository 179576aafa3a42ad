"""Erasure on request: a person is forgotten, what was said for an organisation stays that of the organisation."""

from contracts.people import PersonErased, PersonErasedData
from servicekit import ended_sessions, errors
from servicekit.errors import FieldError
from servicekit.outbox import OutboxMessage

from catalog.application import mapping, people_policies, use_policies
from catalog.application.actor import Actor
from catalog.application.commands import watchlists
from catalog.application.commands.onboarding import forget_file
from catalog.application.dossier_ports import SurveyPorts
from catalog.application.loading import Decide, decision
from catalog.application.media_ports import MediaPorts
from catalog.application.ports import Loaded, Ports, Write
from catalog.application.watch_ports import WatchPorts, list_id
from catalog.domain import dossier as dossiers
from catalog.domain import invitation as invitations
from catalog.domain import organisation as organisations
from catalog.domain import rating
from catalog.domain.dossier import Dossier
from catalog.domain.invitation import Invitation, InvitationState
from catalog.domain.organisation import Organisation, OrganisationChange
from catalog.domain.rating import RatingBook
from catalog.domain.watchlist import Owner


async def erase_person(
    ports: Ports, watching: WatchPorts, files: MediaPorts, actor: Actor, *, confirmed: str
) -> list[str]:
    """End every membership and all sessions of whoever asks, empty the own list, and tell everybody to forget.

    Return the organisations that were left.
    Once more does no harm. Nothing is changed when one organisation stands in the way. Raises ProblemError
    `erasure-unconfirmed` (422) unless the own user id is repeated, `erasure-last-admin` (409).
    """
    if confirmed != actor.user:
        message = "repeat your own user id to confirm"
        raise errors.invalid("erasure-unconfirmed", message, [FieldError("confirm", message)])
    held = await ports.organisations.of_member(actor.user)
    offers = {each.state.id: await _offers(ports, each.state.id) for each in held}

    def leave(found: Organisation) -> OrganisationChange:
        at, online = ports.clock.now(), offers.get(found.id, False)
        return organisations.erase_member(found, actor.user, offers=online, at=at)

    for each in held:
        leave(each.state)
    for each in held:
        await _leave(ports, files, each.state, decision(leave, mapping.of_organisation, ports.clock))
    await _take_back_invitations(ports, actor.email)
    told = (_told(ports, actor.user), ended_sessions.end_of(actor.user, ports.clock.now()))
    await watchlists.forget_user(watching, actor.user, told)
    return [each.state.id for each in held]


async def forget_everywhere(ports: Ports, watching: WatchPorts, surveys: SurveyPorts, user: str) -> None:
    """Forget who wrote, rated, invited and noted what; the worker's part, which may be repeated."""
    await people_policies.forget_person(ports, user)
    await use_policies.forget_person(ports, user)
    await watchlists.forget_user(watching, user)

    async def decide_rating(loaded: Loaded[RatingBook]) -> Write[RatingBook]:
        return Write(rating.forget_person(loaded.state, user))

    for book in await ports.ratings.with_person(user):
        await ports.ratings.change(book.state.solution_id, decide_rating)

    async def decide_survey(loaded: Loaded[Dossier]) -> Write[Dossier]:
        return Write(dossiers.forget_person(loaded.state, user))

    for survey in await surveys.dossiers.with_person(user):
        await surveys.dossiers.change(survey.id, decide_survey)


async def _offers(ports: Ports, organisation_id: str) -> bool:
    """A version that is under review may go online any moment."""
    for solution_id in await ports.solutions.ids_of(organisation_id):
        found = await ports.solutions.get(solution_id)
        if found is not None and (found.state.live or found.state.pending):
            return True
    return False


async def _leave(ports: Ports, files: MediaPorts, left: Organisation, how: Decide[Organisation]) -> None:
    proof = left.proof.file if left.proof else None
    changed = await ports.organisations.change(left.id, how)
    still = changed is not None and changed.state.proof is not None and changed.state.proof.file is not None
    if proof is not None and not still:
        await forget_file(files, proof.id)


async def _take_back_invitations(ports: Ports, email: str | None) -> None:
    """An invitation that ends loses its address."""

    async def decide(loaded: Loaded[Invitation]) -> Write[Invitation]:
        pending = loaded.state.state is InvitationState.PENDING
        return Write(invitations.revoke(loaded.state).state if pending else loaded.state)

    for invitation_id in await ports.people.invitations.sent_to(email) if email else ():
        await ports.people.invitations.change(invitation_id, decide)


def _told(ports: Ports, user: str) -> OutboxMessage:
    now = ports.clock.now()
    return mapping.message(PersonErased, PersonErasedData(user=user), list_id(Owner("user", user)), now)
