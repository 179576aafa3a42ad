"""The repository's history as numbers: when humans committed, how many of them, which versions were tagged."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from checkup.analysis import git_process, limits
from checkup.analysis.repository import printable
from checkup.analysis.words import listed

BOT = re.compile(
    r"\[bot\]|(^|[^a-z])bot([^a-z]|$)|renovate|dependabot|weblate|github-actions|gitlab-?ci|pre-commit-ci|snyk|"
    r"semantic-release|greenkeeper|noreply@weblate|automation",
    re.IGNORECASE,
)
FREE_MAIL = listed(
    "gmail.com googlemail.com gmx.de gmx.net gmx.at web.de t-online.de outlook.com outlook.de hotmail.com hotmail.de "
    "live.com yahoo.com yahoo.de posteo.de posteo.net mailbox.org protonmail.com proton.me pm.me icloud.com me.com "
    "mac.com aol.com freenet.de users.noreply.github.com noreply.github.com localhost local"
)
YEAR = timedelta(days=365)
TWO_YEARS = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Commit:
    """One human contribution: when, and by whom (an index, never a name)."""

    at: datetime
    person: int
    domain: str


@dataclass(frozen=True, slots=True)
class History:
    """Human commits up to `as_of`, newest first, and tags with their dates."""

    as_of: datetime
    commits: tuple[Commit, ...]
    tags: tuple[tuple[str, datetime], ...]
    bot_share: float
    cut: bool

    @property
    def last_year(self) -> tuple[Commit, ...]:
        return tuple(commit for commit in self.commits if commit.at > self.as_of - YEAR)

    @property
    def days_since_last_commit(self) -> float:
        """Days between the newest human commit and `as_of`; very many when there is none."""
        return (self.as_of - self.commits[0].at).days if self.commits else 10_000

    @property
    def days_since_first_commit(self) -> float:
        return (self.as_of - self.commits[-1].at).days if self.commits else 0

    def recent_tags(self) -> list[str]:
        """Tags of the 24 months before `as_of`, newest first."""
        return [name for name, at in self.tags if self.as_of - TWO_YEARS < at <= self.as_of]

    def shares(self) -> list[int]:
        """Commits per person in the last year, most active first."""
        return sorted(Counter(commit.person for commit in self.last_year).values(), reverse=True)


def read(git_dir: Path, as_of: datetime) -> History:
    """The history of HEAD. Merges and automatic accounts are left out; mailmap is applied."""
    listing = git_process.output(
        git_dir,
        "log",
        "--no-merges",
        "--use-mailmap",
        f"--max-count={limits.MAX_COMMITS}",
        "--format=%ct%x1f%aN%x1f%aE%x1e",
        "HEAD",
        limit=20_000_000,
    )
    people: dict[str, int] = {}
    commits: list[Commit] = []
    total = bots = 0
    for record in listing.decode("utf-8", "replace").split("\x1e"):
        when, _, who = record.strip("\n").partition("\x1f")
        at = _moment(when)
        if at is None or at > as_of:
            continue
        name, _, address = who.partition("\x1f")
        total += 1
        if BOT.search(name) or BOT.search(address):
            bots += 1
            continue
        identity = address.strip().lower() or name.strip().lower()
        commits.append(Commit(at, people.setdefault(identity, len(people)), _domain(address)))
    commits.sort(key=lambda commit: commit.at, reverse=True)
    return History(
        as_of=as_of,
        commits=tuple(commits),
        tags=_tags(git_dir),
        bot_share=bots / total if total else 0.0,
        cut=total >= limits.MAX_COMMITS,
    )


def days_between_docs_and_code(git_dir: Path, docs: set[str], code: set[str]) -> float | None:
    """How many days the newest change of documentation is older than the newest change of code; None if unknown."""
    process = git_process.start(
        git_dir, "log", "--no-merges", "--max-count=3000", "--format=%x1e%ct", "--name-only", "-z", "HEAD"
    )
    newest: dict[str, datetime] = {}
    try:
        assert process.stdout is not None  # noqa: S101
        at: datetime | None = None
        rest = b""
        while len(newest) < 2 and (chunk := process.stdout.read(65_536)):
            *names, rest = (rest + chunk).split(b"\0")
            for raw in names:
                name = raw.decode("utf-8", "replace")
                if name.startswith("\x1e"):
                    at = _moment(name[1:])
                    continue
                path = name.lstrip("\n")
                kind = "docs" if path in docs else "code" if path in code else None
                if kind and at:
                    newest.setdefault(kind, at)
    finally:
        git_process.end(process)
    if len(newest) < 2:
        return None
    return max((newest["code"] - newest["docs"]).days, 0)


def _tags(git_dir: Path) -> tuple[tuple[str, datetime], ...]:
    listing = git_process.output(
        git_dir,
        "for-each-ref",
        "--sort=-creatordate",
        f"--count={limits.MAX_TAGS}",
        "--format=%(refname:short)%1f%(creatordate:unix)",
        "refs/tags",
    )
    found = []
    for line in listing.decode("utf-8", "replace").splitlines():
        name, _, when = line.partition("\x1f")
        if at := _moment(when):
            found.append((printable(name, 80), at))
    return tuple(sorted(found, key=lambda tag: (tag[1], tag[0]), reverse=True))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(text.strip()), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _domain(address: str) -> str:
    """The organisation's domain (last two labels) of an address, or nothing for free mail and no address."""
    domain = address.rpartition("@")[2].strip().lower()
    if "." not in domain or domain in FREE_MAIL or domain.endswith(("noreply.github.com", ".local", ".internal")):
        return ""
    return ".".join(domain.split(".")[-2:])
