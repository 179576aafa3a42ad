"""Watchlists: `me` is your own, an organisation's id stands for the one that its members share."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status
from pydantic import StringConstraints
from servicekit import http
from servicekit.idempotency import IdempotentRoute

from catalog.application import watch_queries as queries
from catalog.application.commands import watchlists as commands
from catalog.application.ports import Loaded
from catalog.application.watch_queries import Order
from catalog.domain.watchlist import Watchlist
from catalog.entrypoints.api.dependencies import CurrentActor, SolutionId, Wired
from catalog.entrypoints.api.pages import Page, next_start, start_of
from catalog.entrypoints.api.schemas.watchlists import EntryView, Lists, ListView, NoteRequest, WatchRequest

router = APIRouter(route_class=IdempotentRoute, tags=["watchlists"])
ListId = Annotated[str, Path(min_length=1, max_length=100)]
Asked = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=100)]], Query(max_length=100)]


async def _shown(response: Response, wired: Wired, loaded: Loaded[Watchlist], solution_id: str) -> EntryView:
    entry = loaded.state.entry(solution_id)
    response.headers["ETag"] = http.etag(entry.revision)
    (found,) = await queries.standing_of(wired.watching, [entry])
    return EntryView.of(found)


@router.get("/watchlists")
async def lists(actor: CurrentActor, wired: Wired, solution: Asked = []) -> Lists:  # noqa: B006
    """The lists that you may use, and which of the asked solutions (ids) are on each."""
    found = await queries.lists_of(wired.watching, actor, solution)
    return Lists(items=[ListView.of(each) for each in found])


@router.get("/watchlists/{list_id}")
async def entries(
    list_id: ListId,
    actor: CurrentActor,
    wired: Wired,
    page: http.Page,
    sort: Annotated[Order, Query()] = Order.NEWEST,
) -> Page[EntryView]:
    """What is on a list, each as it is public now, and what changed since it was noted; ordered by `sort`."""
    start = start_of(page)
    found, total = await queries.watched(wired.watching, actor, list_id, sort, start=start, limit=page.limit)
    return Page(
        items=[EntryView.of(each) for each in found],
        next_cursor=next_start(start, page.limit, total),
        total=total if page.position is None else None,
    )


@router.put("/watchlists/{list_id}/solutions/{solution_id}")
async def watch(
    list_id: ListId,
    solution_id: SolutionId,
    *,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
    body: WatchRequest | None = None,
) -> EntryView:
    """Note a published solution (id or slug); once more changes nothing. A list has at most 500."""
    note = body.note if body else None
    loaded, found = await commands.watch(wired.watching, actor, list_id, solution_id, note=note)
    return await _shown(response, wired, loaded, found)


@router.patch("/watchlists/{list_id}/solutions/{solution_id}")
async def annotate(
    list_id: ListId,
    solution_id: SolutionId,
    body: NoteRequest,
    *,
    expected: http.IfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> EntryView:
    """Write a note beside an entry, at most 2,000 characters; null deletes it."""
    loaded = await commands.annotate(wired.watching, actor, list_id, solution_id, note=body.note, expected=expected)
    return await _shown(response, wired, loaded, solution_id)


@router.post("/watchlists/{list_id}/solutions/{solution_id}/seen")
async def acknowledge(
    list_id: ListId, solution_id: SolutionId, response: Response, actor: CurrentActor, wired: Wired
) -> EntryView:
    """Count changes of the solution from now on."""
    loaded = await commands.acknowledge(wired.watching, actor, list_id, solution_id)
    return await _shown(response, wired, loaded, solution_id)


@router.delete("/watchlists/{list_id}/solutions/{solution_id}", status_code=status.HTTP_204_NO_CONTENT)
async def unwatch(list_id: ListId, solution_id: SolutionId, actor: CurrentActor, wired: Wired) -> None:
    """Take a solution (id) off a list; once more changes nothing."""
    await commands.unwatch(wired.watching, actor, list_id, solution_id)
