"""The log of searches in the real document database: what it sums up, what it forgets, what it shows to others."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from search.adapters.mongo.query_log import MongoSearchLog
from search.application.log_store import DayFigures, QueryFigures
from search.domain.query_log import SearchEntry
from search.settings import SearchSettings
from servicekit import mongo
from servicekit.errors import ProblemError
from servicekit.mongo import Mongo
from servicekit.testing.process import free_ports

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
HALF_AN_HOUR = timedelta(minutes=30)


def entry(search_id: str, text: str, *, hits: int = 1, ago: timedelta = timedelta(), **more) -> SearchEntry:
    return SearchEntry.of(
        text, search_id=search_id, at=NOON - ago, hits=hits, **{"filtered": False, "mode": "hybrid", **more}
    )


@pytest.fixture
async def database(mongo_server, mongo_database) -> AsyncIterator[Mongo]:
    settings = SearchSettings(mongodb_url=mongo_server.url, mongodb_database=mongo_database)
    async with mongo.connect(settings) as connection:
        yield connection


@pytest.fixture
async def store(database) -> MongoSearchLog:
    made = MongoSearchLog(database.db, kept=timedelta(days=90))
    await made.prepare()
    return made


async def test_what_is_kept_of_a_search(store, database) -> None:
    await store.write([entry("a", " Bürgeramt  Termin ", hits=4), entry("b", "max@example.org", hits=0)], ["a"])
    kept = {document.pop("_id"): document async for document in database.db["searches"].find()}
    same = {"at": NOON, "filtered": False, "mode": "hybrid"}
    assert kept == {
        "a": {"query": "Bürgeramt Termin", "key": "burgeramt termin", "hits": 4, "opened": True, **same},
        "b": {"query": None, "key": None, "hits": 0, "opened": False, **same},
    }


async def test_searches_are_forgotten_after_the_time_that_is_set(store, database) -> None:
    for days in (90, 30, 90):
        await MongoSearchLog(database.db, kept=timedelta(days=days)).prepare()
        (index,) = [
            found for name, found in (await database.db["searches"].index_information()).items() if name != "_id_"
        ]
        assert (index["key"], index["expireAfterSeconds"]) == ([("at", 1)], days * 86_400)


async def test_the_same_words_again_update_the_entry(store, database) -> None:
    await store.write([entry("a", "Termin", hits=4)], ["a"])
    await store.write([entry("a", "termin", hits=0, filtered=True, mode="lexical", continued=True)], [])
    await store.write([entry("a", "termin", hits=2, continued=True)], [])
    (kept,) = [document async for document in database.db["searches"].find()]
    assert (kept["query"], kept["hits"], kept["filtered"], kept["mode"]) == ("Termin", 4, True, "hybrid")
    assert kept["opened"] is True


async def test_a_continued_search_that_is_not_there_is_made(store, database) -> None:
    await store.write([entry("a", "Termin", hits=4, filtered=True, continued=True)], [])
    (kept,) = [document async for document in database.db["searches"].find()]
    assert kept == {
        "_id": "a",
        "at": NOON,
        "query": "Termin",
        "key": "termin",
        "hits": 4,
        "filtered": True,
        "mode": "hybrid",
        "opened": False,
    }


async def test_other_words_under_an_id_are_a_search_of_their_own(store, database) -> None:
    await store.write([entry("a", "Termin")], [])
    await store.write([entry("a", "Mitfahrbank", continued=True), entry("b", "Bus")], [])
    kept = {document["query"]: document["_id"] async for document in database.db["searches"].find()}
    assert set(kept) == {"Termin", "Mitfahrbank", "Bus"}
    assert (kept["Termin"], kept["Bus"]) == ("a", "b")


async def test_the_id_of_no_search_marks_nothing(store, database) -> None:
    await store.write([entry("a", "Termin")], ["b"])
    assert [each["opened"] async for each in database.db["searches"].find()] == [False]


async def test_the_report_is_what_counting_by_hand_gives(store) -> None:
    dice = random.Random(7)
    spellings = ["Bürgeramt", "Buergeramt", "BÜRGERAMT", "Termin", "termin", "Bus", "bus", "ÖPNV", "max@example.org"]
    entries, opened = [], set()
    for number in range(400):
        ago = timedelta(minutes=dice.randrange(14 * 24 * 60))
        if number % 4 == 0:
            ago = timedelta(minutes=dice.randrange(60))
        entries.append(entry(f"s{number}", dice.choice(spellings), hits=dice.choice([0, 1, 30]), ago=ago))
        if dice.random() < 0.3:
            opened.add(f"s{number}")
    await store.write(entries, opened)

    since = NOON - WEEK
    recent = [each for each in entries if each.at >= since]

    def abandoned(each: SearchEntry) -> bool:
        return each.hits > 0 and each.id not in opened and each.at <= NOON - HALF_AN_HOUR

    def by_hand(key: str | None) -> QueryFigures:
        own = [each for each in recent if each.key == key]
        shown = Counter(each.query for each in own)
        return QueryFigures(
            query=min(shown, key=lambda query: (-shown[query], query or "")),
            searches=len(own),
            zero=sum(each.hits == 0 for each in own),
            opened=sum(each.id in opened for each in own),
            abandoned=sum(map(abandoned, own)),
            last=max(each.at for each in own),
        )

    expected = [by_hand(key) for key in {each.key for each in recent}]
    report = await store.by_query(since, NOON - HALF_AN_HOUR, limit=100)

    def ordered(figure: str, figures: list[QueryFigures]) -> list[QueryFigures]:
        return sorted(figures, key=lambda each: (-getattr(each, figure), each.query or ""))

    assert len(expected) == 5
    for figure, told in (
        ("searches", report.searched),
        ("zero", report.without_hits),
        ("abandoned", report.abandoned),
    ):
        assert ordered(figure, told) == ordered(figure, [each for each in expected if getattr(each, figure)])
        counts = [getattr(each, figure) for each in told]
        assert counts == sorted(counts, reverse=True)
    assert (await store.by_query(since, NOON - HALF_AN_HOUR, limit=2)).searched == report.searched[:2]

    days = sorted({each.at.date() for each in recent})
    assert await store.by_day(since, NOON - HALF_AN_HOUR) == [
        DayFigures(
            day,
            searches=sum(each.at.date() == day for each in recent),
            zero_hits=sum(each.at.date() == day and each.hits == 0 for each in recent),
            abandoned=sum(each.at.date() == day and abandoned(each) for each in recent),
        )
        for day in days
    ]


async def test_only_what_several_searches_say_is_shown_to_others(store) -> None:
    said = {
        "einmal geöffnet": (1, 5, 1),
        "zweimal": (2, 5, 0),
        "zweimal und geöffnet": (2, 5, 1),
        "dreimal": (3, 5, 0),
        "oft ohne Treffer": (9, 0, 0),
        "max@example.org": (9, 5, 9),
    }
    for number, (text, (searches, hits, opened)) in enumerate(said.items()):
        ids = [f"{number}-{each}" for each in range(searches)]
        await store.write([entry(search_id, text, hits=hits) for search_id in ids], ids[:opened])
    assert await store.successful(minimum=3, limit=10) == [("dreimal", 3), ("zweimal und geöffnet", 2)]
    assert await store.successful(minimum=3, limit=1) == [("dreimal", 3)]
    assert await store.successful(minimum=4, limit=10) == [("zweimal und geöffnet", 2)]


async def test_a_database_that_is_away_is_said_to_be() -> None:
    nobody: AsyncIOMotorClient = AsyncIOMotorClient(port=free_ports(1)[0], serverSelectionTimeoutMS=50)
    store = MongoSearchLog(nobody["search"], kept=WEEK)
    for attempt in (
        store.prepare(),
        store.write([entry("a", "Termin")], []),
        store.by_day(NOON, NOON),
        store.successful(minimum=3, limit=10),
    ):
        with pytest.raises(ProblemError) as refused:
            await attempt
        assert (refused.value.slug, refused.value.transient) == ("temporarily-unavailable", True)
