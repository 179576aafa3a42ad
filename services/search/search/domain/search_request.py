"""A search as asked for: text, facets, order, page; refuses what cannot be meant, with the exact reason."""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal, get_args

import orjson
from servicekit import errors
from servicekit.errors import FieldError, ProblemError

from search.domain.facets import FACETS, FACETS_BY_NAME, Facet
from search.domain.intents import known_intents
from search.domain.words import clean

LONGEST_TEXT = 300
LARGEST_PAGE = 50
DEFAULT_PAGE = 20
MOST_VALUES = 50
LONGEST_POSITION = 4000
MOST_AS_WORDS = 20
AS_WORDS = "as_words"
PLAIN_PARAMETERS = ("q", "size", "cursor", "sort", "mode", "spelling", AS_WORDS)
PAGE_PARAMETERS = ("size", "cursor", "sort")
"""Those that a search which only counts has no use for."""


Mode = Literal["hybrid", "lexical"]
Spelling = Literal["corrected", "literal"]


class Sort(StrEnum):
    """Orders of the result; each ends with the id, so that paging is stable."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    RATING = "rating"
    CHECKUP = "checkup"
    MUNICIPALITIES = "municipalities"
    NAME = "name"


Position = tuple[float | int | str, ...]
"""What a page continues from. By relevance: the last score, the names of results of about that score that were shown,
and of those that were shown in a better order before the engine's."""
_POSITION_TYPES: dict[Sort, tuple[type, ...]] = {
    Sort.RELEVANCE: (float, str, str),
    Sort.NEWEST: (int, str),
    Sort.RATING: (int, int, str),
    Sort.CHECKUP: (int, str),
    Sort.MUNICIPALITIES: (int, str),
    Sort.NAME: (str, str),
}


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`text` is clean; `selected` holds the chosen values per facet: OR inside a facet, AND between facets.

    `hybrid` compares meanings too, `lexical` words only; `literal` corrects no spelling; `as_words` are ids of filters
    in words that shall be read as plain words.

    A search of `size` 0 only counts; `counted` are the facets that are wanted.
    """

    text: str = ""
    selected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    size: int = DEFAULT_PAGE
    after: Position | None = None
    counted: tuple[Facet, ...] = FACETS
    mode: Mode = "hybrid"
    literal: bool = False
    as_words: frozenset[str] = frozenset()

    @property
    def order(self) -> Sort:
        """The order in force: without a text nothing is more relevant than anything else, so newest first."""
        return Sort.NEWEST if self.sort is Sort.RELEVANCE and not self.text else self.sort

    @property
    def fingerprint(self) -> str:
        """What a cursor is bound to: everything but the page."""
        chosen = {name: sorted(values) for name, values in self.selected.items()}
        reading = [self.mode, self.literal, sorted(self.as_words)]
        key = orjson.dumps([self.text, chosen, self.sort, reading], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(key).hexdigest()[:16]

    def cursor_at(self, position: Iterable[float | int | str]) -> dict[str, Any]:
        """Return what the cursor to the page after `position` says."""
        return {"f": self.fingerprint, "p": list(position)}


def bad_cursor(why: str = "the cursor is not one that this service handed out") -> ProblemError:
    """The answer to a cursor that cannot be continued from."""
    return errors.malformed("bad-cursor", why)


def parse(parameters: Iterable[tuple[str, str]], *, decode_cursor: Callable[[str], dict[str, Any]]) -> SearchRequest:
    """Read the query parameters of a search.

    Raises ProblemError `unknown-parameter`, `unknown-facet-value`, `query-too-long`, `invalid-parameter` (422) and
    `bad-cursor` (400).
    """
    request, plain = _read(parameters, PLAIN_PARAMETERS)
    request = replace(
        request,
        sort=_sort(plain.get("sort", Sort.RELEVANCE)),
        size=_size(plain.get("size", str(DEFAULT_PAGE))),
    )
    cursor = plain.get("cursor")
    return replace(request, after=_position(request, decode_cursor(cursor))) if cursor else request


def parse_counting(parameters: Iterable[tuple[str, str]]) -> SearchRequest:
    """Read the query parameters of a search that only counts: the same but for the page's, and `facet`.

    Raises ProblemError `unknown-parameter`, `unknown-facet-value`, `query-too-long` and `invalid-parameter` (422).
    """
    given = list(parameters)
    names = {value for name, value in given if name == "facet"}
    for name in sorted(names - FACETS_BY_NAME.keys()):
        detail = f"facet must be one of {', '.join(FACETS_BY_NAME)}, not {name[:50]!r}"
        raise _invalid("invalid-parameter", "facet", detail)
    known = (*(name for name in PLAIN_PARAMETERS if name not in PAGE_PARAMETERS), "facet")
    request, _ = _read((pair for pair in given if pair[0] != "facet"), known)
    counted = tuple(facet for facet in FACETS if facet.name in names) or FACETS
    return replace(request, size=0, counted=counted)


def _read(parameters: Iterable[tuple[str, str]], known: tuple[str, ...]) -> tuple[SearchRequest, dict[str, str]]:
    """Read text and choices; return the other parameters by name."""
    plain: dict[str, str] = {}
    selected: dict[str, dict[str, None]] = {}
    as_words: dict[str, None] = {}
    for name, value in parameters:
        if name == AS_WORDS:
            as_words[_as_words(value)] = None
        elif name in FACETS_BY_NAME:
            selected.setdefault(name, {})[_facet_value(name, value)] = None
        elif name not in known:
            names = ", ".join((*known, *FACETS_BY_NAME))
            raise _invalid("unknown-parameter", name, f"there is no parameter {name[:50]!r}; known: {names}")
        elif name in plain:
            raise _invalid("invalid-parameter", name, f"{name} may be given only once")
        else:
            plain[name] = value
    for name, values in selected.items():
        if len(values) > MOST_VALUES:
            raise _invalid("invalid-parameter", name, f"at most {MOST_VALUES} values of {name} may be chosen")
    if len(as_words) > MOST_AS_WORDS:
        raise _invalid("invalid-parameter", AS_WORDS, f"at most {MOST_AS_WORDS} filters may be read as words")
    request = SearchRequest(
        text=_text(plain.get("q", "")),
        selected={name: tuple(values) for name, values in selected.items()},
        mode=_one_of("mode", plain.get("mode", "hybrid"), get_args(Mode)),
        literal=_one_of("spelling", plain.get("spelling", "corrected"), get_args(Spelling)) == "literal",
        as_words=frozenset(as_words),
    )
    return request, plain


def _invalid(slug: str, parameter: str, detail: str) -> ProblemError:
    return errors.invalid(slug, detail, [FieldError(parameter[:50], detail)])


def _facet_value(name: str, value: str) -> str:
    facet = FACETS_BY_NAME[name]
    if facet.knows(value):
        return value
    known = f"known: {', '.join(facet.vocabulary)}" if facet.vocabulary else "1 to 200 characters are allowed"
    raise _invalid("unknown-facet-value", name, f"{name} has no value {value[:50]!r}; {known}")


def _text(value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise _invalid("query-too-long", "q", f"q has {len(value)} characters, at most {LONGEST_TEXT} are allowed")
    return clean(value)


def _as_words(value: str) -> str:
    if value not in known_intents():
        raise _invalid("invalid-parameter", AS_WORDS, f"there is no filter in words {value[:50]!r}")
    return value


def _one_of(name: str, value: str, allowed: Sequence[str]) -> Any:
    if value not in allowed:
        raise _invalid("invalid-parameter", name, f"{name} must be one of {', '.join(allowed)}, not {value[:50]!r}")
    return value


def _sort(value: str) -> Sort:
    return Sort(_one_of("sort", value, [*Sort]))


def _size(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 3 and 1 <= int(value) <= LARGEST_PAGE):
        raise _invalid("invalid-parameter", "size", f"size must be 1 to {LARGEST_PAGE}, not {value[:50]!r}")
    return int(value)


def _position(request: SearchRequest, cursor: Mapping[str, Any]) -> Position:
    """Check that the cursor continues this very search and points at a possible position."""
    position = cursor.get("p")
    types = _POSITION_TYPES[request.order]
    if not isinstance(position, list) or len(position) != len(types):
        raise bad_cursor()
    if cursor.get("f") != request.fingerprint:
        raise bad_cursor("the cursor belongs to another search: start again without it")
    checked: list[float | int | str] = []
    for value, wanted in zip(position, types, strict=True):
        if wanted is str and not (isinstance(value, str) and len(value) <= LONGEST_POSITION):
            raise bad_cursor()
        if wanted is not str and not (type(value) in (int, float) and math.isfinite(value) and abs(value) < 1e18):
            raise bad_cursor()
        checked.append(value)
    return tuple(checked)
