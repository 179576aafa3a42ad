"""Issues of a repository in the three dialects of public forges: GitHub, Forgejo and Gitea, GitLab."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote

from checkup.adapters.forge_client import ForgeClient
from checkup.domain.issues import WINDOW, Issue

MOST_PAGES = 4
SAMPLE = 30  # newest issues of a forge that must be asked for the notes of each
BOT = re.compile(r"\[bot\]$|(^|[-_])bot([-_]|$)|renovate|dependabot", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What a forge told: issues, newest first, and the moment up to which answers to them are known."""

    issues: tuple[Issue, ...]
    until: datetime


class Dialect(Protocol):
    """How one kind of forge is asked."""

    async def issues(self, client: ForgeClient, repository: str, as_of: datetime) -> Told:
        """The issues of the year before `as_of`. Raises ForgeFailure; KeyError, TypeError, ValueError for nonsense."""
        ...


@dataclass(frozen=True, slots=True)
class GitHubLike:
    """GitHub, Forgejo and Gitea: issues and the comments of all issues in pages."""

    prefix: str
    size_name: str
    size: int
    extra: Mapping[str, str]

    async def issues(self, client: ForgeClient, repository: str, as_of: datetime) -> Told:
        place = f"{self.prefix}/repos/{quote(repository)}/issues"
        since = (as_of - WINDOW).strftime("%Y-%m-%dT%H:%M:%SZ")
        found, _ = await self._pages(client, place, state="all", since=since, **self.extra)
        opened = {entry["number"]: entry for entry in found if "pull_request" not in entry or not entry["pull_request"]}
        opened = {number: entry for number, entry in opened.items() if not _is_bot(entry["user"])}
        comments, complete = await self._pages(
            client, f"{place}/comments", since=since, sort="created", direction="asc"
        )
        first: dict[int, datetime] = {}
        for comment in comments:
            number = int(str(comment["issue_url"]).rstrip("/").rpartition("/")[2] or 0)
            entry = opened.get(number)
            if entry and not _is_bot(comment["user"]) and comment["user"]["login"] != entry["user"]["login"]:
                at = _moment(comment["created_at"])
                first[number] = min(at, first.get(number, at))
        issues = [
            Issue(_moment(entry["created_at"]), first.get(number), _moment_or_none(entry.get("closed_at")))
            for number, entry in opened.items()
        ]
        until = as_of if complete or not comments else max(_moment(comment["created_at"]) for comment in comments)
        return Told(_newest_first(issues), until)

    async def _pages(self, client: ForgeClient, path: str, **parameters: str) -> tuple[list[Any], bool]:
        """Entries of the first pages, and whether these are all."""
        entries: list[Any] = []
        for page in range(1, MOST_PAGES + 1):
            paging: dict[str, str | int] = {**parameters, self.size_name: self.size, "page": page}
            answer = await client.get(path, **paging)
            entries.extend(answer)
            if len(answer) < self.size:
                return entries, True
        return entries, False


@dataclass(frozen=True, slots=True)
class GitLab:
    """GitLab: issues in pages, the notes of each asked for on its own, hence of a sample."""

    prefix: str = "/api/v4"

    async def issues(self, client: ForgeClient, repository: str, as_of: datetime) -> Told:
        place = f"{self.prefix}/projects/{quote(repository, safe='')}/issues"
        entries = await client.get(
            place, scope="all", state="all", order_by="created_at", sort="desc", per_page=SAMPLE,
            created_after=(as_of - WINDOW).isoformat(), created_before=(as_of + timedelta(seconds=1)).isoformat(),
        )  # fmt: skip
        issues = []
        for entry in [entry for entry in entries if not _is_bot(entry["author"])][:SAMPLE]:
            issue = Issue(_moment(entry["created_at"]), None, _moment_or_none(entry.get("closed_at")))
            if entry.get("user_notes_count", 1):
                notes = await client.get(
                    f"{place}/{int(entry['iid'])}/notes", sort="asc", order_by="created_at", per_page=20
                )
                issue = replace(issue, answered=_first_answer(notes, entry["author"]["username"]))
            issues.append(issue)
        return Told(_newest_first(issues), as_of)


GITHUB = GitHubLike("", "per_page", 100, {"sort": "created", "direction": "desc"})
GITHUB_ENTERPRISE = GitHubLike("/api/v3", "per_page", 100, {"sort": "created", "direction": "desc"})
FORGEJO = GitHubLike("/api/v1", "limit", 50, {"type": "issues"})
GITLAB = GitLab()


def _first_answer(notes: Iterable[Mapping[str, Any]], author: str) -> datetime | None:
    for note in notes:
        if not note.get("system") and note["author"]["username"] != author and not _is_bot(note["author"]):
            return _moment(note["created_at"])
    return None


def _is_bot(person: Mapping[str, Any] | None) -> bool:
    if person is None:
        return True  # a deleted account of which nothing is known
    return person.get("type") == "Bot" or bool(BOT.search(str(person.get("login") or person.get("username") or "")))


def _newest_first(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    return tuple(sorted(issues, key=lambda issue: issue.opened, reverse=True))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment


def _moment_or_none(text: str | None) -> datetime | None:
    return _moment(text) if text else None
