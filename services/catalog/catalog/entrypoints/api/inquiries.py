"""Inquiries of municipalities to providers, and what the team does about reported ones."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response, status
from servicekit import http, idempotency
from servicekit.idempotency import IdempotentRoute

from catalog.application import people_queries as queries
from catalog.application.commands import inquiries as commands
from catalog.application.people_queries import OwnInquiry
from catalog.domain.inquiry import InquiryState
from catalog.domain.peer import Side
from catalog.entrypoints.api.dependencies import CurrentActor, Wired
from catalog.entrypoints.api.inquiry_export import to_csv
from catalog.entrypoints.api.pages import Page, cursor, position
from catalog.entrypoints.api.schemas.inquiries import InquiryBrief, InquiryRequest, InquiryView
from catalog.entrypoints.api.schemas.peers import MessageRequest, ReportRequest, RulingRequest

router = APIRouter(route_class=IdempotentRoute, tags=["inquiries"])
InquiryId = Annotated[str, Path(min_length=1, max_length=100)]
MessageId = Annotated[str, Path(min_length=1, max_length=100)]
OneKey = Annotated[str | None, Query(max_length=100)]


def _view(wired: Wired, held: OwnInquiry) -> InquiryView:
    schedule = wired.ports.people.limits.schedule
    return InquiryView.of(held, held.inquiry.next_at(schedule) if held.inquiry.closed_at else None)


async def _shown(wired: Wired, actor: CurrentActor, inquiry_id: str) -> InquiryView:
    return _view(wired, await queries.inquiry(wired.ports, actor, inquiry_id))


@router.post("/inquiries", status_code=status.HTTP_201_CREATED)
async def send(body: InquiryRequest, request: Request, actor: CurrentActor, wired: Wired) -> InquiryView:
    """Ask the provider of a published solution (members of onboarded municipalities)."""
    loaded = await commands.send_inquiry(
        wired.ports,
        actor,
        idempotency.new_id(request),
        solution_id=body.solution_id,
        organisation_id=body.organisation_id,
        wish=body.to_wish(),
        text=body.text,
    )
    return _view(wired, OwnInquiry(loaded.state, Side.ASKING))


@router.get("/inquiries")
async def inquiries(
    actor: CurrentActor,
    wired: Wired,
    page: http.Page,
    *,
    side: Annotated[Side | None, Query()] = None,
    state: Annotated[InquiryState | None, Query()] = None,
    organisation_id: OneKey = None,
    solution_id: OneKey = None,
) -> Page[InquiryBrief]:
    """The inquiries of your organisations, newest first; `side=asking` what they sent, `answering` what they got."""
    found, own = await queries.inquiries(
        wired.ports,
        actor,
        side=side,
        state=state,
        organisation_id=organisation_id,
        solution_id=solution_id,
        after=position(page),
        limit=page.limit,
    )
    items = [InquiryBrief.of(queries.held(each, own)) for each in found.items]
    return Page(items=items, next_cursor=cursor(found.next), total=found.total)


@router.get("/inquiries/{inquiry_id}")
async def inquiry(inquiry_id: InquiryId, actor: CurrentActor, wired: Wired) -> InquiryView:
    """An inquiry of your organisation; the team reads it while a report waits."""
    return await _shown(wired, actor, inquiry_id)


@router.get("/inquiries/{inquiry_id}/export")
async def export(
    inquiry_id: InquiryId,
    actor: CurrentActor,
    wired: Wired,
    format: Annotated[Literal["json", "csv"], Query()] = "json",  # noqa: A002 - the name in the address
) -> Response:
    """The whole inquiry as a file."""
    view = await _shown(wired, actor, inquiry_id)
    content, media = (
        (to_csv(view), "text/csv; charset=utf-8")
        if format == "csv"
        else (view.model_dump_json(indent=1).encode(), "application/json")
    )
    headers = {
        "Content-Disposition": f'attachment; filename="anfrage-{view.inquiry.id}.{format}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media, headers=headers)


@router.post("/inquiries/{inquiry_id}/seen")
async def seen(inquiry_id: InquiryId, actor: CurrentActor, wired: Wired) -> InquiryView:
    """Note that the provider has read it (its members); a municipality's reading changes nothing."""
    await commands.see(wired.ports, actor, inquiry_id)
    return await _shown(wired, actor, inquiry_id)


@router.post("/inquiries/{inquiry_id}/messages", status_code=status.HTTP_201_CREATED)
async def write(
    inquiry_id: InquiryId, body: MessageRequest, request: Request, actor: CurrentActor, wired: Wired
) -> InquiryView:
    """Answer (editors of the provider), or write again (members of the municipality)."""
    await commands.write(wired.ports, actor, inquiry_id, idempotency.new_id(request), body.text)
    return await _shown(wired, actor, inquiry_id)


@router.post("/inquiries/{inquiry_id}/close")
async def close(inquiry_id: InquiryId, actor: CurrentActor, wired: Wired) -> InquiryView:
    """End an inquiry (members of the municipality, editors of the provider)."""
    await commands.close(wired.ports, actor, inquiry_id)
    return await _shown(wired, actor, inquiry_id)


@router.delete("/inquiries/{inquiry_id}/words")
async def erase(inquiry_id: InquiryId, actor: CurrentActor, wired: Wired) -> InquiryView:
    """Erase every word of an inquiry on both sides, and close it (admins of the municipality)."""
    await commands.erase(wired.ports, actor, inquiry_id)
    return await _shown(wired, actor, inquiry_id)


@router.post("/inquiries/{inquiry_id}/messages/{message_id}/report")
async def report(
    inquiry_id: InquiryId, message_id: MessageId, body: ReportRequest, actor: CurrentActor, wired: Wired
) -> InquiryView:
    """Ask the team to look at a message of the other side; the team then reads the inquiry."""
    await commands.complain(wired.ports, actor, inquiry_id, message_id, reason=body.reason, note=body.note)
    return await _shown(wired, actor, inquiry_id)


@router.get("/moderation/inquiries")
async def reported(actor: CurrentActor, wired: Wired, page: http.Page) -> Page[InquiryBrief]:
    """The inquiries that wait for the team."""
    found = await queries.reported(wired.ports, actor, after=position(page), limit=page.limit)
    items = [InquiryBrief.of(OwnInquiry(each.state, None)) for each in found.items]
    return Page(items=items, next_cursor=cursor(found.next), total=found.total)


@router.post("/moderation/inquiries/{inquiry_id}/ruling", status_code=status.HTTP_204_NO_CONTENT)
async def rule(inquiry_id: InquiryId, body: RulingRequest, actor: CurrentActor, wired: Wired) -> None:
    """Stop an inquiry or leave it as it is (curator)."""
    await commands.rule(wired.ports, actor, inquiry_id, stop=body.stop, reason=body.reason)
