"""The documentation of what a search can be asked, from the tables that requests are read by."""

from typing import Any, get_args

from fastapi import Request
from servicekit import errors
from servicekit.errors import FieldError

from search.domain.facets import FACETS, LONGEST_OPEN_VALUE, Facet
from search.domain.intents import known_intents
from search.domain.search_request import (
    DEFAULT_PAGE,
    LARGEST_PAGE,
    LONGEST_TEXT,
    MOST_AS_WORDS,
    MOST_VALUES,
    PAGE_PARAMETERS,
    Mode,
    Sort,
    Spelling,
)


def refuse_others(request: Request, *known: str) -> None:
    """Raise ProblemError `unknown-parameter` (422) when a request has other query parameters than these."""
    for name in request.query_params:
        if name not in known:
            detail = f"there is no parameter {name[:50]!r}; known: {', '.join(known) or 'none'}"
            raise errors.invalid("unknown-parameter", detail, [FieldError(name[:50], detail)])


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _facet(facet: Facet) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "string"}
    value |= {"enum": [*facet.vocabulary]} if facet.vocabulary else {"minLength": 1, "maxLength": LONGEST_OPEN_VALUE}
    meaning = f"{facet.meaning} Repeatable: any of the values; different facets must all match."
    if facet.vocabulary:
        meaning += "".join(f"\n- `{each.value}`: {facet.label(each.value)}" for each in facet.vocabulary)
    return _parameter(facet.name, {"type": "array", "items": value, "maxItems": MOST_VALUES}, meaning)


SEARCHING = [
    _parameter("q", {"type": "string", "maxLength": LONGEST_TEXT}, "What is looked for; without it, everything."),
    _parameter(
        "size", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE}, "Page size."
    ),
    _parameter("cursor", {"type": "string"}, "`next_cursor` of the page before; only for the very same search."),
    _parameter("sort", {"type": "string", "enum": [*Sort], "default": Sort.RELEVANCE}, "Order of the results."),
    _parameter(
        "mode",
        {"type": "string", "enum": [*get_args(Mode)], "default": "hybrid"},
        "`lexical` matches words only, `hybrid` compares meanings too.",
    ),
    _parameter(
        "spelling",
        {"type": "string", "enum": [*get_args(Spelling)], "default": "corrected"},
        "`corrected` searches for a misspelt word and for what was meant, `literal` for what was typed.",
    ),
    _parameter(
        "as_words",
        {"type": "array", "items": {"type": "string", "enum": sorted(known_intents())}, "maxItems": MOST_AS_WORDS},
        "Repeatable: ids of filters in words (`recognised`) that shall be read as plain words.",
    ),
    *(_facet(facet) for facet in FACETS),
]
COUNTING = [
    *(each for each in SEARCHING if each["name"] not in PAGE_PARAMETERS),
    _parameter(
        "facet",
        {"type": "array", "items": {"type": "string", "enum": [facet.name for facet in FACETS]}},
        "Count only these facets; repeatable.",
    ),
]
