"""Cuts text into words and folds German spellings, so that Loerrach, Lorrach and Lörrach become the same."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

WORD = re.compile(r"[^\W_]+(?:[+#]{1,2}(?!\w))?")
_CAMEL = re.compile(r"(?<=[a-zäöüß0-9])(?=[A-ZÄÖÜ])")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff]")
_UE = re.compile(r"(?<![aeiouq])ue")
_FOLDED = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "a", "ø": "o", "œ": "o"})

# The function words of German that a search gains nothing from (articles, pronouns, prepositions, auxiliaries).
STOP_WORDS = frozenset(
    """
    aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis da dabei damit dann das dass dein
    dem den denn der des dessen deren die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen
    einer eines er es etwas euch euer für gegen gibt hab habe haben hat hier ich ihm ihn ihnen ihr ihre im in ins ist
    ja jede jedem jeden jeder jedes kann kein keine können man mein meine mich mir mit muss müssen nach nicht noch nur
    ob oder ohne sein seine sich sie sind so soll sollen über um und uns unser unter vom von vor war warum was welche
    welchem welchen welcher welches wenn wer werden wie wieder will wir wird wo wohin zu zum zur zwischen
    """.split()  # noqa: SIM905 - a list literal would be unreadable
)


class Memo(dict[str, T]):
    """What a function says of words, computed once for each; all of it is forgotten when it becomes too much.

    Most words of a text were met before. Looking them up in a dictionary takes a fraction of the time that
    `lru_cache` takes, and `map` does it without a line of Python per word.
    """

    def __init__(self, function: Callable[[str], T], most: int = 50_000) -> None:
        super().__init__()
        self._function = function
        self._most = most

    def __missing__(self, word: str) -> T:
        if len(self) >= self._most:
            self.clear()
        value = self[word] = self._function(word)
        return value

    def of_all(self, each: Iterable[str]) -> Iterator[T]:
        """Return what the function says of each word."""
        return map(self.__getitem__, each)


def clean(text: str) -> str:
    """Return the text composed (NFC), without control and private-use characters, with single spaces."""
    composed = unicodedata.normalize("NFC", text)
    if not composed.isprintable():
        composed = _UNSEEN.sub(" ", composed)
    return " ".join(composed.split())


def words(text: str) -> list[str]:
    """Return the words of a text in order, as they are written; `C++` and `C#` are words, bare symbols are none."""
    return WORD.findall(text)


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return a word in lower case with umlauts, their transcriptions (ae, oe, ue), ß and accents made plain.

    The rule for `ue` is the one of Lucene's GermanNormalizationFilter: not after a vowel or q (Steuer, Quelle).
    """
    lowered = word.lower().translate(_FOLDED)
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _UE.sub("u", lowered.replace("ae", "a").replace("oe", "o"))


def folded(text: str) -> str:
    """Return all words of a text folded, separated by spaces."""
    return " ".join(map(fold, words(text)))


def grams(word: str) -> list[str]:
    """Return the runs of 3 and of 4 letters of a folded word; none of a shorter one."""
    return [word[at : at + size] for size in (3, 4) for at in range(len(word) - size + 1)]


def humps(word: str) -> list[str]:
    """Return the pieces of a name in camel case (`DorfFunk` gives Dorf, Funk), or the word alone."""
    return [piece for piece in _CAMEL.split(word) if piece]


def is_stop_word(word: str) -> bool:
    """True for a word that says nothing about what is looked for."""
    return word.lower() in STOP_WORDS


def letters_of(word: str, folded_letters: int) -> int:
    """Return how many letters of a word make so many of the folded word."""
    return next((at for at in range(len(word)) if len(fold(word[:at])) >= folded_letters), len(word))
