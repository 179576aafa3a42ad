"""`/organisation`: joining the marketplace as a provider or a municipality, and who belongs to the organisation."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.catalog import Organisation
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.organisation import OrganisationForm
from web.page import CheckedForm, MemberPage, Page, form_key

router = APIRouter()
ROLES = frozenset({"member", "editor", "admin"})


@router.get("/organisation")
async def organisation(page: MemberPage) -> Response:
    """Show the own organisations with their members, and the form to join."""
    return await show(page, OrganisationForm(), Faults())


async def show(page: Page, typed: OrganisationForm, faults: Faults) -> HTMLResponse:
    """Show the page with what was typed into the form to join, and what is wrong with it."""
    found = await page.services.catalog.organisations()
    held = {each.organisation_id: each for each in page.me.memberships} if page.me else {}
    own = [each for each in found.items if each.id in held or not page.is_team or _asked_by(each, page)]
    return page.render(
        "organisation.html", status=422 if faults else 200, own=own, held=held, typed=typed, faults=faults
    )


def _asked_by(organisation: Organisation, page: Page) -> bool:
    session = page.require_login()
    return any(member.user == session.sub for member in organisation.members or ())


@router.post("/organisation/{organisation_id}/mitglieder")
async def add_member(page: MemberPage, organisation_id: str, form: CheckedForm) -> Response:
    """Add somebody to an own organisation, or change their role."""
    user, role = form.text("user"), form.text("role")
    if not user or role not in ROLES:
        faults = Faults()
        faults.add(f"user-{organisation_id}", page.say("Bitte geben Sie die Benutzerkennung der Person an."))
        return await show(page, OrganisationForm(), faults)
    body = {"user": user, "role": role} | ({"email": form.text("email")} if form.text("email") else {})
    await page.services.catalog.add_member(organisation_id, body, form_key(form))
    return page.go("/organisation", Flash("Die Person gehört jetzt zu Ihrer Organisation."))


@router.post("/organisation/{organisation_id}/mitglieder/entfernen")
async def remove_member(page: MemberPage, organisation_id: str, form: CheckedForm) -> Response:
    """Take somebody out of an own organisation."""
    await page.services.catalog.remove_member(organisation_id, form.text("user"))
    return page.go("/organisation", Flash("Die Person gehört nicht mehr zu Ihrer Organisation."))
