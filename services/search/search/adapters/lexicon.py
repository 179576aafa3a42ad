"""Reads the constituents that compounds are split into."""

from importlib.resources import files

from search.domain.compounds import Splitter


def load_splitter() -> Splitter:
    """Return the splitter with the constituents that come with this package."""
    text = (files("search.adapters") / "data" / "constituents_de.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return Splitter.of(word for line in lines for word in line.split())
