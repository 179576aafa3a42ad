"""Conversations between municipalities, and what the team does about reported ones."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, status
from servicekit import http, idempotency
from servicekit.idempotency import IdempotentRoute

from catalog.application import use_queries as queries
from catalog.application.commands import peers as commands
from catalog.application.ports import Loaded
from catalog.domain.peer import Thread
from catalog.entrypoints.api.dependencies import CurrentActor, Wired
from catalog.entrypoints.api.pages import Page, cursor, position
from catalog.entrypoints.api.schemas.peers import (
    BlockRequest,
    MessageRequest,
    ReportRequest,
    RulingRequest,
    ThreadBrief,
    ThreadRequest,
    ThreadView,
)

router = APIRouter(route_class=IdempotentRoute, tags=["peers"])
ThreadId = Annotated[str, Path(min_length=1, max_length=100)]
MessageId = Annotated[str, Path(min_length=1, max_length=100)]


async def _shown(wired: Wired, actor: CurrentActor, loaded: Loaded[Thread]) -> ThreadView:
    held = await queries.thread(wired.ports, actor, loaded.state.id)
    return ThreadView.of(held, loaded.state.erase_at(wired.ports.uses.limits.keep))


@router.post("/peer-threads", status_code=status.HTTP_201_CREATED)
async def begin(body: ThreadRequest, request: Request, actor: CurrentActor, wired: Wired) -> ThreadView:
    """Write to a municipality that uses a solution and agreed to be asked (members of municipalities)."""
    thread_id = idempotency.new_id(request)
    loaded = await commands.begin_thread(wired.ports, actor, thread_id, **body.model_dump())
    return await _shown(wired, actor, loaded)


@router.get("/peer-threads")
async def threads(actor: CurrentActor, wired: Wired, page: http.Page) -> Page[ThreadBrief]:
    """The conversations of your municipalities, those begun last first."""
    found, own = await queries.threads_of(wired.ports, actor, after=position(page), limit=page.limit)
    keep = wired.ports.uses.limits.keep
    items = [
        ThreadBrief.brief(held.state, held.state.sides_of(own)[-1], held.state.erase_at(keep)) for held in found.items
    ]
    return Page(items=items, next_cursor=cursor(found.next), total=found.total)


@router.get("/peer-threads/{thread_id}")
async def thread(thread_id: ThreadId, actor: CurrentActor, wired: Wired) -> ThreadView:
    """A conversation of your municipality; the team reads it while a report waits."""
    held = await queries.thread(wired.ports, actor, thread_id)
    return ThreadView.of(held, held.thread.state.erase_at(wired.ports.uses.limits.keep))


@router.post("/peer-threads/{thread_id}/messages", status_code=status.HTTP_201_CREATED)
async def write(
    thread_id: ThreadId, body: MessageRequest, request: Request, actor: CurrentActor, wired: Wired
) -> ThreadView:
    """Go on with a conversation."""
    message_id = idempotency.new_id(request)
    return await _shown(wired, actor, await commands.write(wired.ports, actor, thread_id, message_id, body.text))


@router.post("/peer-threads/{thread_id}/messages/{message_id}/report")
async def report(
    thread_id: ThreadId, message_id: MessageId, body: ReportRequest, actor: CurrentActor, wired: Wired
) -> ThreadView:
    """Ask the team to look at a message of the other side; the team then reads the conversation."""
    loaded = await commands.complain(wired.ports, actor, thread_id, message_id, reason=body.reason, note=body.note)
    return await _shown(wired, actor, loaded)


@router.post("/peer-threads/{thread_id}/close")
async def close(thread_id: ThreadId, actor: CurrentActor, wired: Wired) -> ThreadView:
    """End a conversation."""
    return await _shown(wired, actor, await commands.close(wired.ports, actor, thread_id))


@router.put("/peer-threads/{thread_id}/block")
async def block(thread_id: ThreadId, body: BlockRequest, actor: CurrentActor, wired: Wired) -> ThreadView:
    """Take no more messages from the other municipality, in any conversation, or take them again."""
    return await _shown(wired, actor, await commands.set_block(wired.ports, actor, thread_id, blocked=body.blocked))


@router.delete("/peer-threads/{thread_id}/messages/mine")
async def erase(thread_id: ThreadId, actor: CurrentActor, wired: Wired) -> ThreadView:
    """Erase what your municipality wrote in a conversation, and close it."""
    return await _shown(wired, actor, await commands.erase(wired.ports, actor, thread_id))


@router.get("/moderation/peer-threads")
async def reported(actor: CurrentActor, wired: Wired, page: http.Page) -> Page[ThreadBrief]:
    """The conversations that wait for the team."""
    found = await queries.reported_threads(wired.ports, actor, after=position(page), limit=page.limit)
    keep = wired.ports.uses.limits.keep
    items = [ThreadBrief.brief(held.state, None, held.state.erase_at(keep)) for held in found.items]
    return Page(items=items, next_cursor=cursor(found.next), total=found.total)


@router.post("/moderation/peer-threads/{thread_id}/ruling", status_code=status.HTTP_204_NO_CONTENT)
async def rule(thread_id: ThreadId, body: RulingRequest, actor: CurrentActor, wired: Wired) -> None:
    """Stop a conversation or leave it as it is (curator)."""
    await commands.rule(wired.ports, actor, thread_id, stop=body.stop, reason=body.reason)
