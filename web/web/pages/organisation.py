"""`/organisation`: joining the marketplace as a provider or a municipality, and who belongs to the organisation."""

from contracts.vocabulary import Bundesland, OrganisationKind, SizeClass
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.catalog import Organisation
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.body import FormData
from web.forms.faults import Faults
from web.page import CheckedForm, MemberPage, Page, form_key

router = APIRouter()
ARS_DIGITS = 12
ROLES = frozenset({"member", "editor", "admin"})


@router.get("/organisation")
async def organisation(page: MemberPage) -> Response:
    """Show the own organisations with their members, and the form to join."""
    return await _show(page, FormData({}), Faults())


async def _show(page: Page, typed: FormData, faults: Faults) -> HTMLResponse:
    found = await page.services.catalog.organisations()
    held = {each.organisation_id: each for each in page.me.memberships} if page.me else {}
    own = [each for each in found.items if each.id in held or not page.is_team or _asked_by(each, page)]
    return page.render(
        "organisation.html", status=422 if faults else 200, own=own, held=held, typed=typed, faults=faults
    )


def _asked_by(organisation: Organisation, page: Page) -> bool:
    session = page.require_login()
    return any(member.user == session.sub for member in organisation.members or ())


@router.post("/organisation")
async def request_onboarding(page: MemberPage, form: CheckedForm) -> Response:
    """Ask the team to onboard an organisation."""
    kinds = [kind for kind in form.texts("kinds") if kind in {str(each.value) for each in OrganisationKind}]
    body: dict[str, object] = {"name": form.text("name"), "kinds": kinds}
    for name, known in (("bundesland", Bundesland), ("size_class", SizeClass)):
        if form.text(name) in {str(each.value) for each in known}:
            body[name] = form.text(name)
    ars = form.text("ars").replace(" ", "")
    faults = Faults()
    if not form.text("name"):
        faults.add("name", page.say("Bitte geben Sie den Namen Ihrer Organisation an."))
    if not kinds:
        faults.add("kinds", page.say("Bitte wählen Sie, in welcher Rolle Ihre Organisation teilnimmt."))
    if ars and not (ars.isdigit() and 2 <= len(ars) <= ARS_DIGITS):
        faults.add("ars", page.say("Der Amtliche Regionalschlüssel besteht aus 2 bis 12 Ziffern."))
    if faults:
        return await _show(page, form, faults)
    body |= {"ars": ars} if ars else {}
    body |= {"note": form.text("note")} if form.text("note") else {}
    try:
        await page.services.catalog.request_organisation(body, form_key(form))
    except ApiProblem as problem:
        if problem.status not in (409, 422):
            raise
        for each in problem.errors:
            faults.add(each.field.rpartition(".")[2], page.say("Diese Angabe passt nicht zu diesem Feld."))
        if not faults:
            faults.general.append(problem.text(page.locale.language))
        return await _show(page, form, faults)
    return page.go(
        "/organisation", Flash("Ihr Antrag ist gestellt. Sie werden benachrichtigt, sobald entschieden ist.")
    )


@router.post("/organisation/{organisation_id}/mitglieder")
async def add_member(page: MemberPage, organisation_id: str, form: CheckedForm) -> Response:
    """Add somebody to an own organisation, or change their role."""
    user, role = form.text("user"), form.text("role")
    if not user or role not in ROLES:
        faults = Faults()
        faults.add(f"user-{organisation_id}", page.say("Bitte geben Sie die Benutzerkennung der Person an."))
        return await _show(page, FormData({}), faults)
    body = {"user": user, "role": role} | ({"email": form.text("email")} if form.text("email") else {})
    await page.services.catalog.add_member(organisation_id, body, form_key(form))
    return page.go("/organisation", Flash("Die Person gehört jetzt zu Ihrer Organisation."))


@router.post("/organisation/{organisation_id}/mitglieder/entfernen")
async def remove_member(page: MemberPage, organisation_id: str, form: CheckedForm) -> Response:
    """Take somebody out of an own organisation."""
    await page.services.catalog.remove_member(organisation_id, form.text("user"))
    return page.go("/organisation", Flash("Die Person gehört nicht mehr zu Ihrer Organisation."))
