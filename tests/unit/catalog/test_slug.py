"""Slugs are readable, unique and stable."""

import pytest
from catalog.domain import slug
from hypothesis import given
from hypothesis import strategies as st
from servicekit.errors import ProblemError


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Marktplatz DEUTSCHLAND.DIGITAL", "marktplatz-deutschland-digital"),
        ("Räume & Straßen für Österreich", "raeume-strassen-fuer-oesterreich"),
        ("LÖSUNGS-CHECKUP (KI-Checkup)", "loesungs-checkup-ki-checkup"),
        ("Ra\u0308ume", "raeume"),
        ("Café  crème", "cafe-creme"),
        ("--- 5G! ---", "5g"),
        ("数字化", "loesung"),
        ("01890a5d-ac96-774b-bcce-b302099a8057", "loesung"),
    ],
)
def test_a_name_becomes_a_slug(name: str, expected: str) -> None:
    assert slug.derive(name) == expected


@given(st.text(max_size=200))
def test_every_name_becomes_a_valid_slug(name: str) -> None:
    assert slug.check(slug.derive(name)) == slug.derive(name)


@given(st.text(max_size=200), st.integers(min_value=2, max_value=10_000))
def test_a_numbered_slug_is_valid_and_another_one(name: str, number: int) -> None:
    derived = slug.derive(name)
    numbered = slug.numbered(derived, number)
    assert slug.check(numbered) == numbered
    assert numbered != derived


@pytest.mark.parametrize(
    "bad",
    ["", "-a", "a-", "a--b", "Ab", "ä", "a b", "a/b", "a" * 81, "01890a5d-ac96-774b-bcce-b302099a8057", "a\n"],
)
def test_what_is_no_slug_is_refused(bad: str) -> None:
    with pytest.raises(ProblemError) as refused:
        slug.check(bad)
    assert (refused.value.slug, refused.value.kind) == ("invalid-slug", "invalid")
    assert [field.field for field in refused.value.fields] == ["slug"]
