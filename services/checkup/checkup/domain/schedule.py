"""When a published solution is due to be measured again although nobody asked."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from checkup.domain.run import Run

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def period(repository: str, at: datetime, interval: timedelta) -> int:
    """Return the number of the interval that a moment falls into.

    Intervals begin at another time for each repository, so that runs are spread; solutions that share a repository
    share them too.
    """
    digest = hashlib.sha256(repository.encode()).digest()
    offset = interval * (int.from_bytes(digest[:4], "big") / 2**32)
    return (at - EPOCH + offset) // interval


def is_due(latest: Run | None, repository: str, *, now: datetime, interval: timedelta) -> bool:
    """True when the newest run, if there is one, has ended and was asked for in an earlier interval."""
    if latest is None:
        return True
    return latest.finished and period(repository, latest.requested_at, interval) < period(repository, now, interval)


def releases(tags: Iterable[str]) -> tuple[str, ...]:
    """Return short hashes of tag names, sorted: enough to tell which are new."""
    return tuple(sorted(hashlib.sha256(name.encode()).hexdigest()[:12] for name in tags))
