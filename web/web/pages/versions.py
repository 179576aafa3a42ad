"""`/meine-loesungen/{id}/fassungen`: history, comparison, going back, small corrections, and who changed what."""

import asyncio
from typing import Any, Literal

from contracts.profile.questionnaire import Questionnaire
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.catalog import Listing, OwnSolution
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.listing import ListingForm, refused_fields
from web.page import CheckedForm, MemberPage, Page, form_key
from web.partly import part

router = APIRouter()
Form = Literal["csv", "ndjson"]
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}


@router.get("/meine-loesungen/{solution_id}/fassungen")
async def history(page: MemberPage, solution_id: str) -> Response:
    """List all versions and small corrections: who, when, state, round."""
    solution, versions, corrections = await asyncio.gather(
        page.services.catalog.working(solution_id),
        page.services.history.versions(solution_id),
        part(page.services.history.corrections(solution_id)),
    )
    return page.render(
        "my/versions.html",
        solution=solution,
        versions=versions.items,
        corrections=corrections.value.items if corrections.value else [],
        may_edit=_may_edit(page, solution),
    )


@router.get("/meine-loesungen/{solution_id}/fassungen/vergleich")
async def compare(page: MemberPage, solution_id: str, von: int = 1, bis: int = 1) -> Response:
    """Show what differs between two versions."""
    solution, diff, versions = await asyncio.gather(
        page.services.catalog.working(solution_id),
        page.services.history.diff(solution_id, von, bis, page.locale.language),
        page.services.history.versions(solution_id),
    )
    return page.render("my/diff.html", solution=solution, diff=diff, versions=versions.items)


@router.post("/meine-loesungen/{solution_id}/fassungen/{number}/uebernehmen")
async def restore(page: MemberPage, solution_id: str, number: int, form: CheckedForm) -> Response:
    """Make a former version the draft."""
    version = int(form.text("version")) if form.text("version").isdigit() else 0
    await page.services.history.restore(solution_id, number, version, form_key(form))
    return page.go(f"/meine-loesungen/{solution_id}", Flash("Der Text der früheren Fassung ist jetzt Ihr Entwurf."))


@router.get("/meine-loesungen/{solution_id}/korrektur")
async def correction_form(page: MemberPage, solution_id: str) -> Response:
    """Show the answers that may be corrected while online."""
    public = await page.services.catalog.solution(solution_id)
    form = ListingForm.of(page.container.profile, public.listing)
    return _correction(page, solution_id, public.listing, form, Faults())


@router.post("/meine-loesungen/{solution_id}/korrektur")
async def correct(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Put the corrected answers online at once."""
    profile = page.container.profile
    public = await page.services.catalog.solution(solution_id)
    typed = ListingForm.read(profile, form)
    before, after = _correctable(profile, public.listing.model_dump()), _correctable(profile, typed.listing())
    answers = {name: after.get(name) for name in {**before, **after} if before.get(name) != after.get(name)}
    if not answers:
        return page.go(f"/meine-loesungen/{solution_id}/fassungen", Flash("Es gibt nichts zu ändern."))
    try:
        await page.services.history.correct(solution_id, answers, form_key(form))
    except ApiProblem as problem:
        if problem.status not in (409, 422):
            raise
        faults = refused_fields(profile, problem.errors, page.locale)
        if not faults:
            faults.general.append(problem.text(page.locale.language))
        return _correction(page, solution_id, public.listing, typed, faults)
    return page.go(
        f"/meine-loesungen/{solution_id}/fassungen",
        Flash("Die Änderung ist online. Das Marktplatz-Team sieht sie sich noch an."),
    )


@router.get("/meine-loesungen/{solution_id}/protokoll")
async def audit(page: MemberPage, solution_id: str, cursor: str = "") -> Response:
    """Show who changed what, before and after."""
    solution = await page.services.catalog.working(solution_id)
    found = await page.services.history.audit("solutions", solution_id, cursor or None)
    back = (f"/meine-loesungen/{solution_id}", solution.working.listing.name or solution.slug)
    return page.render("my/audit.html", found=found, cursor=cursor, back=back, here=f"{back[0]}/protokoll")


@router.get("/meine-loesungen/{solution_id}/protokoll.{form}")
async def export(page: MemberPage, solution_id: str, form: Form) -> Response:
    """Hand the whole trail out as a file."""
    return _file(await page.services.history.export("solutions", solution_id, form), form)


@router.get("/organisation/{organisation_id}/protokoll")
async def audit_of_organisation(page: MemberPage, organisation_id: str, cursor: str = "") -> Response:
    """Show who changed what in an own organisation."""
    found = await page.services.history.audit("organisations", organisation_id, cursor or None)
    back = ("/organisation", page.say("Meine Organisation"))
    return page.render(
        "my/audit.html", found=found, cursor=cursor, back=back, here=f"/organisation/{organisation_id}/protokoll"
    )


@router.get("/organisation/{organisation_id}/protokoll.{form}")
async def export_of_organisation(page: MemberPage, organisation_id: str, form: Form) -> Response:
    """Hand the whole trail out as a file."""
    return _file(await page.services.history.export("organisations", organisation_id, form), form)


def _file(content: bytes, form: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="protokoll.{form}"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


def _may_edit(page: Page, solution: OwnSolution) -> bool:
    held = page.memberships("provider", editing=True)
    return any(each.organisation_id == solution.organisation_id for each in held)


def _correctable(profile: Questionnaire, document: dict[str, Any]) -> dict[str, Any]:
    answers = profile.answers_in(document)
    return {each.id: answers[each.id] for each in profile.questions if each.correctable and each.id in answers}


def _correction(page: Page, solution_id: str, listing: Listing, form: ListingForm, faults: Faults) -> HTMLResponse:
    return page.render(
        "my/correct.html",
        status=422 if faults else 200,
        solution_id=solution_id,
        listing=listing,
        form=form,
        faults=faults,
        questions=[each for each in page.container.profile.questions if each.correctable],
    )
