"""Joining the marketplace: the request with its proof of mandate, and asking once more after a refusal."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from web.api.catalog import Organisation
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.organisation import OrganisationForm, refused
from web.page import CheckedMedia, MemberPage, Page, UserPage, form_key
from web.pages.organisation import show, terms_of

router = APIRouter()
ASKED = Flash("Ihr Antrag ist gestellt. Sie werden benachrichtigt, sobald entschieden ist.")
PROVEN = Flash("Der Nachweis ist eingegangen. Nur Sie und das Marktplatz-Team können ihn lesen.")
UNPROVEN = Flash(
    "Ihr Antrag ist gestellt, aber die Datei wurde nicht angenommen. Bitte laden Sie den Nachweis noch einmal hoch.",
    "warning",
)
PASSED_ON = (
    "content-type",
    "content-length",
    "content-disposition",
    "content-security-policy",
    "cache-control",
    "x-content-type-options",
)
REFUSED_FILE = frozenset({400, 409, 413, 422})


@router.post("/organisation")
async def request_onboarding(page: MemberPage, sent: CheckedMedia) -> Response:
    """Ask the team to onboard an organisation."""
    form, file = sent
    typed = OrganisationForm.read(form)
    body, faults = typed.check(page.locale, has_file=file is not None)
    if faults:
        return await show(page, typed, faults)
    try:
        made = await page.services.catalog.request_organisation(body, form_key(form))
    except ApiProblem as problem:
        return await show(page, typed, refused(problem, page.locale))
    return await _with_file(page, made.id, file)


@router.get("/organisation/{organisation_id}/antrag")
async def again(page: MemberPage, organisation_id: str) -> HTMLResponse:
    """Show the form to ask once more, as it was filled in before."""
    held = await page.services.catalog.organisation(organisation_id)
    return await _again(page, held, OrganisationForm.of(held), Faults())


@router.post("/organisation/{organisation_id}/antrag")
async def request_again(page: MemberPage, organisation_id: str, sent: CheckedMedia) -> Response:
    """Ask once more."""
    form, file = sent
    held = await page.services.catalog.organisation(organisation_id)
    typed = OrganisationForm.read(form)
    body, faults = typed.check(page.locale, has_file=file is not None or _has_file(held))
    if faults:
        return await _again(page, held, typed, faults)
    try:
        await page.services.catalog.request_again(organisation_id, body, form_key(form))
    except ApiProblem as problem:
        return await _again(page, held, typed, refused(problem, page.locale))
    return await _with_file(page, organisation_id, file)


@router.get("/organisation/{organisation_id}/nachweis")
async def proof_form(page: MemberPage, organisation_id: str) -> HTMLResponse:
    """Show the form for a proof that comes later, or takes the place of another."""
    return await _proof(page, await page.services.catalog.organisation(organisation_id), Faults())


@router.post("/organisation/{organisation_id}/nachweis")
async def give_proof(page: MemberPage, organisation_id: str, sent: CheckedMedia) -> Response:
    """Send a proof."""
    _, file = sent
    faults = Faults()
    if file is None:
        faults.add("datei", page.say("Bitte wählen Sie eine Datei aus."))
    else:
        try:
            await page.services.catalog.give_proof(organisation_id, file.file)
        except ApiProblem as problem:
            if problem.status not in REFUSED_FILE:
                raise
            faults.add("datei", problem.text(page.locale.language))
    if faults:
        return await _proof(page, await page.services.catalog.organisation(organisation_id), faults)
    return page.go("/organisation", PROVEN)


@router.get("/organisation/{organisation_id}/nachweis/datei")
async def proof_file(page: UserPage, organisation_id: str) -> Response:
    """Hand the proof through to who gave it and to those who decide: browsers carry our session, not their token."""
    found = await page.services.catalog.proof(organisation_id)
    headers = {name: found.headers[name] for name in PASSED_ON if name in found.headers}
    return StreamingResponse(found.aiter_bytes(), headers=headers, background=BackgroundTask(found.aclose))


async def _with_file(page: Page, organisation_id: str, file: UploadFile | None) -> Response:
    if file is None:
        return page.go("/organisation", ASKED)
    try:
        await page.services.catalog.give_proof(organisation_id, file.file)
    except ApiProblem as problem:
        if problem.status not in REFUSED_FILE:
            raise
        return page.go(f"/organisation/{organisation_id}/nachweis", UNPROVEN)
    return page.go("/organisation", ASKED)


def _has_file(held: Organisation) -> bool:
    return held.proof is not None and held.proof.file is not None


async def _again(page: Page, held: Organisation, typed: OrganisationForm, faults: Faults) -> HTMLResponse:
    return page.render(
        "organisations/again.html",
        status=422 if faults else 200,
        organisation=held,
        typed=typed,
        faults=faults,
        terms=await terms_of(page),
    )


async def _proof(page: Page, held: Organisation, faults: Faults) -> HTMLResponse:
    return page.render(
        "organisations/proof.html",
        status=422 if faults else 200,
        organisation=held,
        faults=faults,
        terms=await terms_of(page),
    )
