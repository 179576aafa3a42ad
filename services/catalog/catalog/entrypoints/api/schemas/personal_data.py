"""What is kept about a person, and the wish to be forgotten, over HTTP."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from catalog.application.actor import Actor
from catalog.application.personal_data import PersonalData
from catalog.domain.inquiry import Inquiry
from catalog.domain.peer import Thread
from catalog.entrypoints.api.schemas.texts import Request


class ErasureRequest(Request):
    """`confirm` repeats the own user id."""

    confirm: Annotated[str, Field(min_length=1, max_length=200)]


class ErasureView(BaseModel):
    """What was done at once; the other services follow within moments."""

    user: str
    left_organisations: list[str]


class HeldMembership(BaseModel):
    """An organisation that you belong to, in any state, and how it can reach you; when you gave a proof of mandate."""

    organisation_id: str
    organisation_name: str
    state: str
    role: str
    email: str | None
    display_name: str | None
    proof_given_at: datetime | None


class OwnWords(BaseModel):
    """What you wrote, to whom; `about` names the solution. `kind` is `complaint` for what you told the team."""

    kind: Literal["inquiry", "peer_message", "complaint"]
    conversation_id: str
    about: str
    at: datetime
    text: str | None


class OwnRating(BaseModel):
    """What you said about a rating book's solution for an organisation; `part` says what."""

    solution_id: str
    organisation_id: str
    part: Literal["rating", "reply", "report"]
    text: str | None
    at: datetime


class OwnInvitation(BaseModel):
    """An invitation that you sent or used, or that waits for you."""

    id: str
    organisation_name: str
    part: Literal["sent", "used", "received"]
    state: str
    created_at: datetime


class WatchedEntry(BaseModel):
    """A solution that you noted; `organisation_id` is None on your own list."""

    organisation_id: str | None
    solution_id: str
    name: str
    note: str | None
    added_at: datetime


class OwnStep(BaseModel):
    """What you did in a market survey; the name is that of the moment."""

    dossier_id: str
    at: datetime
    step: str
    name: str | None


class OwnVersion(BaseModel):
    """A version of a listing that you began, edited or submitted."""

    solution_id: str
    slug: str
    number: int
    state: str
    parts: list[Literal["created", "edited", "submitted"]]


class PersonalDataView(BaseModel):
    """Everything that the catalog keeps about you."""

    user: str
    name: str | None
    email: str | None
    memberships: list[HeldMembership]
    written: list[OwnWords]
    ratings: list[OwnRating]
    invitations: list[OwnInvitation]
    watched: list[WatchedEntry]
    market_surveys: list[OwnStep]
    versions: list[OwnVersion]

    @classmethod
    def of(cls, held: PersonalData, actor: Actor) -> Self:
        """Return the view: the person's own part of everything."""
        return cls(
            user=actor.user,
            name=actor.name,
            email=actor.email,
            memberships=_memberships(held),
            written=[
                *(words for each in held.inquiries for words in _words(each, "inquiry", held.user)),
                *(words for each in held.threads for words in _words(each, "peer_message", held.user)),
            ],
            ratings=_ratings(held),
            invitations=_invitations(held),
            watched=_watched(held),
            market_surveys=[
                OwnStep(dossier_id=each.id, at=entry.at, step=entry.step.value, name=entry.by.name)
                for each in held.dossiers
                for entry in each.log
                if entry.by.user == held.user
            ],
            versions=_versions(held),
        )


def _memberships(held: PersonalData) -> list[HeldMembership]:
    found = [(each, each.member(held.user)) for each in held.organisations]
    return [
        HeldMembership(
            organisation_id=each.id,
            organisation_name=each.name,
            state=each.state.value,
            role=member.role.value,
            email=member.email,
            display_name=member.display_name,
            proof_given_at=each.proof.given_at if each.proof and each.proof.given_by == held.user else None,
        )
        for each, member in found
        if member is not None
    ]


def _words(held: Inquiry | Thread, kind: Literal["inquiry", "peer_message"], user: str) -> list[OwnWords]:
    about = {"conversation_id": held.id, "about": held.solution_name}
    said = [OwnWords(kind=kind, at=each.at, text=each.text, **about) for each in held.messages if each.by == user]
    told = [each for each in held.complaints if each.by == user]
    return [*said, *(OwnWords(kind="complaint", at=each.at, text=each.note, **about) for each in told)]


def _ratings(held: PersonalData) -> list[OwnRating]:
    found = []
    for book in held.ratings:
        for rating in book.ratings.values():
            about = {"solution_id": book.solution_id, "organisation_id": rating.organisation_id}
            if rating.rated_by == held.user:
                found.append(OwnRating(part="rating", text=rating.opinion.report, at=rating.rated_at, **about))
            if rating.reply is not None and rating.reply.by == held.user:
                found.append(OwnRating(part="reply", text=rating.reply.text, at=rating.reply.at, **about))
            found += [
                OwnRating(part="report", text=each.note, at=each.at, **about)
                for each in rating.reports
                if each.by == held.user
            ]
    return found


def _invitations(held: PersonalData) -> list[OwnInvitation]:
    return [
        OwnInvitation(
            id=each.id,
            organisation_name=each.organisation_name,
            part="sent" if each.invited_by == held.user else "used" if each.taken_by == held.user else "received",
            state=each.state.value,
            created_at=each.created_at,
        )
        for each in held.invitations
    ]


def _watched(held: PersonalData) -> list[WatchedEntry]:
    own = [(None, each) for each in held.watchlist.entries.values()]
    shared = [
        (listed.owner.id, each)
        for listed in held.shared_lists
        for each in listed.entries.values()
        if each.added_by == held.user
    ]
    return [
        WatchedEntry(
            organisation_id=organisation_id,
            solution_id=each.solution_id,
            name=each.name,
            note=each.note,
            added_at=each.added_at,
        )
        for organisation_id, each in (*own, *shared)
    ]


def _versions(held: PersonalData) -> list[OwnVersion]:
    found = []
    for solution in held.solutions:
        for each in solution.versions:
            who = {"created": each.created_by, "edited": each.edited_by, "submitted": each.submitted_by}
            parts = [part for part, user in who.items() if user == held.user]
            if parts:
                found.append(
                    OwnVersion.model_validate(
                        {
                            "solution_id": solution.id,
                            "slug": solution.slug,
                            "number": each.number,
                            "state": each.state.value,
                            "parts": parts,
                        }
                    )
                )
    return found
