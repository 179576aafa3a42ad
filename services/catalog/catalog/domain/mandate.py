"""The proof that whoever asks for onboarding may act for the organisation: a file, or a statement.

It is for the people who decide and for the one who gave it, and is erased some time after the decision.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from contracts.vocabulary import OrganisationKind
from servicekit import errors
from servicekit.errors import FieldError


@dataclass(frozen=True, slots=True)
class ProofFile:
    """An uploaded picture or document; `size` in bytes."""

    id: str
    kind: Literal["image", "document"]
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was given; once erased only `erased_at` is left. `erase_at` is None until the request is decided."""

    given_by: str | None = None
    given_at: datetime | None = None
    statement: str | None = None
    file: ProofFile | None = None
    erase_at: datetime | None = None
    erased_at: datetime | None = None

    @property
    def given(self) -> bool:
        """True while there is something to look at."""
        return self.statement is not None or self.file is not None


def stated(statement: str | None, website_url: str | None, *, by: str, at: datetime) -> Proof | None:
    """Return the proof of a statement, None without one.

    A statement can be checked only against the official web site: raises ProblemError `website-required` (422).
    """
    if statement is None:
        return None
    if website_url is None:
        message = "a statement needs the official web site of the organisation, against which it can be checked"
        raise errors.invalid("website-required", message, [FieldError("website_url", message)])
    return Proof(given_by=by, given_at=at, statement=statement)


def with_file(proof: Proof | None, file: ProofFile, *, by: str, at: datetime) -> Proof:
    """Return the proof with a file in place of an earlier one; a statement stays."""
    return Proof(given_by=by, given_at=at, statement=proof.statement if proof else None, file=file)


def kept_until(proof: Proof | None, moment: datetime | None) -> Proof | None:
    """Return the proof with the moment of its erasure; None while the request waits."""
    return replace(proof, erase_at=moment) if proof is not None and proof.given else proof


def erased(proof: Proof | None, *, at: datetime) -> Proof | None:
    """Return what is left of a proof."""
    return Proof(erased_at=at) if proof is not None and proof.given else proof


def require_key(kinds: tuple[OrganisationKind, ...], ars: str | None) -> None:
    """Raise ProblemError `ars-required` (422) for a municipality without its regional key."""
    if OrganisationKind.MUNICIPALITY in kinds and ars is None:
        message = "a municipality states its official regional key (ARS)"
        raise errors.invalid("ars-required", message, [FieldError("ars", message)])


def require_confirmed(ars: str | None, same_ars: Collection[str], confirmed: Collection[str]) -> None:
    """Raise ProblemError `ars-shared` (409) unless all others with the regional key are confirmed."""
    if not set(same_ars) <= set(confirmed):
        raise errors.conflict(
            "ars-shared",
            f"{len(set(same_ars))} other organisations have the regional key {ars}: look at them and name them in "
            "shares_ars_with to go on all the same",
        )


def require_proof(kinds: tuple[OrganisationKind, ...], proof: Proof | None) -> None:
    """Raise ProblemError `mandate-unproven` (409) for a municipality that nobody has shown to act for."""
    if OrganisationKind.MUNICIPALITY in kinds and (proof is None or not proof.given):
        raise errors.conflict("mandate-unproven", "nothing shows yet that the requester may act for the municipality")
