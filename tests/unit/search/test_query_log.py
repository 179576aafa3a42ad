"""What is kept of a search, and what never is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search.domain.query_log import LONGEST_KEPT, SearchEntry, keepable, key_of

NOON = datetime(2026, 3, 1, 12, 34, 56, 789_000, tzinfo=UTC)


def entry(text: str, *, hits: int = 1, filtered: bool = False, mode: str = "hybrid") -> SearchEntry:
    return SearchEntry.of(text, search_id="s-1", at=NOON, hits=hits, filtered=filtered, mode=mode)


@pytest.mark.parametrize(
    "text",
    [
        "max.mustermann@example.org",
        "E-Mail an max＠example.org",
        "max (at) example.org",
        "max [ AT ] example",
        "07621 410-0 123",
        "Termin +49 (0) 761 / 201 - 0",
        "Tel.0761.123456",
        "Kunde 4711081",
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "Steuernummer 12/345/67890",
        "geboren 12.03.1985",
        "٠٧٦١ ١٢٣٤٥٦",
        "https://example.org/akte?id=1",
        "www.mustermann.example",
        "max-mustermann.de",
        "example.berlin/akte",
        "a" * (LONGEST_KEPT + 1),
        "Sehr geehrte Damen und Herren, mein Name ist Max Mustermann und ich wohne in Musterstadt",
    ],
)
def test_texts_that_may_name_a_person_are_not_kept(text) -> None:
    noted = entry(text, hits=3)
    assert (noted.query, noted.key, noted.hits) == (None, None, 3)


@pytest.mark.parametrize(
    "text",
    [
        "Mitfahrbank",
        "Online-Termin für Bürgerämter",
        "OZG 2.0",
        "Behördennummer 115",
        "EN 301 549",
        "BITV 2.0 / WCAG 2.2",
        "79539 Lörrach",
        "z.B. Open Source",
        "C++ oder C#",
        "Node.js",
        "Was kostet das?",
        "🚗",
        "a" * LONGEST_KEPT,
    ],
)
def test_what_people_look_for_is_kept_as_typed(text) -> None:
    assert entry(text).query == text


def test_spaces_and_unseen_characters_are_not_kept() -> None:
    assert entry("  Termin\t\u200b im \x00 Amt\n").query == "Termin im Amt"


@pytest.mark.parametrize("text", ["Bürgeramt  TERMIN", "Buergeramt-Termin", "bürgeramt, Termin!", "Burgeramt termin"])
def test_spellings_of_a_query_share_a_key(text) -> None:
    assert key_of(text) == key_of("Bürgeramt Termin")


def test_a_text_without_words_is_its_own_key() -> None:
    assert (key_of("🚗"), key_of(" ?! "), key_of("")) == ("🚗", "?!", "")


def test_the_moment_is_kept_to_the_minute() -> None:
    assert entry("Termin").at == datetime(2026, 3, 1, 12, 34, tzinfo=UTC)


def test_the_same_words_again_stay_one_search_with_the_most_hits() -> None:
    again = entry("Termin", hits=7).again(entry("termin", hits=0, filtered=True, mode="lexical"))
    assert (again.query, again.hits, again.filtered, again.mode) == ("Termin", 7, True, "lexical")
    assert again.again(entry("termin", hits=9)).hits == 9


# --- whatever is typed around it --------------------------------------------------------------------------------

AROUND = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20)
GAP = st.sampled_from(["", " ", "-", "/", ".", " / ", " - ", ") "])


@given(AROUND, st.from_regex(r"[a-z0-9._+-]{1,20}@[a-z0-9-]{1,20}\.[a-z]{2,5}", fullmatch=True), AROUND)
def test_no_mail_address_is_kept(before, address, after) -> None:
    assert not keepable(before + address + after)


@given(AROUND, st.lists(st.tuples(st.sampled_from("0123456789"), GAP), min_size=7, max_size=16), AROUND)
def test_no_number_is_kept_however_it_is_grouped(before, digits, after) -> None:
    assert not keepable(before + "".join(digit + gap for digit, gap in digits) + after)


@given(AROUND, st.sampled_from(["https://", "http://", "ftp://", "www."]), st.from_regex(r"[a-z]{1,9}", fullmatch=True))
def test_no_link_is_kept(before, scheme, host) -> None:
    assert not keepable(f"{before} {scheme}{host}")


@given(st.lists(st.from_regex(r"[A-Za-zÄÖÜäöüß]{1,12}", fullmatch=True), min_size=1, max_size=5))
def test_plain_words_are_kept(found) -> None:
    assert keepable(" ".join(found))


@given(st.text(max_size=120))
def test_whatever_is_kept_is_short_clean_and_no_address(text) -> None:
    kept = entry(text).query
    if kept is not None:
        assert len(kept) <= LONGEST_KEPT
        assert kept == " ".join(kept.split())
        assert "@" not in kept
