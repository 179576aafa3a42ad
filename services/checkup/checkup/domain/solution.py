"""What the checkup knows of a solution from events: whose it is, where its repository is, whether it is online."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from servicekit import errors


@dataclass(frozen=True, slots=True)
class Solution:
    """`version` is the newest submitted one; `live_version` the published one, None while not online.

    `fields_of_action` are those of the published version, none as long as there was none. `requests` counts the runs
    asked for by people, `requested_at` is when that was last done.
    """

    id: str
    slug: str
    organisation_id: str
    version: int
    repository_url: str | None
    live_version: int | None = None
    live_since: datetime | None = None
    requests: int = 0
    requested_at: datetime | None = None
    fields_of_action: tuple[str, ...] = ()


def submitted(known: Solution | None, new: Solution) -> Solution | None:
    """Take over a submission; None when a newer version is known already."""
    if known is None:
        return replace(new, fields_of_action=())
    if new.version < known.version:
        return None
    return replace(known, slug=new.slug, version=new.version, repository_url=new.repository_url)


def published(known: Solution | None, new: Solution, *, at: datetime) -> Solution | None:
    """The version of `new` is online since `at`; None when something later is known."""
    if known is None:
        return replace(new, live_version=new.version, live_since=at)
    if known.live_since is not None and at < known.live_since:
        return None
    return replace(
        known,
        slug=new.slug,
        live_version=new.version,
        live_since=at,
        fields_of_action=new.fields_of_action,
    )


def delisted(known: Solution | None, *, at: datetime) -> Solution | None:
    """The solution is offline since `at`; None when it is unknown or was published after that."""
    if known is None or (known.live_since is not None and at < known.live_since):
        return None
    return replace(known, live_version=None, live_since=at)


def request_run(known: Solution, *, now: datetime, interval: timedelta) -> Solution:
    """Ask for one more run. Raises `no-repository` (conflict), `checkup-too-soon` (too_many)."""
    if known.repository_url is None:
        raise errors.conflict("no-repository", "this solution names no repository: there is nothing to measure")
    if known.requested_at is not None and (again := known.requested_at + interval) > now:
        seconds = max(int((again - now).total_seconds()) + 1, 1)
        raise errors.too_many(
            "checkup-too-soon", f"a checkup was asked for a moment ago: try again in {seconds} s", retry_after=seconds
        )
    return replace(known, requests=known.requests + 1, requested_at=now)
