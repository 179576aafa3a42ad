"""`/unser-einsatz` and the forms with which a municipality says how it uses a solution."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.catalog import Membership, PublicSolution
from web.api.problem import UNREACHABLE, ApiProblem
from web.api.uses import Claim, OwnUse
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.use import LONGEST_NOTE, UseForm, check_month, refused
from web.page import CheckedForm, MemberPage, NotAllowedError, Page, form_key
from web.partly import part

router = APIRouter()
OVERVIEW = "/unser-einsatz"


@router.get(OVERVIEW)
async def our_uses(page: MemberPage) -> Response:
    """List what the own municipalities use, what has to be confirmed, and what providers say of them."""
    return await _overview(page)


@router.get("/loesungen/{slug}/einsatz")
async def use_form(page: MemberPage, slug: str, organisation: str = "") -> Response:
    """Show the form: empty, or with what was declared or claimed before."""
    asked = await _asked(page, slug, organisation)
    use = asked.use
    begun = use is not None and use.running
    typed = UseForm.of(use) if use and begun else UseForm.of_claim(asked.municipality.organisation_id, asked.claim)
    if use and not begun:
        typed = replace(typed, revision=str(use.revision))
    return _form(page, asked, typed)


@router.post("/loesungen/{slug}/einsatz")
async def declare(page: MemberPage, slug: str, form: CheckedForm) -> Response:
    """Say that the municipality uses the solution, or how it does now."""
    typed = UseForm.read(form)
    asked = await _asked(page, slug, typed.organisation_id)
    body, faults = typed.check(page.locale, datetime.now(UTC).date())
    status = 422
    if not faults:
        try:
            await page.services.uses.declare(asked.solution.id, body, _number(typed.revision))
        except ApiProblem as problem:
            faults, status = refused(problem, page.locale), problem.status
    if faults:
        if status == 412 and asked.use:
            typed = replace(typed, revision=str(asked.use.revision))
        return _form(page, asked, typed, faults, status=status)
    return page.go(OVERVIEW, Flash("Der Einsatz ist gespeichert."))


@router.post("/unser-einsatz/{solution_id}/bestaetigen")
async def reconfirm(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Say that the solution is used as before."""
    organisation_id, revision = form.text("organisation_id"), _number(form.text("revision"))
    try:
        await page.services.uses.reconfirm(solution_id, organisation_id, revision, form_key(form))
    except ApiProblem as problem:
        return await _overview(page, refused(problem, page.locale), status=problem.status)
    return page.go(OVERVIEW, Flash("Danke! Der Einsatz ist bestätigt."))


@router.get("/unser-einsatz/{solution_id}/beenden")
async def ask_to_end(page: MemberPage, solution_id: str, organisation: str = "") -> Response:
    """Ask whether the use is over."""
    use = await page.services.uses.own(solution_id, organisation)
    return page.render("uses/end.html", solution_id=solution_id, use=use, month="", faults=Faults())


@router.post("/unser-einsatz/{solution_id}/beenden")
async def end(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Say that the use is over."""
    organisation_id, month = form.text("organisation_id"), form.text("month")
    faults, status = Faults(), 422
    check_month(faults, "month", month, page.locale, datetime.now(UTC).date())
    if not faults:
        try:
            revision = _number(form.text("revision"))
            await page.services.uses.end(solution_id, organisation_id, month, revision, form_key(form))
        except ApiProblem as problem:
            faults, status = refused(problem, page.locale), problem.status
    if faults:
        use = await page.services.uses.own(solution_id, organisation_id)
        return page.render("uses/end.html", status=status, solution_id=solution_id, use=use, month=month, faults=faults)
    return page.go(OVERVIEW, Flash("Der Einsatz ist beendet."))


@router.post("/unser-einsatz/{solution_id}/angaben/{claim_id}/ablehnen")
async def refuse(page: MemberPage, solution_id: str, claim_id: str, form: CheckedForm) -> Response:
    """Say that the municipality does not use the solution."""
    reason = form.text("reason")
    if not reason or len(reason) > LONGEST_NOTE:
        fault = Faults()
        fault.add(f"reason-{claim_id}", page.say("Bitte begründen Sie kurz, der Anbieter liest es."))
        return await _overview(page, fault)
    body = {"organisation_id": form.text("organisation_id"), "reason": reason}
    try:
        await page.services.uses.refuse_claim(solution_id, claim_id, body, form_key(form))
    except ApiProblem as problem:
        return await _overview(page, refused(problem, page.locale), status=problem.status)
    return page.go(OVERVIEW, Flash("Die Angabe ist abgelehnt, der Anbieter ist benachrichtigt."))


async def _overview(page: Page, faults: Faults | None = None, *, status: int = 422) -> HTMLResponse:
    municipalities = page.memberships("municipality")
    held = await asyncio.gather(*(page.services.uses.of_organisation(each.organisation_id) for each in municipalities))
    editing = {each.organisation_id for each in page.memberships("municipality", editing=True)}
    return page.render(
        "uses/overview.html",
        status=status if faults else 200,
        groups=list(zip(municipalities, held, strict=True)),
        editing=editing,
        faults=faults or Faults(),
    )


@dataclass(frozen=True)
class Asked:
    """The solution, the municipality that somebody edits for, its use and what the provider says of it."""

    solution: PublicSolution
    municipality: Membership
    use: OwnUse | None
    claim: Claim | None


async def _asked(page: Page, slug: str, organisation_id: str) -> Asked:
    editing = page.memberships("municipality", editing=True)
    chosen = [each for each in editing if organisation_id in ("", each.organisation_id)]
    if not chosen:
        raise NotAllowedError("die Redaktion und Verwaltung einer freigeschalteten Kommune")
    municipality = chosen[0]
    solution = await page.services.catalog.solution(slug)
    use, held = await asyncio.gather(
        part(page.services.uses.own(solution.id, municipality.organisation_id)),
        part(page.services.uses.of_organisation(municipality.organisation_id)),
    )
    if use.down:
        raise ApiProblem(503, UNREACHABLE, "the use of this municipality cannot be read: a form would hide it")
    claims = held.value.claims if held.value else []
    claim = next((each.claim for each in claims if each.solution.solution_id == solution.id), None)
    return Asked(solution, municipality, use.value, claim)


def _form(page: Page, asked: Asked, form: UseForm, faults: Faults | None = None, *, status: int = 422) -> HTMLResponse:
    return page.render(
        "uses/form.html",
        status=status if faults else 200,
        solution=asked.solution,
        municipality=asked.municipality,
        municipalities=page.memberships("municipality", editing=True),
        use=asked.use,
        form=form,
        faults=faults or Faults(),
    )


def _number(given: str) -> int:
    return int(given) if given.isdecimal() else 0
