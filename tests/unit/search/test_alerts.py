"""Events become alerts of the saved searches they concern: once, of the right kind, and never for what is past."""

import asyncio
from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from contracts.envelope import Event
from contracts.vocabulary import CheckupDimension
from search.adapters.lexicon import load_splitter
from search.application.alert_ports import Found
from search.application.alerts import Alerts
from search.application.saved_searches import Saving
from search.domain import saved_search as rules
from search.domain.saved_search import StoredQuery
from search.domain.thesaurus import Thesaurus
from search.domain.wanted import AlertReader
from search.testing import NOON, Events
from servicekit.clock import FixedClock
from servicekit.digest_times import DigestTimes, Frequency
from servicekit.duties import on_duty
from servicekit.errors import ProblemError
from servicekit.testing import wait

from .alert_fakes import FakeMarks, FakeSavedSearches, FakeSolutions

READER = AlertReader(load_splitter(), Thesaurus(()))
BENCHES = {"name": "Comby", "summary": "Verknüpft Mitfahrbänke."}
SAVED_AT = NOON - timedelta(days=1)


class World:
    """Alerts on fakes; events are in the index as soon as they happen, unless it is said to lag."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOON)
        self.saved, self.marks, self.solutions = FakeSavedSearches(), FakeMarks(), FakeSolutions()
        self.log = SimpleNamespace(identity=self._identity)
        self.stream, self.sequence, self.patience = "stream-1", 0, 0.0
        self.start()

    async def _identity(self) -> str:
        return self.stream

    def start(self) -> None:
        """A worker begins, with nothing in its memory."""
        self.alerts = Alerts(
            saved=self.saved,
            solutions=self.solutions,
            marks=self.marks,
            event_log=self.log,  # type: ignore[arg-type]
            reader=READER,
            times=DigestTimes(time(7), 0, NOON.tzinfo),  # type: ignore[arg-type]
            clock=self.clock,
            patience_seconds=self.patience,
        )

    async def save(self, search_id: str, text: str = "Mitfahrbank", **more: Any) -> None:
        fields: dict[str, Any] = {"organisation_id": None, "frequency": Frequency.AT_ONCE, "now": SAVED_AT}
        search = rules.save(search_id, owner="u", name=search_id, query=StoredQuery(text), **{**fields, **more})
        await self.saved.add(search)

    def happened(self, *events: Event, lag: bool = False) -> list[tuple[Event, int]]:
        """The events with their sequences; the index holds them unless it lags."""
        batch = []
        for event in events:
            self.sequence += 1
            batch.append((event, self.sequence))
            if not lag:
                self.project(event, self.sequence)
        return batch

    def project(self, event: Event, sequence: int, **texts: str) -> None:
        key = event.data.solution_id
        facet = {"solution_published": "listing", "checkup_scored": "checkup", "rating_added": "rating"}[
            type(event).name
        ]
        held = self.solutions.held.get(key)
        offer = held.offer if held and held.offer else READER.offer({**BENCHES, **texts}, {})
        seq = {**(held.seq if held else {}), facet: sequence}
        self.solutions.held[key] = Found(seq, event.data.slug, "Comby", "Kurz", offer)  # type: ignore[arg-type]

    async def hear(self, *events: Event) -> None:
        await self.alerts.hear(self.happened(*events))

    def told(self, search_id: str = "s") -> list[list[str]]:
        """The reasons of each alert that went out."""
        return [[match.reason.value for match in alert.matches] for key, alert in self.saved.alerts if key == search_id]


@pytest.fixture
def world() -> World:
    return World()


def scored(comby: Events, *awards: CheckupDimension) -> Event:
    event = comby.scored()
    return event.model_copy(update={"data": event.data.model_copy(update={"awards": list(awards)})})


A, B, C = CheckupDimension.USABILITY, CheckupDimension.COMMUNITY, CheckupDimension.DOCUMENTATION


async def test_a_new_listing_a_changed_one_and_a_rating_are_told(world: World) -> None:
    comby = Events()
    await world.save("s")
    await world.save("dogs", "Hundesteuer")
    await world.hear(comby.published(1))
    await world.hear(comby.published(2))
    await world.hear(comby.rated(1))
    assert world.told() == [["new_listing"], ["changed_listing"], ["new_rating"]]
    assert world.told("dogs") == []
    (_, alert) = world.saved.alerts[0]
    assert (alert.matches[0].slug, alert.matches[0].name, alert.matches[0].at) == ("comby", "Comby", NOON)


async def test_the_first_publication_is_new_whatever_its_version(world: World) -> None:
    await world.save("s")
    await world.hear(Events().published(3))
    assert world.told() == [["new_listing"]]


async def test_a_version_is_told_once_also_when_it_comes_back(world: World) -> None:
    comby = Events()
    await world.save("s")
    await world.hear(comby.published(1))
    await world.hear(comby.published(1), comby.published(2))
    await world.hear(comby.published(1))
    assert world.told() == [["new_listing"], ["changed_listing"]]


async def test_lost_awards_are_told_by_name_and_gained_ones_are_not(world: World) -> None:
    comby = Events()
    await world.save("s")
    await world.hear(scored(comby, A, B))
    await world.hear(scored(comby, A, B, C))
    assert world.told() == []
    await world.hear(scored(comby, C))
    assert world.told() == [["lost_award"]]
    assert world.saved.alerts[0][1].matches[0].lost_awards == ("usability", "community")
    await world.hear(scored(comby, C), scored(comby))
    assert world.told() == [["lost_award"], ["lost_award"]]


async def test_a_revised_rating_and_the_own_organisations_rating_are_nothing_new(world: World) -> None:
    rated = Events().rated()
    revised = rated.model_copy(
        update={"data": rated.data.model_copy(update={"rating": rated.data.rating.model_copy(update={"revision": 2})})}
    )
    await world.save("s")
    await world.save("own", organisation_id=rated.data.rating.organisation_id)
    await world.hear(revised)
    assert world.told() == []
    await world.hear(rated)
    assert world.told() == [["new_rating"]]
    assert world.told("own") == []


async def test_events_come_again_are_replayed_and_hit_another_worker_and_nothing_is_told_twice(world: World) -> None:
    comby = Events()
    await world.save("s")
    batch = world.happened(comby.published(1), scored(comby, A), comby.published(2), scored(comby), comby.rated(1))
    await world.alerts.hear(batch)
    expected = [["new_listing", "lost_award", "new_rating"]]
    assert world.told() == expected
    for again in (batch, batch[2:], [batch[0]], list(reversed(batch))):
        world.start()
        await world.alerts.hear(again)
    assert world.told() == expected


async def test_a_crash_in_the_middle_is_made_good_without_repeats(world: World) -> None:
    for number in range(4):
        await world.save(f"s{number}")
    batch = world.happened(Events().published(1), Events("second").published(1))
    world.saved.fail_after = 2
    with pytest.raises(OSError, match="the store is away"):
        await world.alerts.hear(batch)
    world.saved.fail_after = None
    world.start()
    await world.alerts.hear(batch)
    assert [world.told(f"s{number}") for number in range(4)] == [[["new_listing", "new_listing"]]] * 4


async def test_what_is_past_is_not_told_but_remembered(world: World) -> None:
    comby = Events()
    await world.save("s", now=NOON)
    await world.hear(comby.published(1), scored(comby, A))
    assert (world.told(), world.solutions.reads) == ([], 0), "nobody listens, so the index is not asked"
    later = [
        event.model_copy(update={"time": NOON + timedelta(seconds=1)})
        for event in (comby.published(1), comby.published(2), scored(comby))
    ]
    await world.hear(*later)
    assert world.told() == [["changed_listing", "lost_award"]]


async def test_nothing_is_lost_while_the_index_lags_and_the_others_do_not_wait(world: World) -> None:
    comby, other = Events(), Events("other")
    await world.save("s")
    (late,) = world.happened(comby.published(1), lag=True)
    (ready,) = world.happened(other.published(1))
    with pytest.raises(ProblemError) as refused:
        await world.alerts.hear([late, ready])
    assert (refused.value.slug, refused.value.transient) == ("event-log-ahead", True)
    assert [match.slug for _, alert in world.saved.alerts for match in alert.matches] == ["other"]
    world.project(*late)
    await world.alerts.hear([late, ready])
    assert [match.slug for _, alert in world.saved.alerts for match in alert.matches] == ["other", "comby"]


async def test_an_event_waits_a_moment_for_the_projection(world: World) -> None:
    await world.save("s")
    world.patience = 60.0
    world.start()
    late = world.happened(Events().published(1), lag=True)
    hearing = asyncio.create_task(world.alerts.hear(late))
    await wait.until(lambda: world.solutions.reads > 2)
    world.project(*late[0])
    await hearing
    assert world.told() == [["new_listing"]]


async def test_an_event_that_the_projection_gave_up_is_refused_for_good(world: World) -> None:
    await world.save("s")
    (late,) = world.happened(Events().published(1), lag=True)
    world.solutions.settled_at = late[1]
    with pytest.raises(ProblemError) as refused:
        await world.alerts.hear([late])
    assert (refused.value.slug, refused.value.transient) == ("event-log-skipped", False)


async def test_nothing_is_lost_while_the_engine_is_away(world: World) -> None:
    await world.save("s")
    batch = world.happened(Events().published(1))
    world.solutions.away = True
    with pytest.raises(ProblemError, match="search-unavailable"):
        await world.alerts.hear(batch)
    world.solutions.away = False
    await world.alerts.hear(batch)
    assert world.told() == [["new_listing"]]


async def test_a_solution_that_is_gone_or_no_longer_fits_is_not_told(world: World) -> None:
    comby = Events()
    await world.save("s")
    batch = world.happened(comby.published(1), comby.rated(1))
    world.solutions.held[comby.solution_id] = Found({"listing": 9, "rating": 9})
    await world.alerts.hear(batch)
    batch = world.happened(comby.published(2))
    dogs = READER.offer({"name": "Hundesteuer"}, {})
    world.solutions.held[comby.solution_id] = Found({"listing": 9}, "comby", "Hundesteuer", "", dogs)
    await world.alerts.hear(batch)
    assert world.told() == []


async def test_a_stream_made_anew_counts_from_the_beginning(world: World) -> None:
    comby = Events()
    await world.save("s")
    await world.hear(comby.published(1), comby.published(2))
    world.stream, world.sequence = "stream-2", 0
    await world.hear(comby.published(3))
    assert world.told() == [["new_listing"], ["changed_listing"]]


async def test_collected_matches_are_told_when_it_is_time_and_only_those_that_still_fit(world: World) -> None:
    comby, other = Events(), Events("other")
    await world.save("s", frequency=Frequency.DAILY)
    await world.save("weekly", frequency=Frequency.WEEKLY)
    await world.hear(comby.published(1), other.published(1))
    world.clock.advance(timedelta(hours=19) - timedelta(seconds=1))  # noon was on a Sunday
    assert await world.alerts.tell_due() == 0
    world.clock.advance(timedelta(seconds=1))
    world.solutions.held[other.solution_id] = Found({"listing": 9})
    assert await world.alerts.tell_due() == 2
    assert await world.alerts.tell_due() == 0
    for search_id in ("s", "weekly"):
        told = [match.slug for key, alert in world.saved.alerts if key == search_id for match in alert.matches]
        assert told == ["comby"]


async def test_due_alerts_wait_for_the_engine_and_for_a_worker(world: World) -> None:
    await world.save("s", frequency=Frequency.DAILY)
    await world.hear(Events().published(1))
    world.clock.advance(timedelta(days=3))
    world.solutions.away = True
    async with on_duty([world.alerts.tell_due], interval_seconds=0.001, name="alerts"):
        reads = world.solutions.reads
        await wait.until(lambda: world.solutions.reads > reads + 2)
        assert world.told() == []
        world.solutions.away = False
        await wait.until(lambda: world.told() == [["new_listing"]])
    assert world.told() == [["new_listing"]]


@pytest.mark.parametrize(("others", "left"), [((), []), (("town",), []), (("town", "county"), ["s"])])
async def test_who_left_the_last_organisation_is_forgotten(
    world: World, others: tuple[str, ...], left: list[str]
) -> None:
    await world.save("s", organisation_id="town")
    await world.save("later", organisation_id="town", now=NOON + timedelta(days=1))
    saving = Saving(world.saved, READER, DigestTimes(time(7), 0, NOON.tzinfo), world.clock)  # type: ignore[arg-type]
    at: datetime = NOON
    await saving.left("u", "town", others=others, at=at)
    assert sorted(world.saved.held) == sorted(["later", *left])
    if left:
        assert world.saved.held["s"].organisation_id is None
