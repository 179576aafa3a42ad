"""What a search may ask for, and the exact refusals."""

import pytest
from search.domain.facets import FACETS
from search.domain.search_request import SearchRequest, Sort, parse, parse_counting
from servicekit import http
from servicekit.errors import ProblemError


def asked(*parameters: tuple[str, str]) -> SearchRequest:
    return parse(parameters, decode_cursor=http.decode_cursor)


def refusal(*parameters: tuple[str, str]) -> tuple[str, str, str]:
    with pytest.raises(ProblemError) as caught:
        asked(*parameters)
    return caught.value.slug, caught.value.kind, caught.value.detail


def test_without_parameters_everything_is_asked_for_newest_first() -> None:
    request = asked()
    assert (request.text, request.size, request.order) == ("", 20, Sort.NEWEST)


def test_facets_are_repeatable_and_values_count_once() -> None:
    request = asked(("kind", "software"), ("kind", "consulting"), ("kind", "software"), ("provider", "A & B"))
    assert request.selected == {"kind": ("software", "consulting"), "provider": ("A & B",)}


def test_unknown_parameter() -> None:
    slug, kind, detail = refusal(("farbe", "rot"))
    assert (slug, kind) == ("unknown-parameter", "invalid")
    assert detail.startswith(
        "there is no parameter 'farbe'; known: q, size, cursor, sort, mode, spelling, as_words, field_of_action, kind,"
    )


def test_unknown_facet_value() -> None:
    assert refusal(("kind", "hardware")) == (
        "unknown-facet-value",
        "invalid",
        "kind has no value 'hardware'; known: software, consulting",
    )


def test_too_long_a_query() -> None:
    expected = ("query-too-long", "invalid", "q has 10000 characters, at most 300 are allowed")
    assert refusal(("q", "x" * 10_000)) == expected


@pytest.mark.parametrize("size", ["0", "51", "-1", "1.5", "x", "", "٣", "9" * 5000])
def test_impossible_sizes(size: str) -> None:
    slug, kind, detail = refusal(("size", size))
    assert (slug, kind) == ("invalid-parameter", "invalid")
    assert detail == f"size must be 1 to 50, not {size[:50]!r}"


def test_unknown_order() -> None:
    expected = "sort must be one of relevance, newest, rating, checkup, municipalities, name, not 'best'"
    assert refusal(("sort", "best")) == ("invalid-parameter", "invalid", expected)


def test_too_many_values_of_one_facet() -> None:
    expected = "at most 50 values of provider may be chosen"
    assert refusal(*(("provider", f"P{n}") for n in range(51))) == ("invalid-parameter", "invalid", expected)


def test_counting_takes_what_a_search_takes_but_for_the_page() -> None:
    request = parse_counting([("q", " Bus "), ("facet", "rating"), ("facet", "kind"), ("kind", "software")])
    assert (request.text, request.selected, request.size) == ("Bus", {"kind": ("software",)}, 0)
    assert [facet.name for facet in request.counted] == ["kind", "rating"]
    assert parse_counting([]).counted == FACETS


@pytest.mark.parametrize("name", ["size", "cursor", "sort", "farbe"])
def test_counting_knows_no_pages(name: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_counting([(name, "1")])
    assert (caught.value.slug, caught.value.kind) == ("unknown-parameter", "invalid")
    assert "known: q, " in caught.value.detail
    assert "size" not in caught.value.detail.partition("known:")[2].replace("used_by_size", "")


def test_an_unknown_facet_cannot_be_counted() -> None:
    with pytest.raises(ProblemError) as caught:
        parse_counting([("facet", "kind"), ("facet", "farbe")])
    assert (caught.value.slug, caught.value.kind) == ("invalid-parameter", "invalid")
    assert caught.value.detail.startswith("facet must be one of field_of_action, kind, ")
    assert caught.value.detail.endswith("not 'farbe'")


def test_a_parameter_given_twice() -> None:
    assert refusal(("q", "a"), ("q", "b")) == ("invalid-parameter", "invalid", "q may be given only once")


def test_a_cursor_continues_its_own_search() -> None:
    request = asked(("q", "Bus"), ("kind", "software"))
    cursor = http.encode_cursor(request.cursor_at([1.5, "names", ""]))
    following = asked(("q", "Bus"), ("kind", "software"), ("cursor", cursor), ("size", "50"))
    assert following.after == (1.5, "names", "")


@pytest.mark.parametrize("other", [("q", "Bahn"), ("kind", "software"), ("sort", "relevance"), ("sort", "name")])
def test_a_cursor_of_another_search_is_refused(other: tuple[str, str]) -> None:
    cursor = http.encode_cursor(asked(("q", "Bus"), ("sort", "newest")).cursor_at([1, "id-1"]))
    slug, kind, _ = refusal(*({"q": "Bus", "sort": "newest"} | dict([other])).items(), ("cursor", cursor))
    assert (slug, kind) == ("bad-cursor", "malformed")


@pytest.mark.parametrize(
    "position",
    [
        *(None, {}, [], [1.5], [1.5, "n"], [1.5, "n", "n", "n"], [1.5, "n" * 4001, ""], [1.5, "", "n" * 4001]),
        *([each, "", ""] for each in ("x", True, None, [1], float("1e300"))),
        *([1.5, each, ""] for each in (2, None, ["n"])),
    ],
)
def test_impossible_positions_are_refused(position: object) -> None:
    request = asked(("q", "Bus"))
    cursor = http.encode_cursor({"f": request.fingerprint, "p": position})
    assert refusal(("q", "Bus"), ("cursor", cursor))[:2] == ("bad-cursor", "malformed")


@pytest.mark.parametrize("cursor", ["%%%", "bm9wZQ", "W10", "ü", "x" * 3000])
def test_foreign_cursors_are_refused(cursor: str) -> None:
    assert refusal(("cursor", cursor))[:2] == ("bad-cursor", "malformed")
