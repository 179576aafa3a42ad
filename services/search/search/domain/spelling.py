"""Rules of German spelling that corrections need: what are forms of one word, what sounds alike, what parts join."""

import re
from collections.abc import Callable, Iterator

from rapidfuzz.distance import OSA

from search.domain.compounds import SHORTEST_PART

SHORTEST_STEM = 3
SHORT, LONG = 5, 8
_SUFFIXES = frozenset(
    """
    e n en s es er ern em in innen t st te ten tet est et ete eten end ende enden ender endes endem ung ungen ungs
    ig ige igen iger iges igkeit lich liche lichen licher liches isch ische ischen ischer isches bar bare baren barer
    bares keit heit ieren iert ierte ierten ierter iertes ierend ierende ierung ierungen ie ik iker se sen sse ssen ste
    sten
    """.split()  # noqa: SIM905 - a list literal would be unreadable
) | {""}
_LONGEST_SUFFIX = max(map(len, _SUFFIXES))

_SOUNDS = tuple(
    (re.compile(pattern), letter)
    for pattern, letter in (
        (r"(.)\1+", r"\1"),
        ("ph|v", "f"),
        ("(?<!s)ch(?=[aourlst]|$)|ck|c(?!h)|qu?", "k"),
        ("th|dt", "t"),
        ("rh", "r"),
        ("tz|ts|ds", "z"),
        ("x|chs|gs", "ks"),
        ("[ae][iy]", "ei"),
        ("ie|y", "i"),
        ("(?<=[aeiou])h(?![aeiou])", ""),
        ("d(?![aeiour])", "t"),
        ("b(?![aeiourl])", "p"),
        ("g(?![aeiourl])", "k"),
    )
)


def stems(folded: str) -> Iterator[str]:
    """Return what is left of a word without each ending of inflection or derivation that it may have."""
    for cut in range(max(SHORTEST_STEM, len(folded) - _LONGEST_SUFFIX), len(folded) + 1):
        if folded[cut:] in _SUFFIXES:
            yield folded[:cut]


def forms(stem: str) -> Iterator[str]:
    """Return a stem with each of the endings."""
    return (stem + suffix for suffix in _SUFFIXES)


def sound(folded: str) -> str:
    """Return how a word sounds, roughly: letters that stand for one sound in German become one letter."""
    for pattern, letter in _SOUNDS:
        folded = pattern.sub(letter, folded)
    return folded


def most_mistakes(letters: int) -> int:
    """Return how many letters of a word of so many may be wrong, missing, too many or swapped.

    A third mistake in long words found hardly anything that was meant, and took a third of the time.
    """
    return 1 if letters <= SHORT else 2


def believable(typed: str, meant: str, distance: int) -> bool:
    """True when one word is likely to be meant by the other (both folded).

    Long words may have two mistakes, those of medium length one, short ones a forgotten or two swapped letters; with
    more than that they must sound alike.
    """
    if len(typed) < SHORT:
        likely = distance == 1 and (len(meant) > len(typed) or sorted(meant) == sorted(typed))
    else:
        likely = distance <= (1 if len(typed) < LONG else 2)
    return likely or OSA.distance(sound(typed), sound(meant)) < distance


def is_name(word: str) -> bool:
    """True for a short word with a capital: a noun or a name (Siegen), not a verb or number (sieben) misspelled."""
    return word[0].isupper() and len(word) < LONG


def same_word(one: str, other: str) -> bool:
    """True for two forms of one word."""
    return not {*stems(one)}.isdisjoint(stems(other))


def known_beginnings(folded: str, is_piece: Callable[[str], bool]) -> list[int]:
    """Return the positions up to which a word consists of pieces that may stand in front of others; 0 is one."""
    positions = [0]
    for end in range(SHORTEST_PART, len(folded) - SHORTEST_PART + 1):
        if any(end - start >= SHORTEST_PART and is_piece(folded[start:end]) for start in positions):
            positions.append(end)
    return positions


def known_endings(folded: str, is_piece: Callable[[str], bool], is_last: Callable[[str], bool]) -> list[int]:
    """Return the positions from which the rest is a known word or pieces and a known word, the last one first."""
    positions: list[int] = []
    for start in range(len(folded) - SHORTEST_PART, -1, -1):
        if is_last(folded[start:]) or any(
            cut - start >= SHORTEST_PART and is_piece(folded[start:cut]) for cut in positions
        ):
            positions.append(start)
    return positions


def unlinked(piece: str) -> Iterator[tuple[str, str]]:
    """Return what a misspelled piece in front of another may be without linking element, and that element."""
    yield piece, ""
    if piece.endswith(("s", "en")):
        yield piece[:-1], piece[-1]
