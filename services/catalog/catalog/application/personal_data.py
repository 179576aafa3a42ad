"""What the catalog keeps about one person, for that person."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.application.dossier_ports import SurveyPorts
from catalog.application.ports import Ports
from catalog.application.watch_ports import WatchPorts
from catalog.domain.dossier import Dossier
from catalog.domain.inquiry import Inquiry
from catalog.domain.invitation import Invitation
from catalog.domain.organisation import Organisation
from catalog.domain.peer import Thread
from catalog.domain.rating import RatingBook
from catalog.domain.solution import Solution
from catalog.domain.watchlist import Owner, Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """Everything that names a person: whole aggregates, of which only the person's own part may be shown."""

    user: str
    organisations: Sequence[Organisation]
    inquiries: Sequence[Inquiry]
    threads: Sequence[Thread]
    invitations: Sequence[Invitation]
    ratings: Sequence[RatingBook]
    dossiers: Sequence[Dossier]
    watchlist: Watchlist
    shared_lists: Sequence[Watchlist]
    solutions: Sequence[Solution]
    """Of the person's organisations, with versions that the person wrote."""


async def of_person(
    ports: Ports, watching: WatchPorts, surveys: SurveyPorts, user: str, email: str | None
) -> PersonalData:
    """Return what is kept about a user; `email` finds invitations that nobody has used yet."""
    people = ports.people
    held = [each.state for each in await ports.organisations.of_member(user)]
    inquiries = [await people.inquiries.get(each) for each in await people.inquiries.written_by(user)]
    threads = [await ports.uses.threads.get(each) for each in await ports.uses.threads.written_by(user)]
    known = [*await people.invitations.of_person(user), *(await people.invitations.sent_to(email) if email else ())]
    invitations = [await people.invitations.get(each) for each in dict.fromkeys(known)]
    own = [await ports.solutions.get(each) for found in held for each in await ports.solutions.ids_of(found.id)]
    return PersonalData(
        user=user,
        organisations=held,
        inquiries=[each.state for each in inquiries if each],
        threads=[each.state for each in threads if each],
        invitations=[each.state for each in invitations if each],
        ratings=[each.state for each in await ports.ratings.with_person(user)],
        dossiers=await surveys.dossiers.with_person(user),
        watchlist=(await watching.lists.of(Owner("user", user))).state,
        shared_lists=[(await watching.lists.of(each)).state for each in await watching.lists.with_person(user)],
        solutions=[each.state for each in own if each and wrote(each.state, user)],
    )


def wrote(solution: Solution, user: str) -> bool:
    """True when the person began, edited or submitted a version."""
    return any(user in (each.created_by, each.edited_by, each.submitted_by) for each in solution.versions)
