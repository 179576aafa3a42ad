"""Stems of German words: the forms of one word have one, in listings, in the thesaurus and in queries."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from Stemmer import Stemmer

from search.domain.words import fold, words

SHORTEST_GENDERED = 4
"""Letters in front of the ending of a gender form."""
SHORTEST_PLURAL = 4
_PLURALS = ("as", "os", "ps", "ys")
"""Plurals (Kitas, Videos, Apps, Handys) that the stemmer leaves as they are."""
_NO_PLURAL = "los"
_KEPT_APART = (Path(__file__).parent / "stems_de.txt").read_text(encoding="utf-8")

Stems = tuple[str, ...]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the folded stem of a German word, the same for its gender forms (`Bürgerinnen`, `Bürger`).

    Words that double their `s` in the plural (Bus, Verzeichnis) are told apart by the stemmer, so it is made one again.
    What it takes for forms of one word and is none stands in `stems_de.txt`.
    """
    folded = fold(word)
    for form, plain in (("innen", ""), ("erin", "er")):
        if folded.endswith(form) and len(folded) - len(form) >= SHORTEST_GENDERED:
            folded = folded.removesuffix(form) + plain
            break
    if (apart := kept_apart().get(folded)) is not None:
        return apart
    if folded.endswith(_PLURALS) and len(folded) >= SHORTEST_PLURAL and not folded.endswith(_NO_PLURAL):
        folded = folded[:-1]
    found = str(_stemmer().stemWord(folded))
    return found[:-1] if found.endswith("ss") else found


def stems_of(text_words: Sequence[str]) -> Stems:
    """Return the stem of each word."""
    return tuple(map(stem, text_words))


@cache
def kept_apart() -> Mapping[str, str]:
    """Return the stems of `stems_de.txt` by the folded forms that have them."""
    lines = [words(line) for line in _KEPT_APART.splitlines() if not line.startswith("#")]
    return {fold(form): fold(line[0]) for line in lines for form in line}


@cache
def _stemmer() -> Stemmer:
    return Stemmer("german")
