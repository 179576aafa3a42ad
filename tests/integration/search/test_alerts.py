"""What is new for a saved search is told exactly once: at once or when it is time, whatever goes down meanwhile."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from contracts import topology
from contracts.catalog import MemberLeft, MemberLeftData
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.people import PersonErased, PersonErasedData
from contracts.subjects import subject_of
from contracts.vocabulary import CheckupDimension
from search.adapters.lexicon import load_splitter, load_thesaurus
from search.adapters.opensearch.client import connect
from search.adapters.opensearch.offers import OpenSearchOffers
from search.adapters.projected import JetStreamProgress
from search.domain.saved_search import StoredQuery
from search.domain.wanted import AlertReader, fits
from search.entrypoints.alerting import ALERTS_DURABLE
from search.main import service
from search.settings import SearchSettings
from search.testing import Events
from search.wiring import DURABLE, build
from servicekit import provision
from servicekit.clock import FixedClock
from servicekit.process import Mode
from servicekit.testing import wait
from servicekit.testing.http import client

from .alerting import PATH, Owner, at, settled
from .conftest import Search

NOW = datetime.now(UTC)
MONDAY_NOON = NOW.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=(7 - NOW.weekday()) % 7)
Start = Callable[..., AbstractAsyncContextManager[Search]]
Now = Callable[[Event], Event]
A, B = CheckupDimension.USABILITY, CheckupDimension.COMMUNITY


@pytest.fixture
def settings(settings: SearchSettings) -> SearchSettings:
    return settings.model_copy(update={"alerts_poll_seconds": 0.05, "alerts_timezone": "UTC"})


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_NOON)


@pytest.fixture
def start(connection, settings: SearchSettings, clock: FixedClock) -> Start:
    """Start a process of the service, whose time is the test's."""

    @asynccontextmanager
    async def starting(mode: Mode = "all") -> AsyncIterator[Search]:
        app = replace(service, build=partial(build, clock=clock)).app(settings, mode)
        async with client(app) as http:
            yield Search(connection.jetstream(), http, app)

    return starting


@pytest.fixture
def owner(connection, oidc_server) -> Owner:
    user = f"user-{uuid7()}"
    return Owner(connection.jetstream(), user, {"Authorization": f"Bearer {oidc_server.token_for(user)}"})


@pytest.fixture
def now(clock: FixedClock) -> Now:
    """The event as happening a second after everything before."""

    def happening(event: Event) -> Event:
        clock.advance(timedelta(seconds=1))
        return at(event, clock.now())

    return happening


def scored(solution: Events, *awards: CheckupDimension) -> Event:
    event = solution.scored()
    return event.model_copy(update={"data": event.data.model_copy(update={"awards": list(awards)})})


def moment(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


async def again(search: Search, event: Event) -> None:
    """Publish an event a second time: without its id the stream keeps it twice."""
    await search.js.publish(subject_of(event), event.to_bytes())


async def replay(search: Search) -> None:
    """Make the durable anew, as after a loss: it delivers the whole stream."""
    spec = topology.consumer(ALERTS_DURABLE)
    await search.js.delete_consumer(spec.stream, spec.durable)
    await search.js.add_consumer(spec.stream, provision.consumer_config(spec))


async def test_a_new_listing_is_told_to_whom_it_concerns(search, owner: Owner, now: Now) -> None:
    await search.publish(search.solution("before").published())
    await search.until_total(1)
    saved = await owner.save(search.http)
    quiet = [
        await owner.save(search.http, "Hundesteuer"),
        await owner.save(search.http, filters={"bundesland": ["DE-BY"]}),
        await owner.save(search.http, frequency="never"),
    ]
    comby = search.solution("comby")
    event = now(comby.published(bundesland="DE-BB"))
    await search.publish(event)
    (alert,) = await owner.until_reasons("new_listing")
    assert alert.data.model_dump(mode="json") == {
        "saved_search_id": saved["id"],
        "user": owner.user,
        "name": "Suche Mitfahrbank",
        "query": "q=Mitfahrbank",
        "frequency": "at_once",
        "matches": [
            {
                "solution_id": comby.solution_id,
                "slug": comby.slug,
                "name": "Comby – die digitale Mitfahrbank",
                "summary": "Verknüpft Mitfahrbänke digital.",
                "reason": "new_listing",
                "lost_awards": [],
                "at": moment(event.time),
            }
        ],
        "more": 0,
        "since": moment(event.time),
        "until": moment(event.time),
    }
    shown = await owner.read(search.http, saved)
    assert (shown["last_alerted_at"], shown["pending"], shown["version"]) == (moment(event.time), 0, 1)
    for silent in quiet:
        assert (await owner.read(search.http, silent))["last_alerted_at"] is None


async def test_changes_lost_awards_and_ratings_are_told_and_nothing_twice(start, owner: Owner, now: Now) -> None:
    async with start() as search:
        await owner.save(search.http)
        comby = search.solution("comby")
        events = [now(comby.published(1)), now(scored(comby, A, B)), now(comby.rated(1))]
        await search.publish(*events)
        await owner.until_reasons("new_listing", "new_rating")
        events += [now(comby.published(2)), now(scored(comby, B)), now(scored(comby, A, B))]
        await search.publish(*events[3:])
        told = ["new_listing", "new_rating", "changed_listing", "lost_award"]
        alerts = await owner.until_reasons(*told)
        assert [match.lost_awards for alert in alerts for match in alert.data.matches if match.lost_awards] == [[A]]
        for event in events:
            await again(search, event)
        await settled(search.js)
        assert sorted(await owner.reasons()) == sorted(told)
    async with start("worker") as search:  # a worker that knows nothing but what is stored
        await replay(search)
        await settled(search.js)
        assert sorted(await owner.reasons()) == sorted(told)
        await search.publish(now(comby.published(3)))
        await owner.until_reasons(*told, "changed_listing")


async def test_what_is_collected_is_told_when_it_is_time_by_one_of_many_workers(
    start, owner: Owner, now: Now, clock: FixedClock
) -> None:
    async with start("api") as api:
        daily = await owner.save(api.http, frequency="daily")
        weekly = await owner.save(api.http, frequency="weekly", name="Wöchentlich")
        comby, gone = api.solution("comby"), api.solution("gone")
        async with start("worker"):
            await api.publish(now(comby.published()), now(gone.published()), now(comby.rated()))

            async def collected() -> bool:
                shown = [await owner.read(api.http, each) for each in (daily, weekly)]
                return [each["pending"] for each in shown] == [3, 3]

            await wait.until(collected)
            await api.publish(now(gone.delisted()))
            await api.until_total(1)
        shown = await owner.read(api.http, daily)
        assert shown["due_at"] == moment(MONDAY_NOON + timedelta(hours=19))
        clock.advance(timedelta(hours=18, minutes=59))  # nobody works in the meantime
        async with start("worker"), start("worker"), start("worker"):
            assert await owner.alerts() == []
            clock.advance(timedelta(minutes=1))
            (alert,) = await owner.until_reasons("new_listing", "new_rating")
            assert (alert.data.frequency, alert.data.saved_search_id) == ("daily", daily["id"])
            assert {match.slug for match in alert.data.matches} == {comby.slug}
            clock.advance(timedelta(days=6))
            alerts = await owner.until_reasons(*["new_listing", "new_rating"] * 2)
            assert [alert.data.frequency for alert in alerts] == ["daily", "weekly"]
        shown = await owner.read(api.http, weekly)
        assert (shown["pending"], shown["due_at"], shown["last_alerted_at"]) == (0, None, moment(clock.now()))


async def test_nothing_is_lost_while_the_engine_is_down(search, owner: Owner, now: Now, engine) -> None:
    await owner.save(search.http)
    await owner.save(search.http, "Dorfladen")
    comby = search.solution("comby")
    await search.publish(now(comby.published(1)))
    await owner.until_reasons("new_listing")
    engine.stop()
    shop = search.solution("shop")
    events = [now(comby.published(2)), now(shop.published(name="Dorfladen", summary="Ein Laden")), now(comby.rated())]
    await search.publish(*events)
    assert (await owner.save(search.http, frequency="daily"))["pending"] == 0, "saving needs no engine"
    engine.start()

    async def told() -> bool:
        return sorted(await owner.reasons()) == ["changed_listing", "new_listing", "new_listing", "new_rating"]

    await wait.until(told, timeout=30)
    assert (await search.js.stream_info("DLQ")).state.messages == 0


async def test_many_saved_searches_are_told_in_one_go(search, owner: Owner, now: Now, oidc_server) -> None:
    others = [Owner(search.js, f"user-{uuid7()}", {}) for _ in range(4)]
    for other in others:
        other.headers["Authorization"] = f"Bearer {oidc_server.token_for(other.user)}"
        for number in range(25):
            await other.save(search.http, "Mitfahrbank" if number % 5 else "Hundesteuer", frequency="daily")
    for number in range(3):
        await search.publish(now(search.solution(f"comby-{number}").published()))
    await settled(search.js)

    async def pending() -> list[int]:
        lists = [(await search.http.get(PATH, headers=other.headers)).json()["items"] for other in others]
        return [each["pending"] for items in lists for each in items if each["query"]["q"] == "Mitfahrbank"]

    assert await pending() == [3] * 80
    assert await owner.alerts() == []


async def test_who_leaves_the_last_organisation_is_forgotten(search, owner: Owner, now: Now, clock: FixedClock) -> None:
    await owner.save(search.http)
    clock.advance(timedelta(seconds=1))
    data = MemberLeftData(organisation_id="town", user=owner.user)
    left = MemberLeft.new(data, aggregate_id="town", time=clock.now())
    await search.publish(left)

    async def forgotten() -> bool:
        return (await search.http.get(PATH, headers=owner.headers)).json()["items"] == []

    await wait.until(forgotten)
    await search.publish(now(search.solution("comby").published()))
    await settled(search.js)
    assert await owner.alerts() == []
    clock.advance(timedelta(seconds=1))
    await owner.save(search.http)
    await again(search, left)
    await search.publish(now(search.solution("second").published()))
    await owner.until_reasons("new_listing")


async def test_who_wants_to_be_forgotten_is(search, owner: Owner, now: Now, clock: FixedClock) -> None:
    await owner.save(search.http)
    clock.advance(timedelta(seconds=1))
    erased = PersonErased.new(PersonErasedData(user=owner.user), aggregate_id="list", time=clock.now())
    await search.publish(erased)

    async def forgotten() -> bool:
        return (await search.http.get(PATH, headers=owner.headers)).json()["items"] == []

    await wait.until(forgotten)
    clock.advance(timedelta(seconds=1))
    await owner.save(search.http)
    await again(search, erased)
    await search.publish(now(search.solution("third").published()))
    await owner.until_reasons("new_listing")


async def test_an_event_that_cannot_be_read_holds_up_nobody(search, owner: Owner, now: Now) -> None:
    await owner.save(search.http)
    comby = search.solution("comby")
    event = now(comby.published())
    await search.js.publish(subject_of(event), event.to_bytes().replace(b'"fields_of_action"', b'"felder"'))
    await search.publish(event)
    await owner.until_reasons("new_listing")
    letters = await search.js.pull_subscribe(f"dlq.search.{ALERTS_DURABLE}", stream="DLQ")
    (letter,) = await letters.fetch(1, timeout=5)
    assert letter.headers["Dlq-Reason"].startswith("MalformedEvent")


async def test_the_projection_tells_how_far_it_is(search, now: Now, settings: SearchSettings) -> None:
    comby = search.solution("comby")
    sequence = await search.publish(now(comby.published()), now(comby.rated()))
    progress = JetStreamProgress(search.js, DURABLE)

    async def far_enough() -> bool:
        return await progress.settled() >= sequence

    await wait.until(far_enough)
    reader = AlertReader(load_splitter(), load_thesaurus())
    async with connect(settings.opensearch_url, timeout_seconds=5) as engine:
        found = await OpenSearchOffers(engine, reader, progress.settled).read([comby.solution_id, "unknown"])
    assert list(found) == [comby.solution_id]
    solution = found[comby.solution_id]
    assert (solution.seq["rating"], solution.slug) == (sequence, comby.slug)
    assert solution.offer.facets["kind"] == {"software"}
    assert fits(reader.wanted(StoredQuery("Mitfahrbank")), solution.offer)
