"""A quote counts when it stands in the file, word for word."""

import pytest
from checkup.domain.assessment import Passage, Quote
from checkup.domain.citations import find

README = Passage(
    "README.md", "# Portal\n\nHilft  kleinen\nGemeinden, ihre Angebote zu (pflegen).\n\n<b>Stand</b> 3 + 4"
)


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        ("kleinen Gemeinden, ihre Angebote", 3),
        ("  Hilft\tkleinen \n Gemeinden ", 3),
        ("ihre Angebote zu (pflegen).", 4),
        ("<b>Stand</b> 3 + 4", 6),
    ],
)
def test_white_space_may_differ(quote: str, line: int) -> None:
    assert find((README,), "README.md", quote) == Quote("README.md", line, " ".join(quote.split()))


@pytest.mark.parametrize(
    ("path", "quote"),
    [
        ("README.md", "Hilft großen Gemeinden, ihre Angebote"),  # another word
        ("README.md", "hilft kleinen Gemeinden"),  # another letter
        ("README.md", "Hilft kleinen … pflegen"),  # shortened
        ("README.md", "KleinenGemeinden,ihre"),  # white space taken away
        ("docs/README.md", "kleinen Gemeinden, ihre Angebote"),  # another file
        ("README.md", "# Portal"),  # says too little
        ("README.md", "Gemeindeverwaltung"),  # one word
        ("README.md", " \n \t          \n"),
        ("README.md", "Hilft kleinen Gemeinden, ihre " * 20),  # as long as a text
        ("README.md", ".* .* .* .* .* .*"),  # no pattern
    ],
)
def test_what_does_not_stand_there_is_no_quote(path: str, quote: str) -> None:
    assert find((README,), path, quote) is None


def test_a_hostile_quote_is_searched_in_bounded_time() -> None:
    passage = Passage("README.md", "a " * 30_000)
    assert find((passage,), "README.md", "a " * 150 + "b") is None
