"""`GET /suggest`: what may be meant while somebody types."""

from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from servicekit import errors, http
from servicekit.errors import FieldError, ProblemError

from search.domain.suggestion import Suggestion
from search.domain.words import clean
from search.entrypoints.api.cacheable import NOT_MODIFIED, cacheable
from search.wiring import Container

router = APIRouter(tags=["search"])
LONGEST_TEXT = 100
LARGEST_SIZE = 20
DEFAULT_SIZE = 8
CACHING = {"Cache-Control": "public, max-age=60"}
"""Everybody gets the same, letters are typed again and again, and a new listing may take a minute to be suggested."""

PARAMETERS = [
    {
        "name": "q",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "maxLength": LONGEST_TEXT},
        "description": "What was typed so far; without it, what to begin with.",
    },
    {
        "name": "size",
        "in": "query",
        "required": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE},
        "description": "The most suggestions.",
    },
]


class SuggestionShown(BaseModel):
    """One suggestion. `html` is `text` as safe HTML with `<mark>` around what was typed.

    A solution has the `slug` of its page. `value` is what the facet named like the kind is set to; `count` is the
    number of its solutions.
    """

    kind: Literal["solution", "provider", "field_of_action", "query"]
    text: str
    html: str
    slug: str | None
    value: str | None
    count: int | None


class Suggestions(BaseModel):
    """Best first."""

    suggestions: list[SuggestionShown]


@router.get(
    "/suggest",
    response_class=Response,
    responses={200: {"model": Suggestions, "description": "Suggestions"}, **NOT_MODIFIED},
    openapi_extra={"parameters": PARAMETERS},
)
async def suggest(request: Request, container: Annotated[Container, Depends(http.container)]) -> Response:
    """Suggest solutions, providers, fields of action and past queries that continue a text.

    Umlauts may be typed as ae, oe, ue or plain letters; one letter may be wrong when nothing fits otherwise. Without a
    text: what is searched for most, and the fields of action with most solutions.
    """
    text, size = asked(request.query_params.multi_items())
    found: list[Suggestion] = container.suggesting.suggest(text, size)
    return cacheable(request, {"suggestions": found}, CACHING)


def asked(parameters: Iterable[tuple[str, str]]) -> tuple[str, int]:
    """Read text and size.

    Raises ProblemError `unknown-parameter`, `query-too-long`, `invalid-parameter` (422).
    """
    given: dict[str, str] = {}
    for name, value in parameters:
        if name not in ("q", "size"):
            raise _invalid("unknown-parameter", name, f"there is no parameter {name[:50]!r}; known: q, size")
        if name in given:
            raise _invalid("invalid-parameter", name, f"{name} may be given only once")
        given[name] = value
    text, size = clean(given.get("q", "")), given.get("size", str(DEFAULT_SIZE))
    if len(text) > LONGEST_TEXT:
        raise _invalid("query-too-long", "q", f"q has {len(text)} characters, at most {LONGEST_TEXT} are allowed")
    if not (size.isascii() and size.isdigit() and len(size) <= 3 and 1 <= int(size) <= LARGEST_SIZE):
        raise _invalid("invalid-parameter", "size", f"size must be 1 to {LARGEST_SIZE}, not {size[:50]!r}")
    return text, int(size)


def _invalid(slug: str, parameter: str, detail: str) -> ProblemError:
    return errors.invalid(slug, detail, [FieldError(parameter[:50], detail)])
