"""What the use cases of pictures and documents need from outside."""

from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

ORIGINAL = "original"
"""Name of the variant that is the whole file."""


@dataclass(frozen=True, slots=True)
class MediaRules:
    """Limits: bytes of an upload, files kept for one solution, how long an upload nobody uses is kept."""

    max_bytes: int = 20 * 1024 * 1024
    max_kept: int = 100
    abandoned_after: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Variant:
    """One file to keep of an upload: the whole (`original`), or a picture scaled to a width (`480`)."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Examined:
    """An upload that was read, found harmless and written anew. `width` and `height` in pixels."""

    kind: Literal["image", "document"]
    media_type: str
    size: int
    variants: tuple[Variant, ...]
    width: int | None = None
    height: int | None = None
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class MediaRecord:
    """What is known of an uploaded file beside its bytes.

    It belongs to a solution or, as a proof of mandate, to an organisation; the other id is empty. `variants` are the
    files there are of it. At `check_at` it is looked whether anything shows it.
    """

    id: str
    solution_id: str
    kind: Literal["image", "document"]
    media_type: str
    variants: tuple[str, ...]
    check_at: datetime
    organisation_id: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Where its bytes are."""
        return tuple(key_of(self.id, variant) for variant in self.variants)


@dataclass(frozen=True, slots=True)
class Blob:
    """Kept bytes, read piece by piece; `size` in bytes."""

    size: int
    chunks: AsyncIterator[bytes]


class Examiner(Protocol):
    """Reads uploads where they can do no harm."""

    def examined(self, upload: Path) -> AbstractAsyncContextManager[Examined]:
        """Return what is in an upload; its files are there inside the block.

        Raises ProblemError `media-…` (422) when it is neither a picture nor a document that may be shown to others.
        """
        ...


class MediaStore(Protocol):
    """Where bytes are kept, by key; a key is never written with other bytes."""

    async def put(self, key: str, file: Path, *, media_type: str) -> None:
        """Keep a file; the same again changes nothing."""
        ...

    async def open(self, key: str) -> Blob | None:
        """Return the bytes, or None."""
        ...

    async def delete(self, keys: Collection[str]) -> None:
        """Forget bytes; missing ones are no fault."""
        ...


class MediaRecords(Protocol):
    """Where records are kept. One comes before its bytes and goes after them, so that no bytes are forgotten."""

    async def get(self, media_id: str) -> MediaRecord | None:
        """Return the record, or None."""
        ...

    async def put(self, record: MediaRecord) -> None:
        """Keep a record; again: with a new `check_at`."""
        ...

    async def count(self, solution_id: str) -> int:
        """Return how many records a solution has."""
        ...

    def due(self, moment: datetime) -> AsyncIterator[MediaRecord]:
        """Yield records whose `check_at` has come, oldest first."""
        ...

    async def delete(self, record: MediaRecord) -> bool:
        """Forget the record unless it was put anew meanwhile; True when it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class MediaPorts:
    """Everything the use cases of media may need beside the catalog's own ports."""

    store: MediaStore
    records: MediaRecords
    examiner: Examiner
    rules: MediaRules = MediaRules()


def key_of(media_id: str, variant: str) -> str:
    """Return the key of a kept file."""
    return f"{media_id}/{variant}"
