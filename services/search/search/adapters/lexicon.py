"""Reads the word lists that come with this package."""

from functools import cache
from importlib.resources import files

from search.domain.compounds import Splitter
from search.domain.thesaurus import Thesaurus


def load_constituents() -> list[str]:
    """Return the words that compounds are made of, as they are written in them."""
    lines = (line for line in _text("constituents_de.txt").splitlines() if not line.startswith("#"))
    return [word for line in lines for word in line.split()]


@cache
def load_splitter() -> Splitter:
    """Return the splitter with the constituents of compounds, one for the process."""
    return Splitter.of(load_constituents())


@cache
def load_thesaurus() -> Thesaurus:
    """Return the thesaurus, one for the process; raises MalformedThesaurus naming the line at fault."""
    return Thesaurus.parse(_text("thesaurus_de.txt"))


def _text(name: str) -> str:
    return (files("search.adapters") / "data" / name).read_text(encoding="utf-8")
