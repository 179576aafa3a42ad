"""The routes of history, comparison and badge."""

import hashlib
from typing import Annotated

from contracts.vocabulary import FieldOfAction
from fastapi import APIRouter, Header, Query, Response
from servicekit.auth import OptionalUser

from checkup.application import insights
from checkup.domain.history import LEAST_COMPARED
from checkup.entrypoints.api.insight_schemas import ComparisonOut, HistoryOut
from checkup.entrypoints.api.reports import Given, Id, asker_of
from checkup.presentation import badge
from checkup.presentation.badge import Language, Style

router = APIRouter(tags=["checkup"])
BADGE_SECONDS, MISSING_SECONDS = 3600, 300
SVG = "image/svg+xml; charset=utf-8"


@router.get("/solutions/{solution_id}/history")
async def read_history(given: Given, user: OptionalUser, solution_id: Id) -> HistoryOut:
    """Scores, stage and awards of the scored runs, newest first; the public sees those of published versions."""
    return HistoryOut.of(solution_id, await insights.history(given, solution_id, by=asker_of(user)))


@router.get("/comparison")
async def compare(
    given: Given, field_of_action: FieldOfAction, rubric: Annotated[str | None, Query(max_length=20)] = None
) -> ComparisonOut:
    """The median of each dimension over the published solutions of a field of action, for the current rubric."""
    found = await insights.comparison(given, field_of_action.value, rubric)
    return ComparisonOut.of(found, LEAST_COMPARED)


@router.get(
    "/solutions/{solution_id}/badge.svg",
    response_class=Response,
    responses={
        200: {"content": {"image/svg+xml": {}}},
        304: {"description": "Unchanged"},
        404: {"description": "Not published: a neutral badge"},
    },
)
async def draw_badge(
    given: Given,
    solution_id: Id,
    lang: Language = "de",
    style: Style = Style.FLAT,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A picture for a README, by id or slug: the stage of the newest public result and its month.

    Sets no cookie and asks for nothing, so that a cache may hand it on. What is not published gets a neutral picture
    with status 404.
    """
    shown = await insights.badge(given, solution_id)
    drawn = badge.of_run(shown.run, lang, style) if shown else badge.not_available(lang)
    tag = f'"{hashlib.sha256(drawn.encode()).hexdigest()[:16]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={BADGE_SECONDS if shown else MISSING_SECONDS}",
        "Content-Security-Policy": "default-src 'none'",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if shown and if_none_match and tag in (each.strip().removeprefix("W/") for each in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(drawn, status_code=200 if shown else 404, media_type=SVG, headers=headers)
