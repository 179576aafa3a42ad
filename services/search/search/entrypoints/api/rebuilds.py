"""Rebuilding the index and going back to the one before, for operators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from servicekit import http
from servicekit.auth import Principal, require_role

from search.entrypoints.api.parameters import refuse_others
from search.entrypoints.api.schemas import Rebuild, RebuildRequest, Rebuilds, RollbackRequest
from search.wiring import Container

router = APIRouter(prefix="/rebuilds", tags=["operation"])


async def _operator(request: Request, user: Annotated[Principal, Depends(require_role("operator"))]) -> Principal:
    refuse_others(request)
    return user


Operator = Annotated[Principal, Depends(_operator)]
Wired = Annotated[Container, Depends(http.container)]


@router.post("", status_code=202)
async def request_rebuild(user: Operator, container: Wired, asked: RebuildRequest | None = None) -> Rebuild:
    """Ask for a rebuild; a worker carries it out while searches go on. 409 while another one is not finished."""
    wanted = asked or RebuildRequest()
    run = await container.rebuilding.request(by=user.sub, mode=wanted.mode, force=wanted.force)
    return Rebuild.of(run)


@router.post("/rollback", status_code=202)
async def request_rollback(user: Operator, container: Wired, asked: RollbackRequest | None = None) -> Rebuild:
    """Ask to go back to the index before; a worker brings it up to date first, while searches go on.

    409 while a rebuild is not finished, or when no earlier index is kept.
    """
    wanted = asked or RollbackRequest()
    run = await container.rebuilding.request(by=user.sub, mode="rollback", force=wanted.force)
    return Rebuild.of(run)


@router.get("")
async def list_rebuilds(_: Operator, container: Wired) -> Rebuilds:
    """Return the newest 20."""
    return Rebuilds(rebuilds=[Rebuild.of(run) for run in await container.rebuilding.latest()])


@router.get("/{rebuild_id}")
async def get_rebuild(rebuild_id: Annotated[str, Path(max_length=100)], _: Operator, container: Wired) -> Rebuild:
    """Tell how far a rebuild is."""
    return Rebuild.of(await container.rebuilding.get(rebuild_id))
