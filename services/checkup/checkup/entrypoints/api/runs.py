"""The routes of a run under way: follow it live, and call it off."""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from servicekit import event_stream
from servicekit.auth import CurrentUser, OptionalUser
from servicekit.idempotency import IdempotentRoute

from checkup.application import commands, following, queries, rescoring
from checkup.application.ports import Ports
from checkup.domain.run import Run
from checkup.entrypoints.api.preview_schemas import PreviewOut
from checkup.entrypoints.api.reports import Given, Id, asker_of, member
from checkup.entrypoints.api.schemas import ProgressOut, RunOut

router = APIRouter(prefix="/runs", tags=["checkup"], route_class=IdempotentRoute)
RETRY_MS = 2_000


async def _visible(given: Given, user: OptionalUser, run_id: Id) -> Run:
    return await queries.run(given, run_id, by=asker_of(user))


@router.get("/{run_id}/events", response_class=StreamingResponse, responses=event_stream.DESCRIPTION)
async def follow_run(request: Request, given: Given, seen: Annotated[Run, Depends(_visible)]) -> StreamingResponse:
    """Follow a run live as server-sent events: `progress` at first and with every change, `end` when it has ended.

    Each event carries the whole state of the run, so after a lost connection nothing needs to be made up for.
    """
    return event_stream.response(request, _events(given, seen.id))


async def _events(given: Ports, run_id: str) -> AsyncGenerator[bytes, None]:
    number = 0
    async for run in following.states(given, run_id):
        number += 1
        name = "end" if run.finished else "progress"
        yield event_stream.event(
            name, ProgressOut.at(run, given.clock.now()).model_dump_json(), id_=str(number), retry_ms=RETRY_MS
        )


@router.get("/{run_id}/preview")
async def preview_run(
    given: Given, user: CurrentUser, run_id: Id, rubric: Annotated[str | None, Query(max_length=20)] = None
) -> PreviewOut:
    """What another rubric (the current one by default) would make of the run's measurements: for the team."""
    return PreviewOut.of(await rescoring.preview(given, run_id, rubric, by=member(user)))


@router.post("/{run_id}/cancel")
async def cancel_run(given: Given, user: CurrentUser, run_id: Id) -> RunOut:
    """Call a run off, also while a worker is at it: for the provider's editors and the team."""
    return RunOut.of(await commands.cancel_run(given, run_id, by=member(user)))
