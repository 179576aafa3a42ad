"""The one error type that domain, API and consumers share; HTTP and ack/nak mappings live elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "malformed",
    "unauthenticated",
    "forbidden",
    "not_found",
    "not_acceptable",
    "conflict",
    "gone",
    "stale",
    "too_large",
    "invalid",
    "precondition_required",
    "too_many",
    "unavailable",
]


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; `field` is a dotted path such as `listing.name`."""

    field: str
    message: str


class ProblemError(Exception):
    """A refusal with a stable slug, a kind that decides the status, and a sentence that helps.

    `retry_after` is in seconds and only meaningful for `too_many` and `unavailable`.
    """

    def __init__(
        self,
        slug: str,
        kind: Kind,
        detail: str,
        *,
        fields: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{slug}: {detail}")
        self.slug = slug
        self.kind: Kind = kind
        self.detail = detail
        self.fields = tuple(fields)
        self.retry_after = retry_after

    @property
    def transient(self) -> bool:
        """True when the same attempt may succeed later without anybody changing anything."""
        return self.kind in ("unavailable", "too_many")


def malformed(slug: str, detail: str) -> ProblemError:
    """The request cannot be read at all (400)."""
    return ProblemError(slug, "malformed", detail)


def unauthenticated(slug: str, detail: str) -> ProblemError:
    """Nobody is known to be asking (401)."""
    return ProblemError(slug, "unauthenticated", detail)


def forbidden(slug: str, detail: str) -> ProblemError:
    """The asker is known and may not (403)."""
    return ProblemError(slug, "forbidden", detail)


def not_found(slug: str, detail: str) -> ProblemError:
    """There is no such thing, or none the asker may know of (404)."""
    return ProblemError(slug, "not_found", detail)


def not_acceptable(slug: str, detail: str) -> ProblemError:
    """There is no format that the asker accepts (406)."""
    return ProblemError(slug, "not_acceptable", detail)


def conflict(slug: str, detail: str) -> ProblemError:
    """The state of the thing forbids it (409)."""
    return ProblemError(slug, "conflict", detail)


def gone(slug: str, detail: str) -> ProblemError:
    """There was such a thing, and everybody may know that it is no longer there (410)."""
    return ProblemError(slug, "gone", detail)


def stale(slug: str, detail: str) -> ProblemError:
    """The caller worked from an older version (412)."""
    return ProblemError(slug, "stale", detail)


def stale_version(what: str, expected: int, current: int) -> ProblemError:
    """The caller worked from version `expected` of something that is in version `current` (412, `stale-version`)."""
    return stale("stale-version", f"{what} was changed meanwhile: you have version {expected}, current is {current}")


def require_version(what: str, expected: int, current: int) -> None:
    """Raise `stale_version` unless the caller worked from the current version."""
    if expected != current:
        raise stale_version(what, expected, current)


def invalid(slug: str, detail: str, fields: Sequence[FieldError] = ()) -> ProblemError:
    """The content breaks a rule (422)."""
    return ProblemError(slug, "invalid", detail, fields=fields)


def too_many(slug: str, detail: str, retry_after: int) -> ProblemError:
    """Asked too often (429); `retry_after` in seconds."""
    return ProblemError(slug, "too_many", detail, retry_after=retry_after)


def unavailable(slug: str, detail: str, retry_after: int = 5) -> ProblemError:
    """Something this depends on is down (503); `retry_after` in seconds."""
    return ProblemError(slug, "unavailable", detail, retry_after=retry_after)
