"""`/einladung/<token>` and `/organisation/<id>/einladungen`: inviting colleagues, and coming with the link."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.invitations import Invitation
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.use import refused
from web.page import CheckedForm, MemberPage, Page, UserPage, form_key

router = APIRouter()
ROLES = frozenset({"member", "editor", "admin"})


@router.get("/einladung/{token}")
async def offer(page: UserPage, token: str) -> HTMLResponse:
    """Show what the link invites to; without a log-in it leads to one and back."""
    return await _offer(page, token)


@router.post("/einladung/{token}")
async def accept(page: UserPage, token: str, form: CheckedForm) -> Response:
    """Become a member."""
    try:
        await page.services.invitations.accept(token)
    except ApiProblem as problem:
        return await _offer(page, token, refused(problem, page.locale), status=problem.status)
    return page.go("/organisation", Flash("Willkommen. Sie gehören jetzt zur Organisation."))


@router.get("/organisation/{organisation_id}/einladungen")
async def invitations(page: MemberPage, organisation_id: str) -> HTMLResponse:
    """List pending invitations, with the form for a new one."""
    return await _list(page, organisation_id)


@router.post("/organisation/{organisation_id}/einladungen")
async def invite(page: MemberPage, organisation_id: str, form: CheckedForm) -> Response:
    """Invite somebody by e-mail."""
    email, role, faults = form.text("email"), form.text("role"), Faults()
    if "@" not in email or role not in ROLES:
        faults.add("email", page.say("Bitte geben Sie eine E-Mail-Adresse an."))
        return await _list(page, organisation_id, faults, email=email, role=role)
    try:
        await page.services.invitations.invite(organisation_id, {"email": email, "role": role}, form_key(form))
    except ApiProblem as problem:
        faults = refused(problem, page.locale)
        return await _list(page, organisation_id, faults, email=email, role=role, status=problem.status)
    return page.go(f"/organisation/{organisation_id}/einladungen", Flash("Die Einladung ist unterwegs."))


@router.post("/organisation/{organisation_id}/einladungen/{invitation_id}")
async def change(page: MemberPage, organisation_id: str, invitation_id: str, form: CheckedForm) -> Response:
    """Send a new link, or take the invitation back."""
    try:
        if form.text("aktion") == "erneut":
            await page.services.invitations.resend(organisation_id, invitation_id, form_key(form))
        elif form.text("aktion") == "zuruecknehmen":
            await page.services.invitations.revoke(organisation_id, invitation_id)
    except ApiProblem as problem:
        return await _list(page, organisation_id, refused(problem, page.locale), status=problem.status)
    return page.go(f"/organisation/{organisation_id}/einladungen", Flash("Erledigt."))


async def _offer(page: Page, token: str, faults: Faults | None = None, *, status: int = 422) -> HTMLResponse:
    found = None
    try:
        found = await page.services.invitations.look_up(token)
    except ApiProblem as problem:
        faults, status = faults or refused(problem, page.locale), problem.status
    return page.render(
        "invitations/offer.html",
        status=status if faults else 200,
        offer=found,
        token=token,
        faults=faults or Faults(),
    )


async def _list(
    page: Page,
    organisation_id: str,
    faults: Faults | None = None,
    *,
    email: str = "",
    role: str = "member",
    status: int = 422,
) -> HTMLResponse:
    pending: list[Invitation] = await page.services.invitations.of_organisation(organisation_id)
    held = page.me.memberships if page.me else []
    name = next((each.organisation_name for each in held if each.organisation_id == organisation_id), "")
    return page.render(
        "invitations/list.html",
        status=status if faults else 200,
        organisation_id=organisation_id,
        name=name,
        pending=pending,
        email=email,
        role=role,
        faults=faults or Faults(),
    )
