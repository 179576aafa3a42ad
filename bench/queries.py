"""What people type into the search: words, compounds, misspelt ones, several words, questions, filters in words."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from contracts.listing import Listing

from bench import catalogue

RELEVANCE = Path(__file__).parent / "relevance"
_LETTERS = "abcdefghijklmnopqrstuvwxyzäöü"
_FRAMES = (
    *("{name}", "{compound}", "{feature}", "{compound} {place}", "{feature} {place}", "App für {compound}"),
    *("Wie hilft {feature} in {place}?", "Welche Software gibt es für {compound}?", "kostenlose {compound} in Bayern"),
)


def judged() -> list[str]:
    """Return the queries that relevance is measured with: over a hundred, written by people."""
    files = (RELEVANCE / "relevance_dev.json", RELEVANCE / "relevance_own.json")
    return [each["query"] for file in files for each in json.loads(file.read_text(encoding="utf-8"))["queries"]]


def unheard(seed: int) -> Iterator[str]:
    """Return queries without end, none of them twice: frames with words of listings, a third of them misspelt."""
    random, said = Random(seed), set[str]()
    entries: list[Listing] = [entry.listing for entry in catalogue.catalogue(76)]
    while True:
        listing = random.choice(entries)
        text = random.choice(_FRAMES).format(
            name=listing.name[:60],
            feature=random.choice(listing.features or [listing.summary])[:60],
            compound=catalogue.compound(random),
            place=catalogue.place(random),
        )
        text = _misspelt(text, random) if random.random() < 0.33 else text
        if text not in said:
            said.add(text)
            yield text


def typed(seed: int) -> Iterator[str]:
    """Return without end what somebody has typed of names and words so far: 1 to 6 letters."""
    random = Random(seed)
    entries: list[Listing] = [entry.listing for entry in catalogue.catalogue(76)]
    while True:
        name = random.choice(entries).name
        word = random.choice((name, random.choice(name.split()), catalogue.compound(random), catalogue.place(random)))
        yield word[: random.randint(1, 6)].strip()


def _misspelt(text: str, random: Random) -> str:
    """Return the text with one letter wrong, missing, twice or swapped with the next."""
    at = random.randrange(1, len(text) - 1)
    return text[:at] + random.choice(
        (text[at + 1 :], random.choice(_LETTERS) + text[at + 1 :], 2 * text[at] + text[at + 1 :], _swapped(text[at:]))
    )


def _swapped(text: str) -> str:
    return text[1] + text[0] + text[2:]
