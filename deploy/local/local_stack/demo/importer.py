"""Imports the demonstration data through the public HTTP API and the whole workflow.

It may be interrupted at any time: the next import looks what is there and goes on.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TypeVar

import httpx
from contracts.ids import uuid7

from local_stack.demo import listings, workflow
from local_stack.demo.listings import DemoOrganisation, Record
from local_stack.demo.market import ImportFailed, Market, Refused, connect
from local_stack.demo.progress import Bar
from local_stack.demo.workflow import IMPORTER, REVIEWER, Known, View

REPOSITORIES_URL = "DEMO_REPOSITORIES_URL"
AT_ONCE = 8
T = TypeVar("T")
R = TypeVar("R")

__all__ = ["ImportFailed", "ImportReport", "run_import"]


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `published` counts all demo listings that are online, `imported` those of this run."""

    published: int
    imported: int
    left_alone: tuple[str, ...]
    checkups: int
    checkups_failed: int
    ratings: int
    seconds: float


def run_import(gateway_url: str, oidc_issuer: str, state_dir: Path, progress: bool = True) -> ImportReport:
    """Import what is missing and return what was done.

    `state_dir` is where `run.json` is looked for (two levels up), which has the address of the generated repositories;
    DEMO_REPOSITORIES_URL comes first. Raises ImportFailed.
    """
    return asyncio.run(_run(gateway_url, oidc_issuer, repositories_url(state_dir), Bar(shown=progress)))


def repositories_url(state_dir: Path) -> str | None:
    """Where the generated repositories are served, if they are."""
    given = os.environ.get(REPOSITORIES_URL)
    if given:
        return given.rstrip("/")
    for folder in (state_dir, *list(state_dir.resolve().parents)[:2]):
        try:
            found = json.loads((folder / "run.json").read_text(encoding="utf-8"))["addresses"]["repos"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        return str(found).rstrip("/")
    return None


async def _run(gateway_url: str, oidc_issuer: str, repositories: str | None, bar: Bar) -> ImportReport:
    started = monotonic()
    records = listings.load()
    if repositories is not None:
        records = listings.with_repositories(records, repositories, await _served(repositories))
    try:
        async with connect(gateway_url, oidc_issuer) as market:
            with bar:
                return await _import(market, records, bar, started)
    except Refused as refusal:
        raise ImportFailed(str(refusal)) from refusal
    except ExceptionGroup as group:
        expected = [error for error in _leaves(group) if isinstance(error, ImportFailed | Refused)]
        if not expected:
            raise
        raise ImportFailed(str(expected[0])) from group


async def _import(market: Market, records: Sequence[Record], bar: Bar, started: float) -> ImportReport:
    known = await workflow.look(market)
    if any(record.slug not in known.solutions for record in records):
        await workflow.without_mails(market, IMPORTER)
    organisations = await _organisations(market, known, records)
    bar.begin(sum(not _was_online(known, record.slug) for record in records))

    async def publish(record: Record) -> View | None:
        view = await workflow.publish(market, known, record, organisations[record.provider])
        if not _was_online(known, record.slug):
            bar.step()
        return view

    views = await _each(records, publish)
    published = {record.slug: view for record, view in zip(records, views, strict=True) if view is not None}
    fresh = [view for slug, view in published.items() if not _was_online(known, slug)]
    bar.say("checkups and search")
    ends = await _each(fresh, lambda view: workflow.checked(market, str(view["id"])))
    await _found_by_search(market, published)
    ratings = await _ratings(market, organisations, published)
    if fresh:
        await _read_everything(market)
    await _unfinished(market, known, organisations)
    return ImportReport(
        published=len(published),
        imported=len(fresh),
        left_alone=tuple(record.slug for record in records if record.slug not in published),
        checkups=sum(end == "scored" for end in ends),
        checkups_failed=sum(end != "scored" for end in ends),
        ratings=ratings,
        seconds=monotonic() - started,
    )


async def _organisations(market: Market, known: Known, records: Sequence[Record]) -> dict[str, str]:
    """The ids of all organisations by name; waits until the services know who belongs to the new ones."""
    providers = sorted({record.provider for record in records})
    wanted = [
        *listings.MUNICIPALITIES,
        listings.PROVIDER,
        *(
            DemoOrganisation(name, IMPORTER, "provider", bundesland=listings.bundesland_of(name, records))
            for name in providers
        ),
    ]
    ids = await _each(wanted, lambda each: workflow.onboard(market, known, each))
    new: dict[str, set[str]] = {}
    for each, organisation_id in zip(wanted, ids, strict=True):
        before = known.organisations.get((each.name, each.user))
        if before is None or before["state"] == "requested":
            new.setdefault(each.user, set()).add(organisation_id)
    await _each(list(new.items()), lambda item: workflow.wait_for_memberships(market, *item))
    return {each.name: organisation_id for each, organisation_id in zip(wanted, ids, strict=True)}


async def _found_by_search(market: Market, published: dict[str, View]) -> None:
    async def all_found() -> bool | None:
        answer = await market.get(None, "/api/search/solutions", size=1)
        return answer["total"] >= len(published) or None

    await market.until(f"search finds all {len(published)} listings", all_found)


async def _ratings(market: Market, organisations: dict[str, str], published: dict[str, View]) -> int:
    """Let the demo municipalities declare what they use, and then rate it; return how many ratings were given now."""

    def solution_id(slug: str) -> str:
        return str(published[slug]["id"])

    used = [use for use in listings.USES if use.slug in published]
    await _each(
        used,
        lambda use: workflow.declare(market, organisations[use.municipality.name], solution_id(use.slug), use),
    )
    rated = [rating for rating in listings.RATINGS if rating.slug in published]
    given = await _each(
        rated,
        lambda each: workflow.rate(market, organisations[each.municipality.name], solution_id(each.slug), each),
    )
    return sum(given)


async def _read_everything(market: Market) -> None:
    """Empty the inboxes of what the import caused, so that a newcomer finds only what waits for an answer."""
    for user in (REVIEWER, IMPORTER):
        await market.post(user, "/api/notify/inbox/read-all", key=f"read-all-{uuid7()}")


async def _unfinished(market: Market, known: Known, organisations: dict[str, str]) -> None:
    """One submission that waits for the provider and one that waits for the team, each unless it is there already."""
    organisation, user = organisations[listings.PROVIDER.name], listings.PROVIDER.user
    for record in (listings.CHANGES_REQUESTED, listings.IN_REVIEW):
        before = known.solutions.get(record.slug)
        if before is not None and before["working"]["state"] not in ("draft", "submitted", "in_review"):
            continue
        try:
            solution = await workflow.submitted(market, known, record, organisation, user)
        except Refused as refusal:
            if refusal.slug in workflow.NO_LONGER_ALLOWED:
                continue
            raise
        if record is listings.CHANGES_REQUESTED:
            await workflow.request_changes(market, known, solution, listings.WHAT_IS_MISSING)


def _was_online(known: Known, slug: str) -> bool:
    before = known.solutions.get(slug)
    return before is not None and before["live_version"] is not None


async def _served(url: str) -> frozenset[str]:
    """The names of the repositories that a server offers; none when it does not answer."""
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            answer = (await client.get(f"{url}/")).raise_for_status()
    except httpx.HTTPError as error:
        print(f"the demo listings point to no repositories: {url} does not answer ({error})", file=sys.stderr)
        return frozenset()
    return frozenset(line.strip("/") for line in answer.text.split())


async def _each(items: Sequence[T], do: Callable[[T], Awaitable[R]]) -> list[R]:
    """Carry out one thing for each item, a few at once; the first error ends all."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> R:
        async with gate:
            return await do(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
