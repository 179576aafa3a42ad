"""Turns a tree of template files into a believable, reproducible git history (a `git fast-import` stream)."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

MOST_STEPS_PER_FILE = 5
SPDX = "SPDX"  # spelled in parts below, so that licence scanners do not take this module for an annotated file
COMMENT = {".py": "# {}", ".ts": "// {}"}


@dataclass(frozen=True)
class Author:
    """Somebody who commits; `weight` says how often compared with the others."""

    name: str
    email: str
    weight: int = 1


@dataclass(frozen=True)
class Plan:
    """How a repository came about: by whom, when (days before generation) and in which releases, the oldest first."""

    name: str
    quality: str
    authors: tuple[Author, ...]
    first_day: int
    last_day: int
    order: tuple[str, ...]
    releases: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    copyright: str | None = None
    steps_per_file: int = MOST_STEPS_PER_FILE


@dataclass(frozen=True)
class Step:
    """One change: a file as it is after this step, and where on the way from 0 to 1 it happens."""

    position: float
    path: str
    text: str
    what: str
    first: bool


@dataclass(frozen=True)
class Commit:
    at: datetime
    author: Author
    message: str
    files: Mapping[str, str]
    tag: str | None = None


def history(plan: Plan, files: Mapping[str, str], as_of: datetime) -> list[Commit]:
    """The commits of a plan, oldest first; the same input gives the same commits."""
    changelog = files.get("CHANGELOG.md")
    steps = _steps(plan, {path: text for path, text in files.items() if path != "CHANGELOG.md"})
    events = sorted([*steps, *_releases(plan)], key=lambda event: (event.position, event.path))
    times = _times(plan, len(events), as_of)
    return list(_commits(plan, events, times, changelog))


def fast_import(commits: Sequence[Commit]) -> bytes:
    """The stream for `git fast-import`: one branch `main`, an annotated tag per release."""
    stream = bytearray()
    for mark, commit in enumerate(commits, start=1):
        who = f"{commit.author.name} <{commit.author.email}> {int(commit.at.timestamp())} +0000"
        stream += f"commit refs/heads/main\nmark :{mark}\nauthor {who}\ncommitter {who}\n".encode()
        stream += _data(commit.message)
        for path, text in commit.files.items():
            stream += f"M 100644 inline {path}\n".encode() + _data(text)
        stream += b"\n"
        if commit.tag:
            stream += f"tag {commit.tag}\nfrom :{mark}\ntagger {who}\n".encode() + _data(f"Version {commit.tag}\n")
    return bytes(stream) + b"done\n"


def growth(path: str, text: str, most: int) -> list[tuple[str, str]]:
    """A file as it grew: pairs of content and what was added, the last one being the whole file."""
    parts = _parts(path, text)
    if len(parts) > most:
        share = len(parts) / most
        cuts = [round(share * index) for index in range(most + 1)]
        parts = ["".join(parts[start:end]) for start, end in pairwise(cuts)]
    return [(grown.rstrip("\n") + "\n", _what(part)) for grown, part in zip(accumulate(parts), parts, strict=True)]


def _parts(path: str, text: str) -> list[str]:
    if path.endswith(".md"):
        boundary = r"(?m)^(?=## )"
    elif path.endswith((".py", ".js", ".ts")):
        boundary = r"(?m)^(?=(?:def |class |@|export |async function |function ))"
    else:
        return [text]
    parts = [part for part in re.split(boundary, text) if part.strip()]
    return [parts[0] + "".join(parts[1:2]), *parts[2:]] if len(parts) > 1 else parts


def _what(part: str) -> str:
    found = re.search(r"(?m)^## (.+)$", part) or re.search(r"(?:def|class|function|const|interface) (\w+)", part)
    return found.group(1) if found else ""


def _steps(plan: Plan, files: Mapping[str, str]) -> Iterator[Step]:
    ordered = sorted(files, key=lambda path: (_rank(plan, path), path))
    for index, path in enumerate(ordered):
        start = 0.8 * index / max(1, len(ordered) - 1)
        grown = growth(path, files[path], plan.steps_per_file)
        for number, (text, what) in enumerate(grown):
            share = (number + 0.6 * _chance(plan.name, path, number)) / len(grown) if number else 0.0
            position = start + (0.97 - start) * share
            yield Step(position, path, text, what, number == 0)


def _releases(plan: Plan) -> Iterator[Step]:
    for number, version in enumerate(plan.releases, start=1):
        yield Step(0.12 + 0.87 * number / len(plan.releases), "", version, version, False)


def _rank(plan: Plan, path: str) -> int:
    return next((rank for rank, prefix in enumerate(plan.order) if path.startswith(prefix)), len(plan.order))


def _commits(plan: Plan, events: Sequence[Step], times: Sequence[datetime], changelog: str | None) -> Iterator[Commit]:
    tree: dict[str, str] = {}
    created: dict[str, datetime] = {}
    releases: list[tuple[str, datetime]] = []
    for number, (event, at) in enumerate(zip(events, times, strict=True)):
        author = _author(plan, number)
        if event.path:
            tree[event.path] = event.text
            created.setdefault(event.path, at)
            version, released = releases[-1] if releases else ("0.1.0", created[event.path])
            day = released if "{version}" in event.text else created[event.path]
            text = _rendered(plan, event.path, event.text, version=version, day=day)
            yield Commit(at, author, _message(plan, number, event), {event.path: text})
            continue
        releases.append((event.text, at))
        versioned = {path: text for path, text in tree.items() if "{version}" in text}
        changed = {path: _rendered(plan, path, text, version=event.text, day=at) for path, text in versioned.items()}
        if changelog is not None:
            changed["CHANGELOG.md"] = _changelog(changelog, releases)
        yield Commit(at, author, f"chore(release): {event.text}", changed, tag=f"v{event.text}")


def _rendered(plan: Plan, path: str, text: str, *, version: str, day: datetime) -> str:
    rendered = text.replace("{version}", version).replace("{date}", day.date().isoformat())
    comment = COMMENT.get(path[path.rfind(".") :]) if plan.copyright else None
    if comment is None:
        return rendered
    head = (f"{SPDX}-FileCopyrightText: {plan.copyright}", f"{SPDX}-License-Identifier: Apache-2.0")
    return "\n".join(comment.format(line) for line in head) + "\n\n" + rendered


def _changelog(text: str, releases: Sequence[tuple[str, datetime]]) -> str:
    head, *sections = re.split(r"(?m)^(?=## )", text)
    shown = sections[len(sections) - len(releases) :]
    days = [at.date().isoformat() for _, at in reversed(releases)]
    return head + "".join(section.replace("{date}", day) for section, day in zip(shown, days, strict=True))


def _message(plan: Plan, number: int, step: Step) -> str:
    if plan.messages:
        return plan.messages[number % len(plan.messages)]
    folder, _, name = step.path.rpartition("/")
    stem = name.split(".")[0] or name.strip(".")
    kind = "docs" if step.path.endswith(".md") or folder.startswith("docs") else "feat"
    kind = "test" if folder.split("/")[-1] in ("tests", "test") else kind
    kind = "ci" if folder.startswith(".github") else kind
    if step.first:
        return f"{kind}({stem}): {name} angelegt"
    return f"{kind}({stem}): {step.what or name} ergänzt"


def _times(plan: Plan, count: int, as_of: datetime) -> list[datetime]:
    """Working hours of weekdays, evenly spread with some chance, never going back."""
    first = as_of - timedelta(days=plan.first_day)
    days = plan.first_day - plan.last_day
    times: list[datetime] = []
    for number in range(count):
        offset = days * (number + _chance(plan.name, "day", number)) / max(1, count)
        day = (first + timedelta(days=offset)).replace(hour=8, minute=0, second=0, microsecond=0)
        day += timedelta(days=max(0, 7 - day.isoweekday()) + 1 if day.isoweekday() > 5 else 0)
        at = day + timedelta(minutes=int(540 * _chance(plan.name, "minute", number)))
        times.append(max(at, times[-1] + timedelta(minutes=7)) if times else at)
    return times


def _author(plan: Plan, number: int) -> Author:
    choice = _chance(plan.name, "author", number) * sum(author.weight for author in plan.authors)
    for author in plan.authors:
        choice -= author.weight
        if choice < 0:
            return author
    return plan.authors[-1]


def _chance(*parts: object) -> float:
    """A number in [0, 1) that depends on nothing but the parts."""
    digest = hashlib.sha256("\n".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _data(text: str) -> bytes:
    raw = text.encode()
    return f"data {len(raw)}\n".encode() + raw + b"\n"


def midnight(at: datetime) -> datetime:
    """The start of a day in UTC, so that generating twice on one day gives the same repository."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
