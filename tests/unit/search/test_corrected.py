"""A query in its right spelling is shown as safe HTML that marks what was misspelt."""

import pytest
from search.application.queries import Corrected
from search.entrypoints.api.solutions import corrected_shown


@pytest.mark.parametrize(
    ("text", "words", "html"),
    [
        ("Mitfahrbank", ("Mitfahrbank",), "<mark>Mitfahrbank</mark>"),
        ("am Busbahnhof: Bus", ("Bus",), "am Busbahnhof: <mark>Bus</mark>"),
        ("Bus, Bus!", ("Bus", "Bus"), "<mark>Bus</mark>, <mark>Bus</mark>!"),
        ("mark Bus amp", ("Bus", "mark", "amp"), "<mark>mark</mark> <mark>Bus</mark> <mark>amp</mark>"),
        (
            '<img src="x" onerror=alert(1)> & Bus',
            ("Bus",),
            "&lt;img src=&quot;x&quot; onerror=alert(1)&gt; &amp; <mark>Bus</mark>",
        ),
    ],
)
def test_whole_words_are_marked_and_everything_else_is_escaped(text: str, words: tuple[str, ...], html: str) -> None:
    assert corrected_shown(Corrected(text, words)) == {"text": text, "html": html}


def test_a_query_without_mistakes_is_not_shown() -> None:
    assert corrected_shown(None) is None
