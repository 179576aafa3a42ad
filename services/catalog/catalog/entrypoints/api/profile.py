"""The standard profile as data, and published solutions compared by it."""

import hashlib
from typing import Annotated

from contracts.profile.questionnaire import Questionnaire
from contracts.vocabulary import Language
from fastapi import APIRouter, Query, Request, Response, status
from pydantic import StringConstraints
from servicekit import errors, http

from catalog.application import queries
from catalog.application.dossier_freezing import market_views
from catalog.entrypoints.api.dependencies import Wired
from catalog.entrypoints.api.schemas.profile import ComparisonView

MOST_COMPARED = 5
CACHED = "public, max-age=300"
Reference = Annotated[str, StringConstraints(min_length=1, max_length=100)]
router = APIRouter(tags=["profile"])


@router.get("/profile", response_model=Questionnaire, response_model_exclude_defaults=True)
async def profile(request: Request, wired: Wired) -> Response:
    """The questionnaire that listings answer: sections, questions, choices, conditions, weights, exports."""
    body = wired.ports.profile.model_dump_json(exclude_defaults=True).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": CACHED}
    if http.not_modified(request, tag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@router.get("/comparison")
async def comparison(
    wired: Wired,
    solution: Annotated[list[Reference], Query(min_length=1, max_length=MOST_COMPARED)],
    language: Annotated[Language, Query()] = "de",
) -> ComparisonView:
    """Up to five published solutions side by side, by id or slug: one row for each question that is compared."""
    if len(set(solution)) != len(solution):
        raise errors.invalid("compared-twice", "a solution was asked for twice")
    found = [(await queries.public_solution(wired.ports, each)).solution.state for each in solution]
    seen = await market_views(wired.surveys, found)
    return ComparisonView.of(wired.ports.profile, seen, language, now=wired.ports.clock.now())
