"""Rebuilding the index, for operators."""

from typing import Annotated

from fastapi import APIRouter, Depends
from servicekit import http
from servicekit.auth import Principal, require_role

from search.entrypoints.api.schemas import Rebuild, RebuildRequest
from search.wiring import Container

router = APIRouter(prefix="/rebuilds", tags=["operation"])
Operator = Annotated[Principal, Depends(require_role("operator"))]
Wired = Annotated[Container, Depends(http.container)]


@router.post("", status_code=202)
async def request_rebuild(user: Operator, container: Wired, asked: RebuildRequest | None = None) -> Rebuild:
    """Ask for a rebuild; a worker carries it out while searches go on. 409 while another one is not finished."""
    wanted = asked or RebuildRequest()
    run = await container.rebuilding.request(by=user.sub, mode=wanted.mode, force=wanted.force)
    return Rebuild.of(run)


@router.get("/{rebuild_id}")
async def get_rebuild(rebuild_id: str, _: Operator, container: Wired) -> Rebuild:
    """Tell how far a rebuild is."""
    return Rebuild.of(await container.rebuilding.get(rebuild_id))
