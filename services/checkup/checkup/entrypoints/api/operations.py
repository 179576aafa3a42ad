"""The route for operators: the state of the work queue."""

from typing import Annotated

from fastapi import APIRouter, Depends
from servicekit.auth import Principal, require_role

from checkup.application import queries
from checkup.entrypoints.api.reports import Given
from checkup.entrypoints.api.schemas import StatusOut

router = APIRouter(tags=["operations"])


@router.get("/status")
async def read_status(given: Given, user: Annotated[Principal, Depends(require_role("operator"))]) -> StatusOut:
    """How many runs wait and run, and the lag that the workers are scaled by."""
    return StatusOut.of(await queries.queue(given))
