"""What these use cases need from outside beside the catalog's other ports."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from catalog.application.ports import Aggregates, Ports


class NotFetched(Exception):
    """A file could not be fetched. `de` and `en` are sentences; `transient`: it may work later."""

    def __init__(self, kind: str, de: str, en: str, *, transient: bool = False) -> None:
        super().__init__(f"{kind}: {en}")
        self.kind = kind
        self.de = de
        self.en = en
        self.transient = transient


NO_FILE = "no_file"
"""The kind of NotFetched that says: the repository answers, and has no such file."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file with the address it was found at."""

    url: str
    content: bytes


class RepositoryFiles(Protocol):
    """Single files of repositories on the web."""

    async def publiccode(self, address: str) -> Fetched:
        """Return the publiccode.yml of a repository, or the one at this very address. Raises NotFetched."""
        ...


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that listing and file answer differently; `present` is None where the listing does not."""

    question: str
    path: str
    present: Any
    incoming: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The last comparison of a published listing with the publiccode.yml of its repository.

    `source` is where the file was found last, None when it never was; `problem` why there was none this time (kind,
    German, English). `turn` is the week whose regular comparison was begun; `told` the fingerprint of what the provider
    was told last.
    """

    solution_id: str
    live_version: int | None = None
    checked_at: datetime | None = None
    source: str | None = None
    problem: tuple[str, str, str] | None = None
    differences: tuple[Difference, ...] = ()
    errors: int = 0
    turn: int | None = None
    turn_at: datetime | None = None
    told: str | None = None


class Drifts(Aggregates[Drift], Protocol):
    """Where comparisons are kept, under the id of the solution."""


@dataclass(frozen=True, slots=True)
class PubliccodePorts:
    """Everything these use cases need. `site` is the public address of the marketplace without a slash."""

    catalog: Ports
    files: RepositoryFiles
    drifts: Drifts
    site: str = field(default="")
