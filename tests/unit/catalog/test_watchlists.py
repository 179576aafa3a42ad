"""Watchlists: who may, what is counted as a change, what the others are told, and what is forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from catalog.application import watch_queries as queries
from catalog.application.commands import watchlists as commands
from catalog.application.dossier_ports import CheckupState
from catalog.application.loading import Loaded
from catalog.application.ports import Write
from catalog.application.watch_ports import WatchPorts
from catalog.application.watch_queries import Order, WatchedNow
from catalog.domain import watchlist as rules
from catalog.domain.organisation import Organisation, OrganisationState
from catalog.domain.solution import Solution
from catalog.domain.watchlist import Owner, Standing, WatchEntry, Watchlist
from contracts.listing import CheckupDimensionScore
from contracts.watches import WatchEnded, WatchStarted
from servicekit.errors import ProblemError

from .fakes import InMemoryMarket, InMemoryWatchlists, World
from .given import CLERK, COLLEAGUE, CURATOR, START, STRANGER, a_municipality, a_provider, published

NO_LIST = ("not_found", "watchlist-not-found")
NO_SOLUTION = ("not_found", "solution-not-found")
MAY_NOT = ("conflict", "organisation-not-onboarded")


@pytest.fixture
def ports(world: World) -> WatchPorts:
    return WatchPorts(world.ports, InMemoryWatchlists(world.outbox), InMemoryMarket())


@pytest.fixture
def online(world: World) -> Solution:
    provider = a_provider()
    solution = published(provider=provider)
    world.has(provider, solution)
    return solution


def measured(score: float) -> CheckupState:
    scored = CheckupDimensionScore.model_validate(
        {"dimension": "community", "score": score, "coverage": 1, "status": "scored"}
    )
    return CheckupState(
        run_id="r",
        solution_version=1,
        rubric_version="2026.1",
        as_of=START,
        finished_at=START,
        measurable=True,
        dimensions=[scored],
    )


async def refused(awaited: Any) -> tuple[str, str]:
    with pytest.raises(ProblemError) as refusal:
        await awaited
    return refusal.value.kind, refusal.value.slug


async def only(ports: WatchPorts, list_of: str = "me") -> WatchedNow:
    (found,), _ = await queries.watched(ports, CLERK, list_of, Order.NEWEST)
    return found


async def test_noting_a_solution_twice_is_noting_it_once(ports: WatchPorts, world: World, online: Solution) -> None:
    await commands.watch(ports, CLERK, "me", online.slug, note="Für die Vereine")
    await commands.watch(ports, CLERK, "me", online.id, note=None)
    [event] = world.outbox.take()
    assert isinstance(event, WatchStarted)
    assert (event.data.user, event.data.organisation_id, event.data.solution_ids) == (CLERK.user, None, [online.id])
    assert "Vereine" not in event.to_bytes().decode()
    found = await only(ports)
    assert (found.entry.note, found.changed) == ("Für die Vereine", False)
    await commands.unwatch(ports, CLERK, "me", online.id)
    await commands.unwatch(ports, CLERK, "me", online.id)
    [event] = world.outbox.take()
    assert isinstance(event, WatchEnded)


async def test_members_share_a_list_that_nobody_else_sees(
    ports: WatchPorts, town: Organisation, online: Solution
) -> None:
    await commands.watch(ports, COLLEAGUE, town.id, online.id, note=None)
    own, shared = await queries.lists_of(ports, CLERK, [online.id, "other"])
    assert (own.id, own.watched, shared.id, shared.watched) == ("me", [], town.id, [online.id])
    for outsider in (STRANGER, CURATOR):
        assert await refused(queries.watched(ports, outsider, town.id, Order.NAME)) == (
            "not_found",
            "watchlist-not-found",
        )
        assert await refused(commands.watch(ports, outsider, town.id, online.id, note=None)) == (
            "not_found",
            "watchlist-not-found",
        )
    assert await refused(commands.watch(ports, CLERK, "me", "unknown", note=None)) == (
        "not_found",
        "solution-not-found",
    )


async def test_a_suspended_organisation_may_look_and_no_more(ports: WatchPorts, world: World, online: Solution) -> None:
    town = a_municipality(state=OrganisationState.SUSPENDED)
    world.has(town)
    assert await queries.watched(ports, CLERK, town.id, Order.NEWEST) == ([], 0)
    assert (await refused(commands.watch(ports, CLERK, town.id, online.id, note=None)))[
        1
    ] == "organisation-not-onboarded"


async def test_what_moved_since_is_told_until_it_is_acknowledged(
    ports: WatchPorts, world: World, online: Solution
) -> None:
    await ports.market.note_checkup(online.id, measured(80))
    await commands.watch(ports, CLERK, "me", online.id, note=None)
    await ports.market.note_checkup(online.id, measured(60))
    (moved,) = (await only(ports)).moved
    assert (moved.figure, moved.before, moved.now) == ("community", 80, 60)
    await commands.acknowledge(ports, CLERK, "me", online.id)
    assert not (await only(ports)).changed


async def test_what_is_no_longer_online_stays_on_the_list_as_it_was(
    ports: WatchPorts, world: World, online: Solution
) -> None:
    await commands.watch(ports, CLERK, "me", online.id, note=None)
    del world.solutions.held[online.id]
    found = await only(ports)
    assert (found.live, found.name, found.changed) == (None, "Kommunale Räume", True)
    assert await refused(commands.acknowledge(ports, CLERK, "me", online.id)) == NO_SOLUTION


async def test_of_two_who_write_a_note_at_once_one_is_refused(
    ports: WatchPorts, town: Organisation, online: Solution
) -> None:
    await commands.watch(ports, CLERK, town.id, online.id, note=None)
    await commands.annotate(ports, CLERK, town.id, online.id, note="<b>gut</b>", expected=1)
    late = commands.annotate(ports, COLLEAGUE, town.id, online.id, note="schlecht", expected=1)
    assert await refused(late) == ("stale", "stale-version")
    assert (await only(ports, town.id)).entry.note == "<b>gut</b>"


async def test_a_forgotten_person_leaves_no_trace_and_the_shared_entries_stay(
    ports: WatchPorts, world: World, town: Organisation, online: Solution
) -> None:
    await commands.watch(ports, CLERK, "me", online.id, note=None)
    await commands.watch(ports, CLERK, town.id, online.id, note=None)
    world.outbox.take()
    for _ in range(2):
        await commands.forget_user(ports, CLERK.user)
    [event] = world.outbox.take()
    assert isinstance(event, WatchEnded)
    assert (event.data.user, event.data.solution_ids) == (CLERK.user, [online.id])
    (kept,) = (await ports.lists.of(Owner("organisation", town.id))).state.entries.values()
    assert kept.added_by is None
    assert await commands.sweep(ports) == 1


def entry(number: int) -> WatchEntry:
    return WatchEntry(
        solution_id=str(number),
        slug="s",
        name=f"Name {9 - number}",
        organisation_name="o",
        noted=Standing(1, START),
        added_at=START + timedelta(days=number),
        added_by="u",
    )


@pytest.mark.parametrize("order", Order)
async def test_the_pages_of_a_list_are_the_list(ports: WatchPorts, order: Order) -> None:
    owner = Owner("user", CLERK.user)

    async def fill(loaded: Loaded[Watchlist]) -> Write[Watchlist]:
        return Write(Watchlist(owner, {str(each): entry(each) for each in range(5)}), ())

    await ports.lists.change_of(owner, fill)
    whole, total = await queries.watched(ports, CLERK, "me", order)
    pages = [await queries.watched(ports, CLERK, "me", order, start=start, limit=2) for start in (0, 2, 4, 6)]
    assert [len(page) for page, _ in pages] == [2, 2, 1, 0]
    assert [each for page, _ in pages for each in page] == whole
    assert {count for _, count in pages} == {total} == {5}
    if order is Order.NEWEST:
        assert [each.entry.solution_id for each in whole] == ["4", "3", "2", "1", "0"]


def test_a_list_is_full_at_some_time() -> None:
    full = Watchlist(Owner("user", "u"), {str(number): entry(number) for number in range(rules.MAX_ENTRIES)})
    assert rules.add(full, entry(1)).state is full
    with pytest.raises(ProblemError) as refusal:
        rules.add(full, entry(rules.MAX_ENTRIES))
    assert (refusal.value.kind, refusal.value.slug) == ("conflict", "watchlist-full")
