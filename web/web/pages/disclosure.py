"""`/meine-loesungen/{id}/selbstauskunft`: what the provider declares about a solution, question by question."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.catalog import OwnSolution
from web.api.checkup_people import Draft, Questionnaire
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.body import FormData
from web.forms.disclosure import DisclosureForm, refused_answers
from web.forms.faults import Faults
from web.page import CheckedForm, MemberPage, Page, form_key

router = APIRouter()
OWN_AUTOSAVE = timedelta(seconds=30)
"""A form that follows an automatic saving by the same person within this time is not taken for a conflict."""


@dataclass(frozen=True)
class DisclosureView:
    """Everything the form shows."""

    solution: OwnSolution
    questionnaire: Questionnaire
    draft: Draft
    may_edit: bool


async def _load(page: Page, solution_id: str) -> DisclosureView:
    services = page.services
    solution, questionnaire, draft = await asyncio.gather(
        services.catalog.working(solution_id),
        services.checkup_people.questionnaire(),
        services.checkup_people.draft(solution_id),
    )
    editing = {each.organisation_id for each in page.memberships("provider", editing=True)}
    return DisclosureView(solution, questionnaire, draft, solution.organisation_id in editing)


def _show(
    page: Page,
    view: DisclosureView,
    *,
    form: DisclosureForm | None = None,
    faults: Faults | None = None,
    stale: bool = False,
    status: int = 200,
) -> HTMLResponse:
    return page.render(
        "my/disclosure.html",
        status=status,
        view=view,
        form=form or DisclosureForm.of(view.draft, page.locale),
        faults=faults or Faults(),
        stale=stale,
        changed_topics=[],
    )


@router.get("/meine-loesungen/{solution_id}/selbstauskunft")
async def disclosure(page: MemberPage, solution_id: str) -> Response:
    """Show the draft, or what is published as the beginning of one."""
    return _show(page, await _load(page, solution_id))


@router.post("/meine-loesungen/{solution_id}/selbstauskunft")
async def save(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Save the draft; publish it when that was asked for. Scripts save while somebody types and get pieces back."""
    people = page.services.checkup_people
    questionnaire = await people.questionnaire()
    typed = DisclosureForm.read(form, questionnaire)
    if page.partial:
        return await _autosave(page, solution_id, form, typed, questionnaire)
    publishing = form.text("aktion") == "veroeffentlichen"
    try:
        saved = await _saved(page, solution_id, form, typed.body(questionnaire))
        if publishing and not saved.missing:
            await people.publish(solution_id, saved.revision, form_key(form))
    except ApiProblem as problem:
        if problem.status not in (403, 409, 412, 422, 429):
            raise
        faults = refused_answers(problem.errors, page.locale)
        faults.general.insert(0, problem.text(page.locale.language))
        view = await _load(page, solution_id)
        return _show(page, view, form=typed, faults=faults, stale=problem.status == 412, status=problem.status)
    if publishing and saved.missing:
        faults = Faults()
        for question in saved.missing:
            faults.add(f"a-{question}", page.say("Bitte beantworten Sie diese Frage."))
        return _show(page, await _load(page, solution_id), faults=faults, status=422)
    if publishing:
        return page.go(
            f"/meine-loesungen/{solution_id}/selbstauskunft", Flash("Die Selbstauskunft ist veröffentlicht.")
        )
    fresh = set(saved.asked) - set(typed.shown)
    if saved.dropped:
        flash = Flash("Gespeichert. Antworten auf Fragen, die nun entfallen, wurden entfernt.", "info")
    elif fresh:
        flash = Flash("Gespeichert. Aus Ihren Antworten ergeben sich weitere Fragen.", "info")
    else:
        flash = Flash("Der Entwurf der Selbstauskunft ist gespeichert.")
    return page.go(f"/meine-loesungen/{solution_id}/selbstauskunft", flash)


@router.get("/meine-loesungen/{solution_id}/selbstauskunft/{number}")
async def edition(page: MemberPage, solution_id: str, number: int) -> Response:
    """Show one published version as it was."""
    view = await _load(page, solution_id)
    held = await page.services.checkup_people.edition(solution_id, number)
    questionnaire = await page.services.checkup_people.questionnaire(held.questionnaire)
    return page.render("my/disclosure_version.html", view=view, edition=held, questionnaire=questionnaire)


async def _saved(page: Page, solution_id: str, form: FormData, body: dict[str, object]) -> Draft:
    """Save under the revision the form was made of, or of an own automatic saving that overtook it."""
    people = page.services.checkup_people
    revision = int(form.text("version")) if form.text("version").isdigit() else 0
    try:
        return await people.save_draft(solution_id, body, revision)
    except ApiProblem as problem:
        if problem.status != 412:
            raise
        held = await people.draft(solution_id)
        own = held.saved_by_you and held.saved_at is not None and datetime.now(UTC) - held.saved_at < OWN_AUTOSAVE
        if not own or held.revision != revision + 1:
            raise
        return await people.save_draft(solution_id, body, held.revision)


async def _autosave(
    page: Page, solution_id: str, form: FormData, typed: DisclosureForm, questionnaire: Questionnaire
) -> Response:
    """Save, and answer with the new revision and those topics whose questions are others now."""
    revision = int(form.text("version")) if form.text("version").isdigit() else 0
    try:
        saved = await page.services.checkup_people.save_draft(solution_id, typed.body(questionnaire), revision)
    except ApiProblem as problem:
        if problem.status not in (403, 409, 412, 422):
            raise
        faults = refused_answers(problem.errors, page.locale)
        words = [problem.text(page.locale.language), *dict.fromkeys(faults.fields.values())]
        return page.render("my/disclosure_saved.html", draft=None, refused=" ".join(words), topics=[])
    different = set(saved.asked) ^ set(typed.shown)
    topics = [each for each in questionnaire.topics if any(
        question.id in different for question in questionnaire.questions if question.topic == each.id)]  # fmt: skip
    return page.render(
        "my/disclosure_saved.html",
        draft=saved,
        refused="",
        topics=topics,
        view=None,
        questionnaire=questionnaire,
        form=replace(typed, shown=tuple(saved.asked)),
        faults=Faults(),
    )
