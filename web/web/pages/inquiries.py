"""`/anfragen`: what municipalities ask providers, for both sides; and what was reported of it, for the team."""

import asyncio
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from servicekit.clock import BERLIN

from web.api.inquiries import InquiryThread
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.inquiry import InquiryForm
from web.forms.use import LONGEST_MESSAGE, LONGEST_NOTE, refused, report_of
from web.page import CheckedForm, CuratorPage, MemberPage, Page, form_key

router = APIRouter()
PATH = "/anfragen"
REPORTED = "/pruefung/anfragen"
SIDES = ("asking", "answering")
STATES = ("sent", "seen", "answered", "closed")
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@router.get(PATH)
async def inquiries(
    page: MemberPage, seite: str = "", stand: str = "", loesung: str = "", cursor: str = ""
) -> HTMLResponse:
    """List what the own organisations sent and got."""
    side, state = seite if seite in SIDES else "", stand if stand in STATES else ""
    found = await page.services.inquiries.page(side, state, loesung, cursor or None)
    return page.render(
        "inquiries/list.html",
        found=found,
        side=side,
        state=state,
        solution=loesung,
        sides=SIDES,
        states=STATES,
        cursor=cursor,
    )


@router.get("/loesungen/{slug}/anfrage")
async def ask(page: MemberPage, slug: str) -> HTMLResponse:
    """Show the form that asks the provider."""
    return await _ask(page, slug, InquiryForm())


@router.post("/loesungen/{slug}/anfrage")
async def send(page: MemberPage, slug: str, form: CheckedForm) -> Response:
    """Send the inquiry."""
    typed = InquiryForm.read(form)
    solution = await page.services.catalog.solution(slug)
    body, faults = typed.check(solution.id, page.locale, datetime.now(BERLIN).date())
    status = 422
    if not faults:
        try:
            sent = await page.services.inquiries.send(body, form_key(form))
        except ApiProblem as problem:
            faults, status = refused(problem, page.locale), problem.status
        else:
            return page.go(f"{PATH}/{sent.inquiry.id}", Flash("Ihre Anfrage ist zugestellt."))
    return await _ask(page, slug, typed, faults, status=status)


@router.get(PATH + "/{inquiry_id}")
async def inquiry(page: MemberPage, inquiry_id: str) -> HTMLResponse:
    """Show an inquiry; a provider's look at it is noted."""
    held = await page.services.inquiries.get(inquiry_id)
    if held.inquiry.side == "answering" and held.inquiry.state == "sent":
        held = await page.services.inquiries.see(inquiry_id)
    return await _show(page, inquiry_id, held=held)


@router.get(PATH + "/{inquiry_id}/export")
async def export(page: MemberPage, inquiry_id: str, als: str = "csv") -> Response:
    """Hand out the inquiry as a file."""
    form = als if als in MEDIA else "csv"
    content = await page.services.inquiries.export(inquiry_id, form)
    headers = {"Content-Disposition": f'attachment; filename="anfrage.{form}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=MEDIA[form], headers=headers)


@router.post(PATH + "/{inquiry_id}/antwort")
async def write(page: MemberPage, inquiry_id: str, form: CheckedForm) -> Response:
    """Answer, or write again."""
    text, faults = form.text("text"), Faults()
    if not text:
        faults.add("text", page.say("Bitte schreiben Sie eine Nachricht."))
    elif len(text) > LONGEST_MESSAGE:
        faults.add("text", page.say("Höchstens {n} Zeichen.", n=page.locale.number(LONGEST_MESSAGE)))
    status = 422
    if not faults:
        try:
            await page.services.inquiries.write(inquiry_id, text, form_key(form))
        except ApiProblem as problem:
            faults, status = refused(problem, page.locale), problem.status
    if faults:
        return await _show(page, inquiry_id, faults, text=text, status=status)
    return page.go(f"{PATH}/{inquiry_id}", Flash("Ihre Nachricht ist zugestellt."))


@router.post(PATH + "/{inquiry_id}/aktion")
async def act(page: MemberPage, inquiry_id: str, form: CheckedForm) -> Response:
    """Close it, or erase its words."""
    action = form.text("aktion")
    try:
        if action == "schliessen":
            await page.services.inquiries.close(inquiry_id, form_key(form))
        elif action == "loeschen":
            if form.text("bestaetigt") != "ja":
                return await _show(page, inquiry_id, Faults(general=[page.say("Bitte bestätigen Sie das Löschen.")]))
            await page.services.inquiries.erase(inquiry_id)
    except ApiProblem as problem:
        return await _show(page, inquiry_id, refused(problem, page.locale), status=problem.status)
    return page.go(f"{PATH}/{inquiry_id}", Flash("Erledigt."))


@router.post(PATH + "/{inquiry_id}/nachrichten/{message_id}/melden")
async def report(page: MemberPage, inquiry_id: str, message_id: str, form: CheckedForm) -> Response:
    """Ask the team to look at a message."""
    body = report_of(form)
    if body is None:
        return await _show(
            page, inquiry_id, Faults(general=[page.say("Bitte wählen Sie einen Grund für die Meldung.")])
        )
    try:
        await page.services.inquiries.report(inquiry_id, message_id, body, form_key(form))
    except ApiProblem as problem:
        return await _show(page, inquiry_id, refused(problem, page.locale), status=problem.status)
    return page.go(f"{PATH}/{inquiry_id}", Flash("Danke, das Marktplatz-Team sieht sich die Nachricht an."))


@router.get(REPORTED)
async def reported(page: CuratorPage, cursor: str = "") -> HTMLResponse:
    """Show the inquiries that wait for the team."""
    return await _reported(page, cursor=cursor)


@router.post(REPORTED + "/{inquiry_id}")
async def rule(page: CuratorPage, inquiry_id: str, form: CheckedForm) -> Response:
    """Stop an inquiry or leave it; always with a reason."""
    action, reason = form.text("aktion"), form.text("reason")
    if action not in ("stop", "leave") or not reason or len(reason) > LONGEST_NOTE:
        faults = Faults()
        faults.add(f"reason-{inquiry_id}", page.say("Bitte begründen Sie das."))
        return await _reported(page, faults)
    try:
        await page.services.inquiries.rule(inquiry_id, stop=action == "stop", reason=reason, key=form_key(form))
    except ApiProblem as problem:
        return await _reported(page, refused(problem, page.locale), status=problem.status)
    return page.go(REPORTED, Flash("Die Meldung ist erledigt."))


async def _reported(page: Page, faults: Faults | None = None, *, status: int = 422, cursor: str = "") -> HTMLResponse:
    inquiries = page.services.inquiries
    found = await inquiries.reported(cursor or None)
    held = await asyncio.gather(*(inquiries.get(each.id) for each in found.items), return_exceptions=True)
    return page.render(
        "review/inquiries.html",
        status=status if faults else 200,
        found=found,
        held=[each for each in held if not isinstance(each, BaseException)],
        cursor=cursor,
        faults=faults or Faults(),
    )


async def _show(
    page: Page,
    inquiry_id: str,
    faults: Faults | None = None,
    *,
    held: InquiryThread | None = None,
    text: str = "",
    status: int = 422,
) -> HTMLResponse:
    held = held or await page.services.inquiries.get(inquiry_id)
    inquiry = held.inquiry
    own = page.me.memberships if page.me else []
    mine = inquiry.provider if inquiry.side == "answering" else inquiry.asking
    role = next((each.role for each in own if each.organisation_id == mine.organisation_id), "")
    return page.render(
        "inquiries/thread.html",
        status=status if faults else 200,
        held=held,
        text=text,
        writes=role in ("editor", "admin") or (inquiry.side == "asking" and role == "member"),
        erases=inquiry.side == "asking" and role == "admin" and inquiry.erased_at is None,
        faults=faults or Faults(),
    )


async def _ask(
    page: Page, slug: str, typed: InquiryForm, faults: Faults | None = None, *, status: int = 422
) -> HTMLResponse:
    solution = await page.services.catalog.solution(slug)
    senders = [each for each in page.memberships("municipality") if each.organisation_id != solution.organisation_id]
    return page.render(
        "inquiries/ask.html",
        status=status if faults else 200,
        solution=solution,
        senders=senders,
        typed=typed,
        faults=faults or Faults(),
    )
