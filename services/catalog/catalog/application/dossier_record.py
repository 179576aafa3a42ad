"""The record of a market survey: what is frozen, exported and verified. Its canonical JSON follows RFC 8785."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import rfc8785
from contracts.listing import Listing, RatingSummary, ReviewSeal
from pydantic import AwareDatetime, BaseModel, ConfigDict
from servicekit import errors

from catalog.application.dossier_ports import CheckupState
from catalog.domain.dossier import Conclusion, Dossier, LogEntry
from catalog.domain.requirement import Fulfilment

FORMAT = "marktplatz-dossier"
NOTICE = (
    "Dieses Dossier dokumentiert eine Markterkundung (§ 28 VgV, § 20 UVgO). Es ist kein Vergabeverfahren und ersetzt"
    " keines; es enthält keine Aufforderung zur Abgabe von Angeboten und begründet keine Ansprüche."
)
LARGEST_RECORD = 10_000_000
"""Bytes of the canonical JSON: a dossier is one document of at most 16 MB."""
LARGEST_FILE = 11_000_000
"""Bytes of an exported file: the record with its hash, and what the outcome adds."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedRequirement(_Part):
    """A requirement with the words of its question."""

    question: str
    label: str
    need: str
    weight: int
    any_of: list[str]
    at_least: float | None
    at_most: float | None
    contains: str | None
    wanted: str
    """The condition in words."""


class RecordedCriteria(_Part):
    """What the market was searched by."""

    query: str
    filters: dict[str, list[str]]
    requirements: list[RecordedRequirement]


class RecordedAnswer(_Part):
    """What a provider answered."""

    question: str
    answer: str
    answered_on: date
    source: str
    message_id: str | None = None
    """Of an answer to an inquiry on the marketplace; None for one that was noted by hand."""


class RecordedSolution(_Part):
    """A solution as everybody could see it at that moment; `listing` is None for one that was not online."""

    solution_id: str
    slug: str
    name: str
    organisation_name: str
    included: bool
    reason: str | None
    noted_version: int
    version: int | None
    published_at: AwareDatetime | None
    listing: Listing | None
    ratings: RatingSummary | None
    uses: int | None
    """How many municipalities confirmed that they use it, and may do so."""
    seal: ReviewSeal | None
    checkup: CheckupState | None
    fulfilment: list[Fulfilment]
    musts: int
    musts_met: int
    score: int | None
    answers: list[RecordedAnswer]

    @property
    def online(self) -> bool:
        """True when it could be seen at that moment."""
        return self.version is not None

    @property
    def changed(self) -> bool:
        """True when another version was public than when it was added."""
        return self.version is not None and self.version != self.noted_version


class MatrixRow(_Part):
    """One question with the German texts of every solution, in their order."""

    question: str
    section: str
    label: str
    differs: bool
    texts: list[list[str]]


class RecordedStep(_Part):
    """Who did what and when."""

    at: AwareDatetime
    user: str
    name: str | None
    step: str
    about: str

    @classmethod
    def of(cls, entry: LogEntry) -> "RecordedStep":
        """Return the entry as it is recorded."""
        return cls(at=entry.at, user=entry.by.user, name=entry.by.name, step=entry.step.value, about=entry.about)


class RecordedConclusion(_Part):
    """What the survey led to."""

    outcome: str
    note: str | None
    at: AwareDatetime
    user: str
    name: str | None

    @classmethod
    def of(cls, conclusion: Conclusion) -> "RecordedConclusion":
        """Return the outcome as it is recorded."""
        by = conclusion.by
        return cls(outcome=conclusion.outcome.value, note=conclusion.note, at=conclusion.at, user=by.user, name=by.name)


class Record(_Part):
    """The whole survey. `frozen_at` is the moment to which everything about the solutions refers."""

    format: Literal["marktplatz-dossier"] = "marktplatz-dossier"
    format_version: Literal[1] = 1
    notice: str = NOTICE
    dossier_id: str
    organisation_id: str
    organisation_name: str
    title: str
    need: str
    criteria: RecordedCriteria
    created_at: AwareDatetime
    frozen_at: AwareDatetime
    profile_version: str
    solutions: list[RecordedSolution]
    matrix: list[MatrixRow]
    log: list[RecordedStep]
    conclusion: RecordedConclusion | None = None


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the one way to write a JSON document (RFC 8785).

    Raises ProblemError `not-a-dossier` (422) for numbers that JSON readers do not agree on, and for broken texts.
    """
    try:
        return rfc8785.dumps(document)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise errors.invalid("not-a-dossier", f"this is no dossier of the marketplace: {error}") from error


def digest(record: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(record).hexdigest()


def of_record(record: Record) -> bytes:
    """Return the canonical JSON; raises ProblemError `dossier-too-large` (409)."""
    text = canonical(record.model_dump(mode="json"))
    if len(text) > LARGEST_RECORD:
        raise errors.conflict("dossier-too-large", f"cannot freeze: {len(text)} bytes, at most {LARGEST_RECORD}")
    return text


def with_conclusion(dossier: Dossier) -> bytes:
    """Return the frozen record with outcome and log of the dossier as they are now."""
    if dossier.record is None or dossier.conclusion is None:
        raise ValueError("only a frozen dossier with an outcome has such a record")
    added = {
        "conclusion": RecordedConclusion.of(dossier.conclusion).model_dump(mode="json"),
        "log": [RecordedStep.of(entry).model_dump(mode="json") for entry in dossier.log],
    }
    return canonical({**json.loads(dossier.record), **added})


def read(dossier: Dossier) -> Record:
    """Return the record of a dossier; raises ProblemError `dossier-not-frozen` (409) for a draft."""
    return Record.model_validate_json(sealed(dossier))


def sealed(dossier: Dossier) -> bytes:
    """Return the canonical JSON of a dossier; raises ProblemError `dossier-not-frozen` (409) for a draft."""
    if dossier.record is None:
        raise errors.conflict("dossier-not-frozen", "this needs a frozen dossier: freeze it first")
    return dossier.record
