"""`/meine-loesungen`: a provider's solutions with their states, and the form for a new one."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.catalog import Membership
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.listing import ASKED, ListingForm, refused_fields
from web.page import CheckedForm, MemberPage, Page, UserPage, form_key

router = APIRouter()


@router.get("/meine-loesungen")
async def my_solutions(page: MemberPage, anbieter: str = "", cursor: str = "") -> Response:
    """List the solutions of every provider the user belongs to, or a later page of those of one."""
    held = page.memberships("provider")
    later = [each for each in held if each.organisation_id == anbieter] if cursor else []
    providers = later or held
    own = page.services.catalog.own_solutions
    after = cursor if later else None
    pages = await asyncio.gather(*(own(each.organisation_id, after) for each in providers))
    return page.render(
        "my/list.html",
        groups=list(zip(providers, pages, strict=True)),
        editing=page.memberships("provider", editing=True),
        later=bool(later),
    )


@router.get("/meine-loesungen/neu")
async def new_solution(page: MemberPage) -> Response:
    """Show the empty form, or what is missing before somebody may fill it in."""
    providers = page.memberships("provider", editing=True)
    if not providers:
        return page.render("my/no_provider.html", status=403)
    return _form(page, providers, ListingForm.empty(page.container.profile), providers[0].organisation_id)


@router.post("/meine-loesungen/neu")
async def create(page: MemberPage, form: CheckedForm) -> Response:
    """Save the first draft; submit it at once when that was asked for."""
    typed = ListingForm.read(page.container.profile, form)
    providers = page.memberships("provider", editing=True)
    organisation_id = form.text("organisation_id") or (providers[0].organisation_id if providers else "")
    submitting = form.text("aktion") == "einreichen"
    faults = typed.check(page.locale, complete=submitting)
    if faults:
        return _form(page, providers, typed, organisation_id, faults)
    try:
        made = await page.services.catalog.create_solution(organisation_id, typed.listing(), form_key(form))
    except ApiProblem as problem:
        if problem.status not in (403, 409, 422):
            raise
        faults = refused_fields(page.container.profile, problem.errors, page.locale)
        if not faults:
            faults.general.append(problem.text(page.locale.language))
        return _form(page, providers, typed, organisation_id, faults)
    address = f"/meine-loesungen/{made.id}"
    if not submitting:
        return page.go(address, Flash("Der Entwurf ist gespeichert."))
    await page.services.catalog.submit(made.id, form_key(form))
    return page.go(address, Flash("Eingereicht. Das Marktplatz-Team prüft Ihre Lösung jetzt."))


@router.post("/meine-loesungen/formular")
async def conditional_questions(page: UserPage, form: CheckedForm) -> Response:
    """For htmx: the questions that what was just typed brings up or makes pointless; nothing is saved."""
    profile = page.container.profile
    typed = ListingForm.read(profile, form)
    shown = set(form.texts(ASKED))
    changed = [each for each in profile.questions if each.conditional and typed.asks(each) is not (each.id in shown)]
    return page.render("my/conditional.html", form=typed, changed=changed, faults=Faults())


def _form(
    page: Page, providers: list[Membership], form: ListingForm, organisation_id: str, faults: Faults | None = None
) -> HTMLResponse:
    return page.render(
        "my/new.html",
        status=422 if faults else 200,
        providers=providers,
        form=form,
        organisation_id=organisation_id,
        faults=faults or Faults(),
    )
