"""What providers claim about the use of their solution, and how municipalities refuse that."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from contracts.vocabulary import DeploymentVisibility
from servicekit import errors
from servicekit.clock import BERLIN
from servicekit.errors import FieldError

from catalog.domain.calendar import lies_ahead
from catalog.domain.change import Change
from catalog.domain.deployment import (
    MAX_CLAIMS,
    Answer,
    Claim,
    Claimed,
    ClaimRefused,
    ClaimSource,
    DeploymentBook,
    DeploymentChange,
    claim_id,
    name_key,
)
from catalog.domain.organisation import Organisation

BY_LISTING = "listing"


def claim(
    book: DeploymentBook,
    name: str,
    municipality: Organisation | None,
    *,
    since: str | None,
    version: str | None,
    module: str | None,
    by: str,
    at: datetime,
) -> tuple[str, DeploymentChange]:
    """Record that the provider names a user, and return the claim's id; once more changes what it says of it.

    What a municipality wants hidden stays so: the claim seems to wait for its answer.
    Raises ProblemError `claim-refused` (409) where the municipality said no, `already-confirmed` (409) where it said
    yes, `month-in-future` (422).
    """
    if since is not None and lies_ahead(since, at, BERLIN):
        raise errors.invalid("month-in-future", "since is in the future", [FieldError("since", "is in the future")])
    organisation_id = municipality.id if municipality else None
    key = claim_id(book.solution_id, name, organisation_id)
    former = book.claims.get(key)
    use = book.uses.get(municipality.id) if municipality else None
    hidden = use is not None and use.ended is None and use.terms.visibility is DeploymentVisibility.HIDDEN
    if former is not None and former.answer is not None:
        if hidden and former.answer.confirmed:
            return key, Change(book)
        _refuse_answered(former.answer)
    if use is not None and use.ended is None and not hidden:
        raise errors.conflict("already-confirmed", "this municipality has declared its use itself")
    if former is None and len(book.claims) >= MAX_CLAIMS:
        raise errors.conflict("too-many-claims", f"a solution has at most {MAX_CLAIMS} claims of use")
    new = Claim(
        id=key,
        name=name,
        organisation_id=organisation_id,
        source=ClaimSource.PROVIDER,
        since=since,
        version=version,
        module=module,
        by=former.by if former else by,
        at=former.at if former else at,
        answer=Answer(organisation_id or "", confirmed=True, by=use.confirmed_by, at=at) if use and hidden else None,
    )
    if new == former:
        return key, Change(book)
    asks = municipality is not None and former is None and new.open
    return key, Change(book.with_claims([new]), (Claimed(key),) if asks else ())


def withdraw(book: DeploymentBook, key: str) -> DeploymentChange:
    """Take a claim back. One that was refused stays, so that it is not made again."""
    held = book.claim(key)
    if held.answer is not None:
        _refuse_answered(held.answer)
    if held.source is ClaimSource.LISTING:
        raise errors.conflict("claim-from-listing", "this name stands in the listing: change it there")
    return Change(book.without_claims([key]))


def refuse(
    book: DeploymentBook, key: str, municipality: Organisation, *, reason: str, by: str, at: datetime
) -> DeploymentChange:
    """Note that the municipality does not use the solution."""
    held = book.claim(key)
    if not held.concerns(municipality.id, municipality.name):
        raise errors.forbidden("not-your-claim", f"this claim is not about {municipality.name}")
    if held.answer is not None:
        _refuse_answered(held.answer)
    answered = replace(held, answer=Answer(municipality.id, confirmed=False, by=by, at=at, reason=reason))
    return Change(book.with_claims([answered]), (ClaimRefused(key),))


def sync_listing(book: DeploymentBook, names: Iterable[str], *, at: datetime) -> DeploymentChange:
    """Take over whom the published listing names as users; names that it no longer has are dropped unless answered.

    Somebody who has declared the use, or is claimed under an own entry, is not claimed a second time.
    """
    wanted = {claim_id(book.solution_id, name, None): name for name in names}
    gone = [
        key
        for key, held in book.claims.items()
        if held.source is ClaimSource.LISTING and held.open and key not in wanted
    ]
    kept = book.without_claims(gone)
    known = {name_key(held.name) for held in kept.claims.values()}
    known |= {name_key(use.organisation_name) for use in kept.uses.values()}
    room = MAX_CLAIMS - len(kept.claims)
    new = [
        Claim(id=key, name=name, source=ClaimSource.LISTING, by=BY_LISTING, at=at)
        for key, name in wanted.items()
        if key not in kept.claims and name_key(name) not in known
    ][: max(room, 0)]
    return Change(kept.with_claims(new)) if gone or new else Change(book)


def _refuse_answered(answer: Answer) -> None:
    if answer.confirmed:
        raise errors.conflict("already-confirmed", "this municipality has declared its use itself")
    raise errors.conflict("claim-refused", f"the municipality says that it does not use the solution: {answer.reason}")
