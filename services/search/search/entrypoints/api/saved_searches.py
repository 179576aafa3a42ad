"""`/saved-searches`: searches that a user wants to be told about."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from servicekit import http
from servicekit.auth import CurrentUser, Principal
from servicekit.http import IfMatch, OptionalIfMatch
from servicekit.idempotency import IdempotentRoute, new_id

from search.domain.saved_search import SavedSearch
from search.entrypoints.api.saved_search_schemas import (
    NewSavedSearch,
    SavedSearchChange,
    SavedSearchList,
    SavedSearchOut,
)
from search.wiring import Container

router = APIRouter(prefix="/saved-searches", tags=["saved searches"], route_class=IdempotentRoute)
Wired = Annotated[Container, Depends(http.container)]
Id = Annotated[str, Path(min_length=1, max_length=100)]

PRIVATE = "private, no-store"


@router.post("", status_code=201)
async def save_search(
    *, user: CurrentUser, container: Wired, body: NewSavedSearch, request: Request, response: Response
) -> SavedSearchOut:
    """Save a search; what is new from now on is told as often as wanted. 409 `saved-search-limit` after 50."""
    saved = await container.alerting.saving.save(
        new_id(request),
        owner=user.sub,
        organisation_id=_organisation_of(user),
        name=body.name,
        query=body.query.asked(),
        frequency=body.frequency,
    )
    response.headers["Location"] = f"/api/search/saved-searches/{saved.id}"
    return _answer(saved, response)


@router.get("")
async def list_saved_searches(user: CurrentUser, container: Wired, response: Response) -> SavedSearchList:
    """All saved searches of the user, newest first."""
    response.headers["Cache-Control"] = PRIVATE
    found = await container.alerting.saving.all_of(user.sub)
    return SavedSearchList(items=[SavedSearchOut.of(saved) for saved in found], total=len(found))


@router.get("/{search_id}")
async def read_saved_search(user: CurrentUser, container: Wired, search_id: Id, response: Response) -> SavedSearchOut:
    """One saved search; 404 when it is somebody else's."""
    return _answer(await container.alerting.saving.get(search_id, owner=user.sub), response)


@router.patch("/{search_id}")
async def change_saved_search(
    *,
    user: CurrentUser,
    container: Wired,
    search_id: Id,
    body: SavedSearchChange,
    expected: IfMatch,
    response: Response,
) -> SavedSearchOut:
    """Change name, search or frequency."""
    saved = await container.alerting.saving.change(
        search_id,
        owner=user.sub,
        expected=expected,
        name=body.name,
        query=body.query.asked() if body.query is not None else None,
        frequency=body.frequency,
    )
    return _answer(saved, response)


@router.delete("/{search_id}", status_code=204)
async def delete_saved_search(user: CurrentUser, container: Wired, search_id: Id, expected: OptionalIfMatch) -> None:
    """Delete a saved search; with If-Match only as it was last read."""
    await container.alerting.saving.remove(search_id, owner=user.sub, expected=expected)


def _answer(saved: SavedSearch, response: Response) -> SavedSearchOut:
    response.headers["ETag"] = http.etag(saved.revision)
    response.headers["Cache-Control"] = PRIVATE
    return SavedSearchOut.of(saved)


def _organisation_of(user: Principal) -> str | None:
    """Return the user's municipality, or else the user's organisation; None when there is not exactly one."""
    municipalities = [key for key, held in user.memberships.items() if "municipality" in held.kinds]
    held = municipalities or list(user.memberships)
    return held[0] if len(held) == 1 else None
