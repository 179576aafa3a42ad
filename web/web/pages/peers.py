"""`/austausch`: municipalities ask others that use a solution; the marketplace passes it on without addresses."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.problem import ApiProblem
from web.api.uses import Use
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.use import LONGEST_MESSAGE, refused, report_of
from web.page import CheckedForm, MemberPage, Page, form_key

router = APIRouter()
PATH = "/austausch"


@router.get(PATH)
async def threads(page: MemberPage, cursor: str = "") -> Response:
    """List the conversations of the own municipalities."""
    found = await page.services.uses.threads(cursor or None)
    return page.render("peers/list.html", found=found, cursor=cursor)


@router.get("/loesungen/{slug}/fragen/{organisation_id}")
async def ask(page: MemberPage, slug: str, organisation_id: str) -> Response:
    """Show the form that asks a municipality."""
    return await _ask(page, slug, organisation_id)


@router.post("/loesungen/{slug}/fragen/{organisation_id}")
async def begin(page: MemberPage, slug: str, organisation_id: str, form: CheckedForm) -> Response:
    """Send the question."""
    text, sender = form.text("text"), form.text("organisation_id")
    faults = _check(page, text)
    status = 422
    if not faults:
        solution = await page.services.catalog.solution(slug)
        body = {"solution_id": solution.id, "to": organisation_id, "organisation_id": sender or None, "text": text}
        try:
            begun = await page.services.uses.begin(body, form_key(form))
        except ApiProblem as problem:
            faults, status = refused(problem, page.locale), problem.status
        else:
            return page.go(f"{PATH}/{begun.thread.id}", Flash("Ihre Frage ist zugestellt."))
    return await _ask(page, slug, organisation_id, text=text, sender=sender, faults=faults, status=status)


@router.get(PATH + "/{thread_id}")
async def thread(page: MemberPage, thread_id: str) -> Response:
    """Show a conversation."""
    return await _show(page, thread_id)


@router.post(PATH + "/{thread_id}/antwort")
async def write(page: MemberPage, thread_id: str, form: CheckedForm) -> Response:
    """Go on with it."""
    text = form.text("text")
    faults = _check(page, text)
    status = 422
    if not faults:
        try:
            await page.services.uses.write(thread_id, text, form_key(form))
        except ApiProblem as problem:
            faults, status = refused(problem, page.locale), problem.status
    if faults:
        return await _show(page, thread_id, faults, text=text, status=status)
    return page.go(f"{PATH}/{thread_id}", Flash("Ihre Nachricht ist zugestellt."))


@router.post(PATH + "/{thread_id}/aktion")
async def act(page: MemberPage, thread_id: str, form: CheckedForm) -> Response:
    """Close it, block the other side, take messages again, or erase the own words."""
    uses, action = page.services.uses, form.text("aktion")
    try:
        if action == "beenden":
            await uses.close(thread_id, form_key(form))
        elif action in ("sperren", "zulassen"):
            await uses.block(thread_id, blocked=action == "sperren")
        elif action == "loeschen":
            if form.text("bestaetigt") != "ja":
                return await _show(page, thread_id, Faults(general=[page.say("Bitte bestätigen Sie das Löschen.")]))
            await uses.erase(thread_id)
    except ApiProblem as problem:
        return await _show(page, thread_id, refused(problem, page.locale), status=problem.status)
    return page.go(f"{PATH}/{thread_id}", Flash("Erledigt."))


@router.post(PATH + "/{thread_id}/nachrichten/{message_id}/melden")
async def report(page: MemberPage, thread_id: str, message_id: str, form: CheckedForm) -> Response:
    """Ask the team to look at a message."""
    body = report_of(form)
    if body is None:
        return await _show(page, thread_id, Faults(general=[page.say("Bitte wählen Sie einen Grund für die Meldung.")]))
    try:
        await page.services.uses.report_message(thread_id, message_id, body, form_key(form))
    except ApiProblem as problem:
        return await _show(page, thread_id, refused(problem, page.locale), status=problem.status)
    return page.go(f"{PATH}/{thread_id}", Flash("Danke, das Marktplatz-Team sieht sich die Nachricht an."))


def _check(page: Page, text: str) -> Faults:
    faults = Faults()
    if not text:
        faults.add("text", page.say("Bitte schreiben Sie eine Nachricht."))
    elif len(text) > LONGEST_MESSAGE:
        faults.add("text", page.say("Höchstens {n} Zeichen.", n=page.locale.number(LONGEST_MESSAGE)))
    return faults


async def _show(
    page: Page, thread_id: str, faults: Faults | None = None, *, text: str = "", status: int = 422
) -> HTMLResponse:
    return page.render(
        "peers/thread.html",
        status=status if faults else 200,
        held=await page.services.uses.thread(thread_id),
        text=text,
        faults=faults or Faults(),
    )


async def _ask(
    page: Page,
    slug: str,
    organisation_id: str,
    *,
    text: str = "",
    sender: str = "",
    faults: Faults | None = None,
    status: int = 422,
) -> HTMLResponse:
    solution = await page.services.catalog.solution(slug)
    used = await page.services.uses.of_solution(solution.id)
    peer = next((each for each in used.items if each.organisation_id == organisation_id), None)
    if peer is None:
        peer = Use(organisation_id=organisation_id)
    return page.render(
        "peers/ask.html",
        status=status if faults else 200,
        solution=solution,
        peer=peer,
        senders=page.memberships("municipality"),
        text=text,
        sender=sender,
        faults=faults or Faults(),
    )
