"""`/meine-loesungen/{id}/einsatz`: whom a provider names as users, and what these say to it."""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.use import ClaimForm, refused
from web.page import CheckedForm, MemberPage, Page, form_key

router = APIRouter()


@router.get("/meine-loesungen/{solution_id}/einsatz")
async def claims(page: MemberPage, solution_id: str) -> Response:
    """Show the claims with their answers, and who confirmed by itself."""
    return await _show(page, solution_id, ClaimForm())


@router.post("/meine-loesungen/{solution_id}/einsatz")
async def claim(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Name a municipality that uses the solution."""
    typed = ClaimForm.read(form)
    body, faults = typed.check(page.locale, datetime.now(UTC).date())
    status = 422
    if not faults:
        try:
            await page.services.uses.claim(solution_id, body, form_key(form))
        except ApiProblem as problem:
            faults, status = refused(problem, page.locale), problem.status
    if faults:
        return await _show(page, solution_id, typed, faults, status=status)
    return page.go(f"/meine-loesungen/{solution_id}/einsatz", Flash("Die Angabe ist gespeichert."))


@router.post("/meine-loesungen/{solution_id}/einsatz/{claim_id}/zuruecknehmen")
async def withdraw(page: MemberPage, solution_id: str, claim_id: str, form: CheckedForm) -> Response:
    """Take a claim back."""
    try:
        await page.services.uses.withdraw_claim(solution_id, claim_id)
    except ApiProblem as problem:
        return await _show(page, solution_id, ClaimForm(), refused(problem, page.locale), status=problem.status)
    return page.go(f"/meine-loesungen/{solution_id}/einsatz", Flash("Die Angabe ist zurückgenommen."))


async def _show(
    page: Page, solution_id: str, form: ClaimForm, faults: Faults | None = None, *, status: int = 422
) -> HTMLResponse:
    services = page.services
    solution, held, used = await asyncio.gather(
        services.catalog.working(solution_id),
        services.uses.claims(solution_id),
        services.uses.of_solution(solution_id),
    )
    return page.render(
        "uses/claims.html",
        status=status if faults else 200,
        solution=solution,
        claims=held.items,
        used=used,
        form=form,
        faults=faults or Faults(),
        may_edit=any(
            each.organisation_id == solution.organisation_id for each in page.memberships("provider", editing=True)
        ),
    )
