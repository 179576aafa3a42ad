"""how often spelling correction is right: on the demo listings, every fourth of them held back in turn."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from search.adapters.lexicon import load_constituents, load_splitter
from search.application.mapping import apply
from search.domain import vocabulary as rules
from search.domain.entry import Entry, distinct_words
from search.domain.texts import texts_of
from search.domain.vocabulary import Vocabulary
from search.domain.words import fold, is_stop_word
from search.testing import Events

from bench import figures

DATA = Path(__file__).parents[1] / "data" / "solutions.json"
FOLDS = 4
TYPOS = 500
"""Per fold."""
MANY_WORDS = 300_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"

VARIANTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "everything": nullcontext,
    "other forms of a known word are unknown": lambda: patch.object(rules, "forms", lambda stem: iter((stem,))),
    "any two mistakes from 6 letters on, one before": lambda: patch.object(rules, "believable", lambda *_: True),
    "verbs and numbers for nouns": lambda: patch.object(rules, "is_name", lambda word: False),
    "parts of compounds are not corrected": lambda: patch.object(rules, "MOST_WRONG_PARTS", 0),
}


def mistyped(word: str, chance: Random) -> str:
    """Return a word with one letter missing, added, replaced or swapped with the next; mostly not the first one."""
    at = chance.randrange(1, len(word)) if chance.random() < 0.9 else 0
    match chance.choice(("missing", "added", "replaced", "swapped")):
        case "missing":
            return word[:at] + word[at + 1 :]
        case "added":
            return word[:at] + chance.choice(LETTERS) + word[at:]
        case "replaced":
            return word[:at] + chance.choice(LETTERS) + word[at + 1 :]
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def entries() -> list[Entry]:
    """Return the demo listings as the vocabulary gets them."""
    splitter, found = load_splitter(), []
    for number, record in enumerate(json.loads(DATA.read_text(encoding="utf-8")), start=1):
        event = Events(record["slug"]).published(provider=record["provider"], **record["listing"])
        document = apply(None, event, number)
        texts = texts_of(document, splitter) if document is not None else None
        if document is not None and texts is not None:
            words = tuple(distinct_words(texts))
            found.append(Entry(document.id, record["slug"], texts.name, (), "", (), "", number, words=words))
    return found


def folds(listings: list[Entry]) -> Iterator[tuple[Vocabulary, list[str], list[str]]]:
    """Return vocabularies of most listings, with their words and the unknown ones of the other listings."""
    for held in range(FOLDS):
        vocabulary = Vocabulary(load_splitter(), load_constituents())
        kept = [entry for number, entry in enumerate(listings) if number % FOLDS != held]
        vocabulary.changed(kept, [])
        yield (
            vocabulary,
            sorted({word for entry in kept for word in entry.words if _is_content(word)}),
            sorted(
                {
                    word
                    for entry in listings[held::FOLDS]
                    for word in entry.words
                    if _is_content(word) and not vocabulary.count(fold(word))
                }
            ),
        )


def _is_content(word: str) -> bool:
    return len(fold(word)) >= 4 and word.isalpha() and not is_stop_word(word)


async def run() -> None:
    """Measure each variant and the time with many words, and print."""
    listings = entries()
    figures.row("", "right words", "typos of", "typos of", "wrong")
    figures.row("", "changed", "known: right", "unknown: right", "")
    for title, variant in VARIANTS.items():
        with variant():
            chance = Random(5)
            changed = unknown = right = typos = guessed = guesses = wrong = 0
            for vocabulary, words, held in folds(listings):
                changed += sum(vocabulary.correct(word) is not None for word in held)
                unknown += len(held)
                for word in chance.sample(words, TYPOS):
                    correction = vocabulary.correct(mistyped(word, chance))
                    right += correction is not None and fold(correction.text) == fold(word)
                    typos += 1
                for word in (each for each in held if len(each) >= 9):
                    correction = vocabulary.correct(mistyped(word, chance))
                    guessed += correction is not None and fold(correction.text) == fold(word)
                    wrong += correction is not None and fold(correction.text)[:5] != fold(word)[:5]
                    guesses += 1
        cells = (changed / unknown, right / typos, guessed / guesses, wrong / guesses)
        figures.row(title, *(f"{100 * cell:.1f} %" for cell in cells))
    _time()


def _time() -> None:
    chance, pieces = Random(4), load_constituents()
    words = ["".join(chance.choices(pieces, k=3)) for _ in range(MANY_WORDS)]
    vocabulary = Vocabulary(load_splitter(), pieces)
    for at in range(0, len(words), 100):
        entry = Entry(str(at), "", "", (), "", (), "", 1, words=tuple(words[at : at + 100]))
        vocabulary.changed([entry], [])
    times = []
    for word in chance.sample(words, 1000):
        started = time.perf_counter()
        vocabulary.correct(mistyped(word, chance))
        times.append(1000 * (time.perf_counter() - started))
    figures.row(f"\nmilliseconds with {len(vocabulary):,} words", "p50", "p99")
    figures.row("  one word", *(f"{figures.percentile(times, percent):.2f}" for percent in (50, 99)))
