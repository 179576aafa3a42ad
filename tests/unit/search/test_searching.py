"""The pipeline from request to answer on an engine whose scores and solutions change between two pages."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opensearchpy import NotFoundError, RequestError
from search.adapters.opensearch import query
from search.adapters.opensearch.matching import NEAR_FIRST
from search.adapters.opensearch.results import OpenSearchSolutions
from search.application.queries import IN_WINDOW, NEAR_ENOUGH, NEAR_ENOUGH_UNFAMILIAR, Searching
from search.application.similar import Similar
from search.domain.fusion import NOTHING_NEAR, FusionWeights, Nearness
from search.domain.query_text import QueryReader
from search.domain.search_request import LONGEST_POSITION, SearchRequest, Sort
from search.domain.shown import DIGEST_CHARACTERS
from servicekit.errors import ProblemError

WINDOW = 8
CARD = {
    "name": "Bus",
    "summary": "",
    "fields_of_action": ["health"],
    "offer_form": "app",
    "bundesland": None,
    "provider": "A",
}
NEAR, FAR = NEAR_ENOUGH + 0.1, NEAR_ENOUGH - 0.1

Scores = Mapping[str, float]
Reading = Callable[..., QueryReader]


@pytest.fixture(scope="module", autouse=True)
def small_window() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(query, "WINDOW", WINDOW)
        yield


@pytest.fixture(scope="module")
def reader(reading: Reading) -> QueryReader:
    return reading("Bus Termin Mitfahrbank")


def all_ids(clause: object) -> Iterator[list[str]]:
    """Return the lists of ids that a clause holds anywhere."""
    if isinstance(clause, dict):
        if "ids" in clause:
            yield clause["ids"]["values"]
        for inner in clause.values():
            yield from all_ids(inner)
    elif isinstance(clause, list):
        for inner in clause:
            yield from all_ids(inner)


class Engine:
    """Answers `_search` as an engine does; `scores` are those in words of what it holds, 0 for what has no word."""

    def __init__(self, scores: Scores, names: Mapping[str, list[str]] | None = None) -> None:
        self.scores = dict(scores)
        self.names = names or {}
        self.cards: dict[str, dict[str, Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self.failure: Exception | None = None

    async def search(self, *, index: str, body: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
        assert index == "solutions"
        assert params["request_timeout"] == 5
        self.asked.append(body)
        if self.failure is not None:
            raise self.failure
        wanted = next(all_ids(body["query"]["bool"]["filter"]), None)
        if wanted is not None:
            hits = [(key, 1.0) for key in sorted(self.scores) if key in wanted]
        else:
            near = next(all_ids(body["query"]), [])
            scored = {key: score + (NEAR_FIRST if key in near else 0) for key, score in self.scores.items()}
            hits = sorted(
                ((key, score) for key, score in scored.items() if score > 0), key=lambda hit: (-hit[1], hit[0])
            )
        total = len(hits)
        if "search_after" in body:
            score, key = body["search_after"]
            hits = [hit for hit in hits if (-hit[1], hit[0]) > (-score, key)]
        return {
            "hits": {
                "total": {"value": total},
                "hits": [
                    {
                        "_id": key,
                        "_score": score,
                        "_source": {"card": {"id": key, **CARD, **self.cards.get(key, {})}},
                        "sort": [score, key],
                        "matched_queries": self.names.get(key, []),
                    }
                    for key, score in hits[: body["size"]]
                ],
            },
            "aggregations": {
                name: {"buckets": [], "doc_count": 0, "values": {"buckets": []}} for name in body.get("aggs", ())
            },
        }


class Meanings:
    """Tells what is near, and notes what it was asked."""

    def __init__(self, cosines: Scores) -> None:
        self.near = Nearness(cosines, 0.7) if cosines else NOTHING_NEAR
        self.asked: list[str] = []

    async def near_query(self, text: str, *, most: int, least: float) -> Nearness:
        self.asked.append(text)
        return self.near

    async def near_solution(self, solution_id: str, *, most: int) -> Nearness:
        self.asked.append(solution_id)
        return Nearness({k: v for k, v in self.near.cosines.items() if k != solution_id}, self.near.mean)


def searching(engine: Engine, reader: QueryReader, cosines: Scores | None = None, **weights: float) -> Searching:
    solutions = OpenSearchSolutions(engine, timeout_seconds=5)  # type: ignore[arg-type]
    return Searching(solutions, reader, Meanings(cosines or {}), FusionWeights(**weights))  # type: ignore[arg-type]


def similar(engine: Engine, reader: QueryReader, cosines: Scores | None = None) -> Similar:
    return Similar(OpenSearchSolutions(engine, timeout_seconds=5), reader, Meanings(cosines or {}))  # type: ignore[arg-type]


async def pages(
    search: Searching, request: SearchRequest, *, between: Callable[[], None] = lambda: None
) -> list[list[str]]:
    """Return the ids of each page to the end."""
    found: list[list[str]] = []
    for _ in range(200):
        answer = await search.search(request)
        found.append([result["id"] for result in answer.results])
        if answer.next_position is None:
            return found
        position = answer.next_position["p"]
        assert answer.next_position["f"] == request.fingerprint
        assert all(len(part) <= LONGEST_POSITION for part in position if isinstance(part, str))
        between()
        request = replace(request, after=tuple(position))
    raise AssertionError("the pages never end")


ids = st.integers(0, 3 * WINDOW).map("id-{:02}".format)
some_scores = st.dictionaries(ids, st.sampled_from([0.5, 1.0, 1.0000001, 2.0, 7.25, 30.0]), max_size=3 * WINDOW)
cosines = st.dictionaries(ids, st.sampled_from([FAR, NEAR, NEAR + 0.05]), max_size=WINDOW)
sizes = st.integers(1, WINDOW + 3)


@settings(max_examples=300, deadline=None)
@given(scores=some_scores, cosines=cosines, size=sizes)
async def test_pages_show_everything_once_first_fused_then_in_the_engines_order(
    reader: QueryReader, scores: dict[str, float], cosines: dict[str, float], size: int
) -> None:
    near = {key for key, cosine in cosines.items() if cosine >= NEAR_ENOUGH}
    engine = Engine({**dict.fromkeys(near, 0.0), **scores})
    shown = await pages(searching(engine, reader, cosines), SearchRequest(text="Bus", size=size))
    seen = [each for page in shown for each in page]
    assert sorted(seen) == sorted({*scores} | near), "everything that matches or is near, each once"
    assert all(len(page) == size for page in shown[:-1]), "pages are full until the last"
    tail = seen[WINDOW + len(near) :]
    assert tail == sorted(tail, key=lambda key: (-scores[key], key))


@settings(max_examples=300, deadline=None)
@given(data=st.data(), stays=st.sets(ids, max_size=WINDOW), size=st.integers(1, 4))
async def test_in_the_window_nothing_comes_twice_or_is_left_out_however_the_order_changes(
    reader: QueryReader, data: st.DataObject, stays: set[str], size: int
) -> None:
    score = st.floats(0.5, 50)

    def change() -> None:
        others = data.draw(st.dictionaries(ids, score, max_size=WINDOW - len(stays)))
        engine.scores = {**others, **{key: data.draw(score) for key in stays}}
        meanings.near = Nearness(dict.fromkeys(data.draw(st.sets(ids, max_size=4)), FAR), 0.6)

    engine, meanings = Engine({}), Meanings({})
    solutions = OpenSearchSolutions(engine, timeout_seconds=5)  # type: ignore[arg-type]
    search = Searching(solutions, reader, meanings)  # type: ignore[arg-type]
    change()
    shown = await pages(search, SearchRequest(text="Bus", size=size), between=change)
    seen = [each for page in shown for each in page]
    assert len(seen) == len({*seen})
    assert stays <= {*seen}


@settings(max_examples=200, deadline=None)
@given(data=st.data(), scores=some_scores, cosines=cosines, size=sizes)
async def test_what_was_shown_of_the_window_does_not_come_again_after_it(
    reader: QueryReader, data: st.DataObject, scores: dict[str, float], cosines: dict[str, float], size: int
) -> None:
    """Whatever happens to the scores of the window's solutions once the pages are past it."""
    near = {key for key, cosine in cosines.items() if cosine >= NEAR_ENOUGH}
    engine = Engine({**dict.fromkeys(near, 0.0), **scores})
    search = searching(engine, reader, cosines)
    request = SearchRequest(text="Bus", size=size)
    window: set[str] = set()
    seen: list[str] = []
    while True:
        answer = await search.search(request)
        seen += [result["id"] for result in answer.results]
        if answer.next_position is None:
            break
        request = replace(request, after=tuple(answer.next_position["p"]))
        if answer.next_position["p"][0] != IN_WINDOW:
            window = window or {*seen[: WINDOW + len(near)]}
            drawn = data.draw(st.dictionaries(st.sampled_from(sorted(window)), st.floats(0.1, 0.4), max_size=4))
            engine.scores |= drawn
    assert len(seen) == len({*seen})


async def test_the_answer_fuses_words_meaning_and_stated_filters(reader: QueryReader) -> None:
    names = {"c": ["stated:bundesland:DE-BY"], "b": ["said:bundesland:DE-BY"]}
    engine = Engine({"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0, "near": 0.0}, names)
    search = searching(engine, reader, {"near": NEAR, "d": NEAR - 0.01}, meaning=3.0, stated=1.0)
    answer = await search.search(SearchRequest(text="Bus in Bayern"))
    assert [result["id"] for result in answer.results] == ["d", "near", "c", "b", "a"]
    assert answer.total == 5
    scores = [result["score"] for result in answer.results]
    assert scores == sorted(scores, reverse=True)
    assert {result["id"]: [each["kind"] for each in result["why"]] for result in answer.results} == {
        "near": ["meaning"],
        "d": ["meaning"],
        "c": ["filter"],
        "b": ["filter"],
        "a": [],
    }


@pytest.mark.parametrize(
    ("text", "least"), [("Bus", NEAR_ENOUGH), ("Termin xyzzy", NEAR_ENOUGH), ("xyzzy", NEAR_ENOUGH_UNFAMILIAR)]
)
async def test_an_unfamiliar_query_has_to_be_nearer_to_be_found_by_meaning(
    reader: QueryReader, text: str, least: float
) -> None:
    engine = Engine({"enough": 0.0, "short": 0.0})
    answer = await searching(engine, reader, {"enough": least, "short": least - 0.001}).search(SearchRequest(text=text))
    assert [result["id"] for result in answer.results] == ["enough"]


async def test_meanings_are_compared_to_the_query_in_its_right_spelling(reader: QueryReader) -> None:
    meanings = Meanings({})
    search = Searching(OpenSearchSolutions(Engine({"a": 1.0}), timeout_seconds=5), reader, meanings)  # type: ignore[arg-type]
    answer = await search.search(SearchRequest(text="Wo ist die Mitfarbank am Waldrand?"))
    assert meanings.asked == ["Wo ist die Mitfahrbank am Waldrand?"]
    assert answer.corrected is not None
    assert (answer.corrected.text, answer.corrected.words) == ("Wo ist die Mitfahrbank am Waldrand?", ("Mitfahrbank",))
    literal = await search.search(SearchRequest(text="Wo ist die Mitfarbank am Waldrand?", literal=True))
    assert meanings.asked[-1] == "Wo ist die Mitfarbank am Waldrand?"
    assert literal.corrected is None


@pytest.mark.parametrize(
    "request_", [SearchRequest(text="Bus", mode="lexical"), SearchRequest(), SearchRequest(text="und !")], ids=str
)
async def test_without_words_or_when_not_wanted_no_meaning_is_compared(
    reader: QueryReader, request_: SearchRequest
) -> None:
    meanings = Meanings({"a": NEAR})
    engine = Engine({"a": 1.0})
    search = Searching(OpenSearchSolutions(engine, timeout_seconds=5), reader, meanings)  # type: ignore[arg-type]
    answer = await search.search(request_)
    assert meanings.asked == []
    assert len(engine.asked) == 1, "one request brings everything"
    assert answer.mode == request_.mode


@pytest.mark.parametrize("sort", [sort for sort in Sort if sort is not Sort.RELEVANCE])
async def test_in_other_orders_what_is_near_is_found_too(reader: QueryReader, sort: Sort) -> None:
    engine = Engine({"a": 1.0, "near": 0.0})
    answer = await searching(engine, reader, {"near": NEAR, "a": FAR}).search(SearchRequest(text="Bus", sort=sort))
    assert {result["id"] for result in answer.results} == {"a", "near"}
    assert [result["score"] for result in answer.results] == [None, None]


async def test_counting_alone_counts_what_the_search_finds(reader: QueryReader) -> None:
    engine = Engine({"a": 1.0, "near": 0.0})
    search = searching(engine, reader, {"near": NEAR})
    request = SearchRequest(text="Bus", selected={"kind": ("software",)})
    counted = await search.facets(request)
    assert (counted.total, counted.results, counted.next_position) == (2, [], None)
    assert len(engine.asked) == 1
    assert engine.asked[0]["size"] == 0
    assert counted.facets == (await search.search(request)).facets
    assert counted.facets["kind"] == [{"value": "software", "label": "Digitale Lösung", "count": 0, "selected": True}]


def test_a_filter_in_words_gives_way_to_a_choice_in_the_same_facet(reader: QueryReader) -> None:
    search = searching(Engine({}), reader)
    text = "kostenlose Busse in Bayern"

    def recognised(**asked: Any) -> list[str]:
        return [each.intent.id for each in search.read(SearchRequest(text=text, **asked)).recognised]

    assert recognised() == ["price_model:free", "bundesland:DE-BY"]
    assert recognised(selected={"bundesland": ("DE-SN",)}) == ["price_model:free"]
    assert recognised(selected={"kind": ("software",)}) == ["price_model:free", "bundesland:DE-BY"]
    assert recognised(as_words=frozenset({"price_model:free"})) == ["bundesland:DE-BY"]
    assert recognised(as_words=frozenset({"price_model:free"}), selected={"bundesland": ("DE-BY",)}) == []


async def test_recognised_filters_say_whether_others_follow(reader: QueryReader) -> None:
    answer = await searching(Engine({"a": 1.0}), reader).search(SearchRequest(text="Bus, Open Source, in Bayern"))
    assert answer.recognised == [
        {
            "id": "licence_group:open_source",
            "text": "Open Source",
            "label": "Open Source",
            "facet": "licence_group",
            "value": None,
            "relaxed": True,
        },
        {
            "id": "bundesland:DE-BY",
            "text": "in Bayern",
            "label": "Bayern",
            "facet": "bundesland",
            "value": "DE-BY",
            "relaxed": True,
        },
    ]


async def test_what_vanished_between_finding_and_showing_is_left_out(reader: QueryReader) -> None:
    class Forgetful(Engine):
        async def search(self, *, index: str, body: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
            answer = await super().search(index=index, body=body, params=params)
            self.scores.pop("b", None)
            return answer

    answer = await searching(Forgetful({"a": 3.0, "b": 2.0, "c": 1.0}), reader).search(SearchRequest(text="Bus"))
    assert [result["id"] for result in answer.results] == ["a", "c"]


async def test_a_position_that_the_engine_cannot_continue_from_is_a_bad_cursor(reader: QueryReader) -> None:
    engine = Engine({})
    engine.failure = RequestError(400, "search_phase_execution_exception", {"error": {"reason": "bad search_after"}})
    request = SearchRequest(text="Bus", mode="lexical")
    with pytest.raises(ProblemError) as caught:
        await searching(engine, reader).search(replace(request, after=(1.0, "", "")))
    assert caught.value.slug == "bad-cursor"
    with pytest.raises(RequestError):
        await searching(engine, reader).search(request)


async def test_an_engine_without_index_is_not_available(reader: QueryReader) -> None:
    engine = Engine({})
    engine.failure = NotFoundError(404, "index_not_found_exception", {})
    with pytest.raises(ProblemError) as caught:
        await searching(engine, reader).search(SearchRequest(text="Bus"))
    assert (caught.value.slug, caught.value.transient) == ("search-unavailable", True)


async def test_of_equal_words_the_nearest_is_most_similar_and_told_with_what_is_shared(reader: QueryReader) -> None:
    engine = Engine(dict.fromkeys("abcd", 1.0))
    engine.cards = {
        "a": {"fields_of_action": ["health", "tourism"], "bundesland": "DE-BY"},
        "b": {"offer_form": "website", "bundesland": "DE-BY", "provider": "B"},
        "c": {"fields_of_action": ["tourism", "health"], "bundesland": "DE-SN"},
        "d": {"fields_of_action": ["strategy"], "offer_form": "website", "provider": "D"},
    }
    like = similar(engine, reader, {"b": 0.8, "c": 0.9, "d": 0.7, "gone": 0.85})
    found = await like.to("a", size=4)
    assert [(each["id"], each["similarity"]) for each in found] == [("c", 1.0), ("b", 0.823), ("d", 0.645)]
    assert [each["shared"] for each in found] == [
        ["field_of_action:health", "field_of_action:tourism", "offer_form:app", "provider:A"],
        ["field_of_action:health", "bundesland:DE-BY"],
        [],
    ]
    engine.cards["a"]["offer_form"] = engine.cards["b"]["offer_form"] = "other"
    assert "offer_form:other" not in (await like.to("a", size=4))[1]["shared"], "that says nothing"


@pytest.mark.parametrize("cosine", [0.7, 0.5])
async def test_where_nothing_is_nearer_than_the_mean_the_nearest_are_shown_all_the_same(
    reader: QueryReader, cosine: float
) -> None:
    found = await similar(Engine({"a": 1.0, "b": 1.0}), reader, {"b": cosine}).to("a", size=4)
    assert [(each["id"], each["similarity"]) for each in found] == [("b", 1.0)]


async def test_what_shares_words_with_a_solution_comes_before_what_is_near_to_everything(reader: QueryReader) -> None:
    engine = Engine({"a": 9.0, "b": 0.0, "c": 2.0, "d": 1.5})
    engine.cards = {"a": {"name": "Mitfahrbank kostenlos in Bayern", "summary": "der Bus"}}
    found = await similar(engine, reader, {"b": 0.9, "c": 0.85}).to("a", size=2)
    assert [each["id"] for each in found] == ["c", "d"], "b is nearest, and shares no word"
    asked = next(body for body in engine.asked if "ids" not in str(body["query"]["bool"]["filter"]))
    assert asked["query"]["bool"]["filter"] == [{"term": {"visible": True}}], "its own words are no filters"
    assert not asked["aggs"], "nobody asked for counts"


async def test_nothing_is_similar_while_a_solution_cannot_be_compared(reader: QueryReader) -> None:
    assert await similar(Engine({"a": 1.0, "b": 1.0}), reader).to("a", size=4) == []


async def test_nothing_is_similar_to_a_solution_that_is_not_there(reader: QueryReader) -> None:
    with pytest.raises(ProblemError) as caught:
        await similar(Engine({"a": 1.0}), reader, {"a": 0.9}).to("b", size=4)
    assert (caught.value.slug, caught.value.kind) == ("solution-not-found", "not_found")


def test_a_cursor_in_the_window_stays_within_its_limit() -> None:
    """All of the window, and as many near ones as there may be."""
    assert (100 + 100) * DIGEST_CHARACTERS <= LONGEST_POSITION
