"""`/meine-loesungen/{id}/publiccode`: take a publiccode.yml over, take it away, see where both part."""

import asyncio
import json
from typing import Any

from contracts.profile.questionnaire import Questionnaire
from contracts.profile.showing import texts_of
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.catalog import Listing
from web.api.problem import ApiProblem
from web.api.publiccode import Answered, Preview
from web.flash import Flash
from web.forms.body import FormData
from web.forms.faults import Faults
from web.forms.listing import ListingForm, refused_fields
from web.page import CheckedForm, CheckedUpload, MemberPage, Page

router = APIRouter()
VALUE = "wert."


@router.get("/meine-loesungen/neu/publiccode")
async def begin(page: MemberPage) -> Response:
    """Ask for the file that a new solution begins with."""
    return page.render("my/publiccode_new.html", url="", faults=Faults())


@router.post("/meine-loesungen/neu/publiccode")
async def begin_with(page: MemberPage, sent: CheckedUpload) -> Response:
    """Show the form of a new solution, filled in with what the file says; nothing is saved yet."""
    form, content = sent
    try:
        preview, faults = await _previewed(page, None, form, content)
    except ApiProblem as problem:
        preview, faults = None, _of_problem(page, problem)
    if preview is None:
        return page.render("my/publiccode_new.html", status=422, url=form.text("url"), faults=faults)
    providers = page.memberships("provider", editing=True)
    if not providers:
        return page.render("my/no_provider.html", status=403)
    return page.render(
        "my/new.html",
        providers=providers,
        form=ListingForm.of(page.container.profile, _listing(page.container.profile, preview)),
        organisation_id=providers[0].organisation_id,
        faults=Faults(),
        preview=preview,
    )


@router.get("/meine-loesungen/{solution_id}/publiccode")
async def standing(page: MemberPage, solution_id: str) -> Response:
    """Show what can be done, what is missing for an export, and where the repository's file differs."""
    return await _show(page, solution_id)


@router.post("/meine-loesungen/{solution_id}/publiccode")
async def preview(page: MemberPage, solution_id: str, sent: CheckedUpload) -> Response:
    """Show what a file says beside the draft."""
    form, content = sent
    try:
        preview, faults = await _previewed(page, solution_id, form, content)
    except ApiProblem as problem:
        preview, faults = None, _of_problem(page, problem)
    if preview is None:
        return await _show(page, solution_id, url=form.text("url"), faults=faults, status=422)
    solution = await page.services.catalog.working(solution_id)
    return page.render(
        "my/publiccode_preview.html", solution=solution, preview=preview, rows=_rows(page, preview.fields)
    )


@router.post("/meine-loesungen/{solution_id}/publiccode/uebernehmen")
async def take_over(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Keep the chosen answers in the draft."""
    answers = _chosen(form)
    if not answers:
        faults = Faults()
        faults.general.append(page.say("Wählen Sie mindestens eine Angabe aus."))
        return await _show(page, solution_id, faults=faults, status=422)
    version = int(form.text("version")) if form.text("version").isdigit() else 0
    try:
        await page.services.publiccode.take_over(solution_id, answers, version)
    except ApiProblem as problem:
        if problem.status not in (409, 412, 422):
            raise
        faults = refused_fields(page.container.profile, problem.errors, page.locale)
        if not faults:
            faults.general.append(problem.text(page.locale.language))
        return await _show(page, solution_id, faults=faults, status=problem.status)
    return page.go(f"/meine-loesungen/{solution_id}", Flash("Die Angaben stehen jetzt im Entwurf."))


@router.post("/meine-loesungen/{solution_id}/publiccode/abgleich")
async def compare(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Compare with the repository now."""
    await page.services.publiccode.compare(solution_id)
    return page.go(f"/meine-loesungen/{solution_id}/publiccode#abgleich", Flash("Der Abgleich ist fertig."))


async def _show(
    page: Page, solution_id: str, *, url: str = "", faults: Faults | None = None, status: int = 200
) -> HTMLResponse:
    solution, found = await asyncio.gather(
        page.services.catalog.working(solution_id), page.services.publiccode.standing(solution_id)
    )
    return page.render(
        "my/publiccode.html",
        status=status,
        solution=solution,
        standing=found,
        profile=page.container.profile,
        rows=_rows(page, found.drift.differences) if found.drift else [],
        url=url or solution.working.listing.repository_url or "",
        faults=faults or Faults(),
        may_edit=any(
            each.organisation_id == solution.organisation_id for each in page.memberships("provider", editing=True)
        ),
    )


async def _previewed(
    page: Page, solution_id: str | None, form: FormData, content: bytes | None
) -> tuple[Preview | None, Faults]:
    """The preview, or what was not filled in."""
    faults = Faults()
    if content is None and not form.text("url"):
        faults.add("url", page.say("Wählen Sie eine Datei, oder nennen Sie die Adresse des Repositorys."))
        return None, faults
    return await page.services.publiccode.preview(solution_id, content=content, url=form.text("url")), faults


def _of_problem(page: Page, problem: ApiProblem) -> Faults:
    """Why a repository's file could not be read; other refusals are pages of their own."""
    if problem.slug != "publiccode-not-fetched":
        raise problem
    faults = Faults()
    given = page.locale.language == "de" and next((each.message for each in problem.errors), None)
    faults.add("url", given or problem.text(page.locale.language))
    return faults


def _rows(page: Page, fields: list[Answered]) -> list[dict[str, Any]]:
    """Each answer in words with what a form sends back; questions that this version does not know are left out."""
    profile, language = page.container.profile, page.locale.language
    return [
        {
            "question": profile.by_id[each.question],
            "label": profile.by_id[each.question].title(language),
            "field": each,
            "present": _texts(profile, each.question, each.present, page),
            "incoming": _texts(profile, each.question, each.incoming, page),
            "name": f"{VALUE}{each.question}",
            "value": json.dumps(each.incoming, ensure_ascii=False),
        }
        for each in fields
        if each.question in profile.by_id
    ]


def _texts(profile: Questionnaire, question: str, answer: Any, page: Page) -> tuple[str, ...]:
    return () if answer in (None, "", []) else texts_of(profile.by_id[question], answer, page.locale.language)


def _chosen(form: FormData) -> dict[str, Any]:
    """The answers of the questions that were ticked; what does not come from one of our forms is left out."""
    answers: dict[str, Any] = {}
    for question in form.texts("frage"):
        try:
            answers[question] = json.loads(form.text(f"{VALUE}{question}"))
        except ValueError:
            continue
    return answers


def _listing(profile: Questionnaire, preview: Preview) -> Listing:
    typed: dict[str, Any] = {"kind": "software"}
    answers: dict[str, Any] = {}
    for each in preview.fields:
        if question := profile.by_id.get(each.question):
            (typed if question.typed else answers)[each.question] = each.incoming
    return Listing.model_validate({**typed, "answers": answers})
