"""`/anforderungen`: what a municipality demands of solutions, kept to compare and survey by."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.dossiers import Requirement
from web.api.problem import ApiProblem
from web.api.requirement_profiles import Profile
from web.flash import Flash
from web.forms import requirement as requirements_in
from web.forms.body import FormData
from web.forms.dossier import refused
from web.forms.faults import Faults
from web.forms.requirement import RequirementForm
from web.page import CheckedForm, MemberPage, NotAllowedError, Page, form_key

router = APIRouter()
PATH = "/anforderungen"
LONGEST_NAME = 200
REFUSALS = frozenset({400, 404, 409, 412, 422})


@router.get(PATH)
async def profiles(page: MemberPage) -> Response:
    """List them, by name."""
    return page.render("requirements/list.html", profiles=await page.services.requirement_profiles.all())


@router.get(PATH + "/neu")
async def begin(page: MemberPage) -> Response:
    """Show the form with the requirements of the address, or of a market survey."""
    params = page.request.query_params
    survey = params.get("markterkundung", "")[:100]
    return await _new(page, await _given(page, params.getlist(requirements_in.NAME), survey), survey)


@router.post(PATH + "/neu")
async def create(page: MemberPage, form: CheckedForm) -> Response:
    """Keep it."""
    survey, name = form.text("markterkundung"), form.text("name")
    given = await _given(page, form.texts(requirements_in.NAME), survey)
    typed = RequirementForm.read(form)
    faults = _check(page, name)
    if typed.wanted or not given:
        faults.fields |= typed.check(given, page.container.profile, page.locale).fields
    if not faults:
        try:
            made = await page.services.requirement_profiles.create(
                name, typed.added(given), organisation_id=form.text("organisation_id") or None, key=form_key(form)
            )
        except ApiProblem as problem:
            if problem.status not in REFUSALS:
                raise
            faults = refused(problem, page.locale)
        else:
            return page.go(f"{PATH}/{made.id}", Flash("Das Anforderungsprofil ist gespeichert."))
    return await _new(page, given, survey, name=name, typed=typed, faults=faults)


@router.get(PATH + "/{profile_id}")
async def profile(page: MemberPage, profile_id: str) -> Response:
    """Show it, to change for editors."""
    return _show(page, await page.services.requirement_profiles.get(profile_id))


@router.post(PATH + "/{profile_id}")
async def change(page: MemberPage, profile_id: str, form: CheckedForm) -> Response:
    """Do what the pressed button says, unless somebody else changed the profile meanwhile."""
    calls = page.services.requirement_profiles
    held = await calls.get(profile_id)
    action = form.text("aktion")
    version = int(form.text("version")) if form.text("version").isdigit() else 0
    name, wanted = _changed(held, action, form)
    faults = _check(page, name)
    typed = RequirementForm()
    if action == requirements_in.ADD:
        typed = RequirementForm.read(form)
        faults = typed.check(held.requirements, page.container.profile, page.locale)
    status = 422
    if not faults:
        try:
            if action == "loeschen":
                await calls.delete(profile_id, version=version)
                return page.go(PATH, Flash("Das Anforderungsprofil ist gelöscht."))
            await calls.edit(profile_id, name, wanted, version=version)
            return page.go(f"{PATH}/{profile_id}", Flash("Die Änderung ist gespeichert."))
        except ApiProblem as problem:
            if problem.status not in REFUSALS:
                raise
            faults, status = refused(problem, page.locale), problem.status
    return _show(page, await calls.get(profile_id), name, faults=faults, typed=typed, status=status)


def _changed(held: Profile, action: str, form: FormData) -> tuple[str, Sequence[Requirement]]:
    """Return name and requirements as the pressed button wants them."""
    match action:
        case "name":
            return form.text("name"), held.requirements
        case requirements_in.ADD:
            return held.name, RequirementForm.read(form).added(held.requirements)
        case "ohne_anforderung":
            return held.name, requirements_in.without(held.requirements, form.text("number"))
        case "loeschen":
            return held.name, held.requirements
    raise ApiProblem(400, "status-400")


async def _given(page: Page, in_address: Sequence[str], survey: str) -> list[Requirement]:
    """Return the requirements of a survey and of an address, those that ask the same only once."""
    kept = (await page.services.dossiers.get(survey)).criteria.requirements if survey else []
    return [*kept, *requirements_in.read(in_address)]


def _check(page: Page, name: str) -> Faults:
    faults = Faults()
    if not name:
        faults.add("name", page.say("Bitte geben Sie dem Anforderungsprofil einen Namen."))
    if len(name) > LONGEST_NAME:
        faults.add("name", page.say("Höchstens {n} Zeichen.", n=LONGEST_NAME))
    return faults


async def _new(
    page: Page,
    requirements: Sequence[Requirement],
    survey: str,
    *,
    name: str = "",
    typed: RequirementForm | None = None,
    faults: Faults | None = None,
) -> HTMLResponse:
    held = page.memberships("municipality", editing=True)
    if not held:
        raise NotAllowedError("die Redaktion und Verwaltung einer freigeschalteten Kommune")
    return page.render(
        "requirements/new.html",
        status=422 if faults else 200,
        name=name,
        requirements=requirements,
        survey=survey,
        written=[] if survey else [requirements_in.write(each) for each in requirements],
        municipalities=[(each.organisation_id, each.organisation_name) for each in held],
        options=requirements_in.options(page.container.profile, page.locale),
        typed=typed or RequirementForm(),
        faults=faults or Faults(),
        longest=LONGEST_NAME,
    )


def _show(
    page: Page,
    held: Profile,
    name: str | None = None,
    *,
    faults: Faults | None = None,
    typed: RequirementForm | None = None,
    status: int = 200,
) -> HTMLResponse:
    return page.render(
        "requirements/page.html",
        status=status,
        profile=held,
        name=held.name if name is None else name,
        options=requirements_in.options(page.container.profile, page.locale),
        typed=typed or RequirementForm(),
        faults=faults or Faults(),
        longest=LONGEST_NAME,
    )
