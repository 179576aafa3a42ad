"""Suggestions while typing: what is found, in which order, and how it is shown."""

import re
from collections.abc import Callable, Sequence
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search.application.suggesting import Suggesting
from search.domain.beginnings import Beginnings
from search.domain.compounds import Splitter
from search.domain.entry import Entry
from search.domain.suggestion import Suggestion, marked, mixed
from search.domain.titles import Match
from search.domain.words import folded
from search.entrypoints.api.suggest import asked
from servicekit.errors import ProblemError


class Past:
    """The port `PastQueries` on a list."""

    def __init__(self, *queries: str) -> None:
        self._queries = queries

    def matching(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        return [(query, 5) for query in self._queries if folded(query).startswith(folded(prefix))][:limit]


def knows_all(word: str) -> bool:
    return True


@pytest.fixture(scope="module")
def entry(splitter: Splitter) -> Callable[..., Entry]:
    def make(name: str, *aliases: str, provider: str = "Anbieter", fields: Sequence[str] = ()) -> Entry:
        parts = tuple(splitter.of_text(" ".join((name, *aliases))))
        return Entry(name, folded(name), name, aliases, provider, tuple(fields), "", 1, parts=parts)

    return make


@pytest.fixture
def demo(entry: Callable[..., Entry]) -> Suggesting:
    suggesting = Suggesting(Past("Mitfahrgelegenheit", "gesund altern", "Comby", "dorffunk"), knows_all)
    suggesting.changed(
        [
            entry("Comby – die digitale Mitfahrbank", "Plätzle", provider="Kreis Höxter", fields=["tourism", "health"]),
            entry("Mitfahren Land", provider="Kreis Höxter", fields=["health"]),
            entry("Gesundheitskompass Lörrach", provider="Landkreis Lörrach", fields=["health"]),
            entry("DorfFunk", provider="Fraunhofer IESE", fields=["information_and_communication"]),
        ],
        [],
    )
    return suggesting


def shown(suggesting: Suggesting, text: str, size: int = 8) -> list[str]:
    return [f"{each.kind}: {each.html}" for each in suggesting.suggest(text, size)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "mitfahr",
            [
                "query: <mark>Mitfahr</mark>gelegenheit",
                "solution: <mark>Mitfahr</mark>en Land",
                "solution: Comby – die digitale <mark>Mitfahr</mark>bank",
            ],
        ),
        ("land mitf", ["solution: <mark>Mitf</mark>ahren <mark>Land</mark>"]),
        ("bank", ["solution: Comby – die digitale Mitfahr<mark>bank</mark>"]),
        ("funk", ["solution: Dorf<mark>Funk</mark>"]),
        ("dorf fu", ["solution: <mark>DorfFu</mark>nk"]),
        ("kompass loe", ["solution: Gesundheits<mark>kompass</mark> <mark>Lö</mark>rrach"]),
        ("bank com", ["solution: <mark>Com</mark>by – die digitale Mitfahr<mark>bank</mark>"]),
        ("plaetz", ["solution: Comby – die digitale Mitfahrbank (<mark>Plätz</mark>le)"]),
        ("hox", ["provider: Kreis <mark>Höx</mark>ter"]),
        ("TOURIS", ["field_of_action: <mark>Touris</mark>mus"]),
        ("Kommunik", ["field_of_action: Information und <mark>Kommunik</mark>ation"]),
        ("comby", ["query: <mark>Comby</mark>", "solution: <mark>Comby</mark> – die digitale Mitfahrbank"]),
        ("unbekannt", []),
        ("?!", []),
    ],
)
def test_what_continues_the_text_is_suggested(demo: Suggesting, typed: str, expected: list[str]) -> None:
    assert shown(demo, typed) == expected


def test_kinds_are_mixed_and_better_matches_come_first(demo: Suggesting) -> None:
    assert shown(demo, "gesund") == [
        "query: <mark>gesund</mark> altern",
        "field_of_action: <mark>Gesund</mark>heit",
        "solution: <mark>Gesund</mark>heitskompass Lörrach",
    ]
    assert shown(demo, "lör") == [
        "solution: Gesundheitskompass <mark>Lör</mark>rach",
        "provider: Landkreis <mark>Lör</mark>rach",
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("mitfarb", "solution: Comby – die digitale <mark>Mitfahrb</mark>ank"),
        ("gesudn", "query: <mark>gesund</mark> altern"),
        ("lorach", "solution: Gesundheitskompass <mark>Lörrach</mark>"),
        ("dofr", "solution: <mark>Dorf</mark>Funk"),
        ("mitfahrn lan", "solution: <mark>Mitfahr</mark>en <mark>Lan</mark>d"),
        ("komby", None),
        ("dof", None),
    ],
)
def test_one_letter_is_mended_when_nothing_fits(demo: Suggesting, typed: str, expected: str | None) -> None:
    found = shown(demo, typed)
    assert (expected in found) if expected else not found


def test_facet_values_carry_what_the_filter_needs(demo: Suggesting) -> None:
    (provider,) = demo.suggest("höxter", 8)
    assert (provider.value, provider.count, provider.slug) == ("Kreis Höxter", 2, None)
    fields = {each.text: each for each in demo.suggest("", 20) if each.kind == "field_of_action"}
    assert (fields["Gesundheit"].value, fields["Gesundheit"].count) == ("health", 3)
    (solution,) = demo.suggest("dorff", 8)
    assert (solution.slug, solution.value, solution.count) == ("dorffunk", None, None)


def test_without_a_text_there_is_something_to_begin_with(demo: Suggesting) -> None:
    assert shown(demo, "", 4) == [
        "query: Mitfahrgelegenheit",
        "query: gesund altern",
        "field_of_action: Gesundheit",
        "field_of_action: Information und Kommunikation",
    ]


def test_solutions_get_half_of_the_places_and_others_what_they_need() -> None:
    def some(kind: str, number: int) -> list[tuple[Match, Suggestion]]:
        return [(Match.BEGINNING, Suggestion(kind, f"{kind} {at}", "", slug=str(at))) for at in range(number)]  # type: ignore[arg-type]

    everything = [*some("query", 9), *some("field_of_action", 9), *some("provider", 9), *some("solution", 9)]
    kinds = [each.kind for each in mixed(everything, 8)]
    assert kinds == ["query"] * 3 + ["field_of_action"] + ["solution"] * 4
    kinds = [each.kind for each in mixed([*everything[:27], *some("solution", 1)], 8)]
    assert kinds == ["query"] * 3 + ["field_of_action"] * 2 + ["solution"] + ["provider"] * 2
    assert len(mixed(some("solution", 9), 8)) == 8
    late = [(Match.PART, Suggestion("query", "spät", ""))]
    assert mixed([*late, *some("solution", 2)], 2)[0].kind == "solution"


def test_hostile_names_are_harmless(entry: Callable[..., Entry]) -> None:
    suggesting = Suggesting(Past('<img src=x onerror="a">'), knows_all)
    suggesting.changed([entry("<script>alert('Bus')</script>", "<b>&", provider="<mark>Bus & Bahn</mark>")], [])
    for typed in ("bus", "script", "alert", "img", "mark", "b", ""):
        for each in suggesting.suggest(typed, 20):
            rest = each.html.replace("<mark>", "").replace("</mark>", "")
            assert not set("<>\"'") & set(rest)
            assert unescape(rest) == each.text
    assert "&lt;script&gt;alert(&#x27;<mark>Bus</mark>" in suggesting.suggest("bus", 1)[0].html


@given(st.text(max_size=40), st.lists(st.text("abußöx C+", min_size=1, max_size=4), max_size=3))
def test_marks_never_change_the_text(text: str, typed: list[str]) -> None:
    html = marked(text, [word for word in folded(" ".join(typed)).split() if word], ("bux",))
    assert unescape(html.replace("<mark>", "").replace("</mark>", "")) == text or "mark>" in text
    assert not re.search(r"<mark></mark>", html)


NAMES = st.sampled_from(["Bus Land", "Busbahn", "Land Bus", "Bahnhof", "Landbus Süd", "Süd", "Bürgerbus"])


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.tuples(NAMES, NAMES)), max_size=25))
def test_changes_lead_to_what_a_new_index_has(
    splitter: Splitter, changes: list[tuple[str, tuple[str, str] | None]]
) -> None:
    changed, held = Suggesting(Past(), knows_all), {}
    for key, change in changes:
        if change is None:
            changed.changed([], [key] if held.pop(key, None) else [])
        else:
            name, provider = change
            parts = tuple(splitter.of_text(name))
            held[key] = Entry(key, key, name, (), provider, ("health",), "", 1, parts=parts)
            changed.changed([held[key]], [])
    new = Suggesting(Past(), knows_all)
    new.changed(list(held.values()), [])
    for text in ("", "b", "bus", "bahn", "land bus", "süd", "buerg", "budn"):
        assert changed.suggest(text, 8) == new.suggest(text, 8)


@given(
    st.lists(st.tuples(st.booleans(), st.text("ab", min_size=1, max_size=4), st.sampled_from("xyz")), max_size=60),
    st.text("ab", max_size=3),
)
def test_beginnings_are_those_of_the_words_that_are_there(changes: list[tuple[bool, str, str]], prefix: str) -> None:
    beginnings, there = Beginnings(), set()
    for adding, word, key in changes:
        if adding and (word, key) not in there:
            beginnings.add(key, [word])
            there.add((word, key))
        if not adding:
            beginnings.discard(key, [word])
            there.discard((word, key))
        expected = [(word, key) for word, key in there if word.startswith(prefix)]
        assert sorted(beginnings.keys(prefix)) == sorted(key for _, key in expected)
        assert beginnings.has(prefix) == bool(expected)


@pytest.mark.parametrize(
    ("parameters", "slug"),
    [
        ([("q", "x" * 101)], "query-too-long"),
        ([("size", "0")], "invalid-parameter"),
        ([("size", "21")], "invalid-parameter"),
        ([("size", "٣")], "invalid-parameter"),
        ([("q", "a"), ("q", "b")], "invalid-parameter"),
        ([("limit", "3")], "unknown-parameter"),
    ],
)
def test_bad_input_is_refused(parameters: list[tuple[str, str]], slug: str) -> None:
    with pytest.raises(ProblemError) as refused:
        asked(parameters)
    assert refused.value.slug == slug


def test_white_space_and_what_nobody_sees_does_not_count() -> None:
    assert asked([("q", " " * 200 + "Bus\u200b" + "\x00" * 200)]) == ("Bus", 8)


def test_past_queries_with_words_nobody_knows_are_left_out() -> None:
    past = Past("Termin Bauamt", "Termin Erika Mustermann", "Termine für Bauanträge", "Termin Bauammt")
    known = {"Termin", "Termine", "Bauamt", "Bauanträge"}
    suggesting = Suggesting(past, known.__contains__)
    assert [each.text for each in suggesting.suggest("Termin", 8)] == ["Termin Bauamt", "Termine für Bauanträge"]
