"""What was collected about watched solutions, and when it is told."""

from dataclasses import dataclass
from datetime import time

from servicekit.clock import BERLIN
from servicekit.digest_times import DigestTimes

TIMES = DigestTimes(at=time(7), weekday=0, zone=BERLIN)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that happened to a watched solution; `organisation_id` when only an organisation watches it."""

    event_id: str
    name: str
    path: str
    news: str
    organisation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """What is told to a user at once; the same `batch` always holds the same items."""

    user: str
    batch: int
    items: tuple[Item, ...]
