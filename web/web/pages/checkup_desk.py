"""`/team/checkup`: the team's part of the checkup: runs, checklist, verifying answers, answering contests."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from web import checkup_runs
from web.api.checkup_people import Check, Checklist, Sources, Trail
from web.api.problem import ApiProblem
from web.checkup_progress import shown
from web.checkup_runs import RunsView
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.manual_check import CheckForm, refused_findings
from web.page import CheckedForm, Page, TeamPage, form_key
from web.partly import Part, part

router = APIRouter()


@dataclass(frozen=True)
class DeskView:
    """Everything the desk shows about one solution; `own` when it belongs to the reader's organisation."""

    sources: Sources
    check: Check | None
    checklist: Checklist
    trail: Part[Trail]
    own: bool
    runs: RunsView


async def _load(page: Page, solution_id: str) -> DeskView:
    people = page.services.checkup_people
    sources = await people.sources(solution_id)
    check = await people.check(sources.open_check) if sources.open_check else None
    checklist, trail, runs = await asyncio.gather(
        people.checklist(check.checklist if check else None),
        part(people.trail(solution_id, page.request.query_params.get("cursor"))),
        checkup_runs.load(page.services.checkup, solution_id, page.request.query_params.get("raster", "")),
    )
    return DeskView(sources, check, checklist, trail, sources.audience == "provider", runs)


def _show(
    page: Page,
    view: DeskView,
    *,
    form: CheckForm | None = None,
    faults: Faults | None = None,
    kept: dict[str, str] | None = None,
    stale: bool = False,
    status: int = 200,
) -> Response:
    """Render the desk; `kept` are texts that were typed into a refused form, by field."""
    return page.render(
        "team/checkup.html",
        status=status,
        view=view,
        form=form or (CheckForm.of(view.check) if view.check else CheckForm()),
        faults=faults or Faults(),
        kept=kept or {},
        stale=stale,
        shown=shown,
    )


@router.get("/team/checkup")
async def waiting(page: TeamPage) -> Response:
    """Show the contests that wait for an answer."""
    return page.render("team/contests.html", found=await page.services.checkup_people.open_contests())


@router.get("/team/checkup/{solution_id}")
async def desk(page: TeamPage, solution_id: str) -> Response:
    """Show all sources of one solution, with the open checklist."""
    return _show(page, await _load(page, solution_id))


@router.post("/team/checkup/{solution_id}/pruefung")
async def check(page: TeamPage, solution_id: str, form: CheckedForm) -> Response:
    """Begin a check, save the open one, or complete it."""
    people, action = page.services.checkup_people, form.text("aktion")
    here = f"/team/checkup/{solution_id}#pruefliste"
    if action == "beginnen":
        await people.begin_check(solution_id, form_key(form))
        return page.go(here, Flash("Die Prüfung ist begonnen."))
    view = await _load(page, solution_id)
    if view.check is None:
        raise ApiProblem(409, "check-completed")
    typed = CheckForm.read(form, view.checklist)
    revision = int(form.text("revision")) if form.text("revision").isdigit() else 0
    try:
        saved = await people.save_check(view.check.id, typed.body(view.checklist), revision)
        if action == "abschliessen":
            await people.complete_check(view.check.id, saved.revision, form_key(form))
    except ApiProblem as problem:
        if problem.status not in (409, 412, 422):
            raise
        faults = refused_findings(problem.errors, page.locale)
        faults.general.insert(0, problem.text(page.locale.language))
        view = await _load(page, solution_id)
        return _show(page, view, form=typed, faults=faults, stale=problem.status == 412, status=problem.status)
    done = action == "abschliessen"
    return page.go(here, Flash("Die Prüfung ist abgeschlossen." if done else "Die Befunde sind gespeichert."))


@router.post("/team/checkup/{solution_id}/messung")
async def measure_anew(page: TeamPage, solution_id: str, form: CheckedForm) -> Response:
    """Have the repository measured again although its commit was measured lately."""
    return await _confirmed(page, solution_id, form, page.services.checkup.start_anew(solution_id, form_key(form)),
                            Flash("Die Messung ist eingeplant.", "info"))  # fmt: skip


@router.post("/team/checkup/{solution_id}/laeufe/{run_id}/abbrechen")
async def cancel(page: TeamPage, solution_id: str, run_id: str, form: CheckedForm) -> Response:
    """Call a run off, also while a worker is at it."""
    return await _confirmed(page, solution_id, form, page.services.checkup.cancel(run_id, form_key(form)),
                            Flash("Der Lauf ist abgebrochen.", "info"))  # fmt: skip


async def _confirmed(
    page: Page, solution_id: str, form: CheckedForm, step: Coroutine[Any, Any, None], done: Flash
) -> Response:
    """Take a step that was confirmed; what is in its way stands beside its button."""
    field = form.text("feld")
    faults, status = Faults(), 422
    if form.text("bestaetigt") != "ja":
        step.close()
        faults.add(field, page.locale.say("Bitte bestätigen Sie den Schritt."))
    else:
        try:
            await step
        except ApiProblem as problem:
            if problem.status not in (403, 409, 429):
                raise
            faults.add(field, problem.text(page.locale.language))
            status = problem.status
        else:
            return page.go(f"/team/checkup/{solution_id}#laeufe", done)
    return _show(page, await _load(page, solution_id), faults=faults, status=status)


@router.post("/team/checkup/{solution_id}/angabe")
async def verify(page: TeamPage, solution_id: str, form: CheckedForm) -> Response:
    """Confirm or refute one answer of the self-disclosure."""
    version = int(form.text("fassung")) if form.text("fassung").isdigit() else 0
    confirmed = form.text("aktion") == "bestaetigen"
    question = form.text("frage")
    here = f"/team/checkup/{solution_id}"
    try:
        await page.services.checkup_people.verify(
            solution_id, question, version=version, confirmed=confirmed, note=form.text(f"note-{question}")
        )
    except ApiProblem as problem:
        if problem.status not in (409, 422):
            raise
        faults = Faults()
        faults.add(f"note-{question}", problem.text(page.locale.language))
        kept = {f"note-{question}": form.text(f"note-{question}")}
        return _show(page, await _load(page, solution_id), faults=faults, kept=kept, status=problem.status)
    flash = Flash("Die Angabe ist bestätigt." if confirmed else "Die Angabe ist als nicht bestätigt vermerkt.")
    return page.go(f"{here}#feld-note-{question}", flash)


@router.post("/team/checkup/{solution_id}/anfechtung/{contest_id}")
async def answer(page: TeamPage, solution_id: str, contest_id: str, form: CheckedForm) -> Response:
    """Answer a contest."""
    decision = {"berichtigt": "corrected", "zaehlt-nicht": "excluded"}.get(form.text("aktion"), "rejected")
    try:
        await page.services.checkup_people.answer_contest(contest_id, decision, form.text("answer"), form_key(form))
    except ApiProblem as problem:
        if problem.status not in (409, 422):
            raise
        faults = Faults()
        faults.add(f"answer-{contest_id}", problem.text(page.locale.language))
        kept = {f"answer-{contest_id}": form.text("answer")}
        return _show(page, await _load(page, solution_id), faults=faults, kept=kept, status=problem.status)
    rejected = decision == "rejected"
    flash = Flash("Die Anfechtung ist abgelehnt." if rejected else "Die Anfechtung ist angenommen.")
    return page.go(f"/team/checkup/{solution_id}#anfechtungen", flash)
