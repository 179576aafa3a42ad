"""Any number of made-up solutions with their events, varied out of the demo listings, the same in every run."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contracts.envelope import Event
from search.testing import Events

DATA = Path(__file__).parents[1] / "data" / "solutions.json"
_FIRST = ("Ober", "Unter", "Alt", "Neu", "Groß", "Klein", "Hohen", "Nieder", "Bad ", "Sankt ", "Wester", "Wald", "See")
_LAST = ("hausen", "heim", "dorf", "stadt", "feld", "bach", "tal", "brück", "leben", "ingen", "kirchen", "au", "beck")


def listings() -> list[dict[str, Any]]:
    """The demo listings as they lie in the file."""
    found: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
    return found


def place(number: int) -> str:
    """Return a name of a municipality; distinct for distinct numbers."""
    name = _FIRST[number % len(_FIRST)] + _LAST[number // len(_FIRST) % len(_LAST)]
    rest = number // (len(_FIRST) * len(_LAST))
    return f"{name} {rest}" if rest else name


def made(number: int, *, seed: int = 1) -> Iterator[tuple[Events, list[Event]]]:
    """Yield so many solutions with one event for each facet: published, reviewed, checked, rated, used.

    A listing is one of the demo's, under a name of its own, with text and features of two others.
    """
    base = listings()
    chance = random.Random(seed)
    for each in range(number):
        first, second, third = (base[chance.randrange(len(base))] for _ in range(3))
        listing = dict(first["listing"])
        town = place(each)
        listing["name"] = f"{listing['name'][:80]} {town}"
        texts = [other["listing"].get("description", "") for other in (first, second, third)]
        listing["description"] = f"Entstanden in {town}. " + " ".join(text for text in texts if text)
        listing["features"] = [*listing.get("features", []), *second["listing"].get("features", [])][:12]
        happened = Events(f"solution-{each}")
        yield (
            happened,
            [
                happened.published(provider=first["provider"], **listing),
                happened.reviewed(),
                happened.scored(score=float(chance.randrange(101))),
                happened.rated(chance.randrange(1, 40), average=chance.randrange(10, 51) / 10),
                happened.deployed(chance.randrange(4)),
            ],
        )
