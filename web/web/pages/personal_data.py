"""`/einstellungen/meine-daten`: what is kept about the user, to look at, to take away, and to have erased."""

import json

from fastapi import APIRouter
from fastapi.responses import Response

from web.api.problem import ApiProblem
from web.forms.faults import Faults
from web.forms.use import refused
from web.page import AnyPage, CheckedForm, UserPage, form_key

router = APIRouter()
PATH = "/einstellungen/meine-daten"
UNCONFIRMED = "erasure-unconfirmed"
ERASED = "/einstellungen/daten-geloescht"


@router.get(PATH)
async def personal_data(page: UserPage) -> Response:
    """Tell what is kept."""
    return page.render("personal_data/kept.html", kept=await page.services.own_data.of_catalog())


@router.get(PATH + "/datei")
async def download(page: UserPage) -> Response:
    """Hand everything out as one file."""
    content = json.dumps(await page.services.own_data.everything(), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="meine-daten.json"', "Cache-Control": "private, no-store"}
    return Response(content, media_type="application/json", headers=headers)


@router.get(PATH + "/loeschen")
async def confirm(page: UserPage) -> Response:
    """Ask before anything is erased."""
    return page.render("personal_data/erase.html", faults=Faults())


@router.post(PATH + "/loeschen")
async def erase(page: UserPage, form: CheckedForm) -> Response:
    """Have everything erased, and end the session."""
    try:
        await page.services.own_data.erase(form.text("confirm"), key=form_key(form))
    except ApiProblem as problem:
        faults = refused(problem, page.locale)
        if problem.slug == UNCONFIRMED:
            faults = Faults({"confirm": problem.text(page.locale.language)})
        return page.render("personal_data/erase.html", status=problem.status, faults=faults)
    response = page.go(ERASED)
    response.delete_cookie(page.container.sessions.cookie)
    return response


@router.get(ERASED)
async def erased(page: AnyPage) -> Response:
    """Say what becomes of the data; whoever is logged in (again) sees what is kept."""
    if page.session is not None:
        return page.go(PATH)
    return page.render("personal_data/erased.html", provider_url=await page.container.oidc.end_session_url())
