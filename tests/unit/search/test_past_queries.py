"""Past queries are found by how they begin, in any spelling."""

from hypothesis import given
from hypothesis import strategies as st
from search.domain.past_queries import QueryBook
from search.domain.query_log import key_of

BOOK = QueryBook(
    [("Mitfahrbank", 40), ("Bürgeramt Termin", 30), ("Buergeramt", 20), ("Straßenreinigung", 9), ("Mitfahrbänke", 4)]
)


def test_an_empty_prefix_gives_the_most_frequent_ones() -> None:
    assert BOOK.matching("", 2) == [("Mitfahrbank", 40), ("Bürgeramt Termin", 30)]
    assert BOOK.matching("  ", 1) == [("Mitfahrbank", 40)]


def test_the_beginning_counts_in_any_spelling() -> None:
    for prefix in ("bürg", "BUERG", "Burg", "  bürg"):
        assert BOOK.matching(prefix, 10) == [("Bürgeramt Termin", 30), ("Buergeramt", 20)]
    assert BOOK.matching("Strass", 10) == [("Straßenreinigung", 9)]
    assert BOOK.matching("bürgeramt t", 10) == [("Bürgeramt Termin", 30)]


def test_more_frequent_ones_come_first_and_no_more_than_asked_for() -> None:
    assert BOOK.matching("mit", 10) == [("Mitfahrbank", 40), ("Mitfahrbänke", 4)]
    assert BOOK.matching("mit", 1) == [("Mitfahrbank", 40)]


def test_nothing_begins_with_anything_else() -> None:
    assert BOOK.matching("amt", 10) == []
    assert QueryBook().matching("", 5) == []


@given(st.lists(st.text(max_size=8), unique=True, max_size=20), st.text(max_size=4), st.integers(1, 30))
def test_it_finds_what_reading_all_of_them_would(texts, prefix, limit) -> None:
    queries = [(text, 100 - rank) for rank, text in enumerate(texts)]
    expected = [query for query in queries if key_of(query[0]).startswith(key_of(prefix))][:limit]
    assert QueryBook(queries).matching(prefix, limit) == expected
