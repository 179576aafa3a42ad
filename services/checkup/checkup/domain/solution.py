"""What the checkup knows of a solution from events: whose it is, where its repository is, whether it is online."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from servicekit import errors


@dataclass(frozen=True, slots=True)
class Solution:
    """`version` is the newest submitted one; `live_version` the published one, None while not online.

    `fields_of_action` are those of the published version, none as long as there was none. `requests` counts the runs
    asked for by people, `requested_at` is when that was last done. `statements` are what the listing of the newest
    submitted version says of itself, `live_statements` those of the published one; so are `repository_url` and
    `live_repository_url`. `releases_seen_at` is when its tags were last looked at,
    `releases` what they were then, as short hashes (None: never).
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
    statements: Mapping[str, str] = field(default_factory=dict)
    live_statements: Mapping[str, str] = field(default_factory=dict)
    live_repository_url: str | None = None
    demo_url: str | None = None
    live_demo_url: str | None = None
    releases_seen_at: datetime | None = None
    releases: tuple[str, ...] | None = None

    @property
    def live_repository(self) -> str | None:
        """The published version's repository; of solutions saved before that was kept, the newest version's."""
        if self.live_version is None:
            return None
        return self.live_repository_url or (self.repository_url if self.version == self.live_version else None)


def submitted(known: Solution | None, new: Solution) -> Solution | None:
    """Take over a submission; None when a newer version is known already."""
    if known is None:
        return replace(new, fields_of_action=())
    if new.version < known.version:
        return None
    return replace(
        known,
        slug=new.slug,
        version=new.version,
        repository_url=new.repository_url,
        statements=new.statements,
        demo_url=new.demo_url,
    )


def published(known: Solution | None, new: Solution, *, at: datetime) -> Solution | None:
    """The version of `new` is online since `at`; None when something later is known."""
    if known is None:
        return replace(new, live_version=new.version, live_since=at, live_statements=new.statements,
                       live_repository_url=new.repository_url, live_demo_url=new.demo_url)  # fmt: skip
    if known.live_since is not None and at < known.live_since:
        return None
    moved = new.repository_url != known.live_repository_url
    return replace(
        known,
        slug=new.slug,
        live_version=new.version,
        live_since=at,
        live_statements=new.statements,
        fields_of_action=new.fields_of_action,
        live_repository_url=new.repository_url,
        live_demo_url=new.demo_url,
        releases=None if moved else known.releases,
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
