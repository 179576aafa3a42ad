"""The routes that anybody may ask: criteria and seals."""

from typing import Annotated

from fastapi import APIRouter, Query

from review.application import queries
from review.entrypoints.api.cases import Given, Id
from review.entrypoints.api.schemas import CriteriaOut, SealOut

router = APIRouter(tags=["published"])


@router.get("/criteria")
async def read_criteria(given: Given, version: Annotated[str | None, Query(max_length=20)] = None) -> CriteriaOut:
    """The criteria that submissions are reviewed against; those of an earlier version on request."""
    return CriteriaOut.of(queries.criteria(given, version))


@router.get("/solutions/{solution_id}/seal")
async def read_seal(given: Given, solution_id: Id) -> SealOut:
    """The seal that is in force for a solution: that of its newest approved version."""
    return SealOut.of(await queries.seal(given, solution_id))
