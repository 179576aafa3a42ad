"""`/organisation`: joining the marketplace as a provider or a municipality, and who belongs to the organisation."""

import asyncio
from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.catalog import OnboardingTerms, Organisation
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.body import FormData
from web.forms.faults import Faults
from web.forms.organisation import OrganisationForm, check_facts, refused
from web.page import CheckedForm, MemberPage, Page, form_key
from web.partly import part

router = APIRouter()
ROLES = frozenset({"member", "editor", "admin"})
LEAVING = frozenset({"last-admin", "organisation-not-onboarded", "member-not-found"})
"""Why somebody cannot leave now."""


@router.get("/organisation")
async def organisation(page: MemberPage) -> Response:
    """Show the own organisations with their members, and the form to join."""
    return await show(page, OrganisationForm(), Faults())


async def show(
    page: Page, typed: OrganisationForm, faults: Faults, *, adding: FormData | None = None, status: int = 422
) -> HTMLResponse:
    """Show the page with what was typed into the form to join, or to add somebody, and what is wrong with it."""
    held = {each.organisation_id: each for each in page.me.memberships} if page.me else {}
    own = await _own_of_team(page, held) if page.is_team else (await page.services.catalog.organisations()).items
    return page.render(
        "organisation.html",
        status=status if faults else 200,
        own=own,
        held=held,
        typed=typed,
        adding=adding or FormData({}),
        member_faults=faults if adding else Faults(),
        faults=Faults() if adding else faults,
        terms=await terms_of(page),
    )


async def terms_of(page: Page) -> OnboardingTerms:
    """Return what is said about the proof of mandate; nothing while the catalog does not answer."""
    return (await part(page.services.catalog.onboarding_terms())).value or OnboardingTerms()


async def _own_of_team(page: Page, held: Iterable[str]) -> list[Organisation]:
    """Return the own organisations of somebody to whom the catalog would list all of them."""
    catalog = page.services.catalog
    own = await asyncio.gather(*(catalog.organisation(each) for each in held))
    asked = await asyncio.gather(*(catalog.organisations(state=state, limit=100) for state in ("requested", "refused")))
    known = {each.id for each in own}
    return own + [each for found in asked for each in found.items if each.id not in known and _asked_by(each, page)]


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
        return await show(page, OrganisationForm(), faults, adding=form)
    body = {"user": user, "role": role} | ({"email": form.text("email")} if form.text("email") else {})
    done = Flash(
        "Die Rolle ist geändert." if form.text("bekannt") else "Die Person gehört jetzt zu Ihrer Organisation."
    )
    try:
        await page.services.catalog.add_member(organisation_id, body, form_key(form))
    except ApiProblem as problem:
        if problem.status not in (409, 422):
            raise
        told = Faults(general=[problem.text(page.locale.language)])
        return await show(page, OrganisationForm(), told, adding=form, status=problem.status)
    return page.go("/organisation", done)


@router.post("/organisation/{organisation_id}/mitglieder/entfernen")
async def remove_member(page: MemberPage, organisation_id: str, form: CheckedForm) -> Response:
    """Take somebody out of an own organisation."""
    await page.services.catalog.remove_member(organisation_id, form.text("user"))
    return page.go("/organisation", Flash("Die Person gehört nicht mehr zu Ihrer Organisation."))


@router.get("/organisation/{organisation_id}/bearbeiten")
async def edit_form(page: MemberPage, organisation_id: str) -> HTMLResponse:
    """Show what everybody reads about an own organisation, to change it."""
    held = await page.services.catalog.organisation(organisation_id)
    return _edit(page, held, OrganisationForm.of(held), Faults(), str(held.version))


@router.post("/organisation/{organisation_id}/bearbeiten")
async def edit(page: MemberPage, organisation_id: str, form: CheckedForm) -> Response:
    """Change it."""
    typed, version, faults = OrganisationForm.read(form), form.text("version"), Faults()
    stale = False
    facts = {"name": typed.name, "website_url": typed.website_url, "description": typed.description}
    check_facts(faults, page.locale, **facts)
    if not faults:
        body = {name: text or None for name, text in {**facts, "size_class": typed.size_class}.items()}
        try:
            number = int(version) if version.isdecimal() else 0
            await page.services.catalog.edit_organisation(organisation_id, body, number)
        except ApiProblem as problem:
            faults, stale = refused(problem, page.locale), problem.status == 412
    if faults:
        held = await page.services.catalog.organisation(organisation_id)
        return _edit(page, held, typed, faults, str(held.version) if stale else version, stale=stale)
    return page.go("/organisation", Flash("Die Angaben sind gespeichert. Ein neuer Name erscheint bald überall."))


def _edit(
    page: Page, held: Organisation, typed: OrganisationForm, faults: Faults, version: str, *, stale: bool = False
) -> HTMLResponse:
    return page.render(
        "organisations/edit.html",
        status=412 if stale else 422 if faults else 200,
        organisation=held,
        typed=typed,
        faults=faults,
        version=version,
        stale=stale,
    )


@router.get("/organisation/{organisation_id}/verlassen")
async def leave_form(page: MemberPage, organisation_id: str) -> HTMLResponse:
    """Ask whether somebody really wants to leave."""
    return await _leave(page, organisation_id, Faults())


@router.post("/organisation/{organisation_id}/verlassen")
async def leave(page: MemberPage, organisation_id: str, form: CheckedForm) -> Response:
    """Leave; the last admin names another one first."""
    try:
        await page.services.catalog.remove_member(organisation_id, page.require_login().sub)
    except ApiProblem as problem:
        if problem.slug not in LEAVING:
            raise
        return await _leave(page, organisation_id, Faults(general=[problem.text(page.locale.language)]))
    return page.go("/organisation", Flash("Sie gehören nicht mehr zu dieser Organisation."))


async def _leave(page: Page, organisation_id: str, faults: Faults) -> HTMLResponse:
    held = await page.services.catalog.organisation(organisation_id)
    status = 422 if faults else 200
    return page.render("organisations/leave.html", status=status, organisation=held, faults=faults)
