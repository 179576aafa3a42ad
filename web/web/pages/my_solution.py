"""`/meine-loesungen/{id}`: one own solution: its draft, where it stands, what the review found."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse, Response
from servicekit.clock import BERLIN

from web import checkup_view
from web.api.catalog import OwnSolution, Term
from web.api.checkup import Report, Run
from web.api.checkup_people import Sources
from web.api.problem import ApiProblem
from web.api.review import Case, Criteria
from web.checkup_progress import shown
from web.checkup_view import CheckupView
from web.flash import Flash
from web.forms.conflicts import TAKEN, conflicts
from web.forms.faults import Faults
from web.forms.listing import ListingForm, refused_fields
from web.page import CheckedForm, MemberPage, Page, form_key
from web.partly import Part, part
from web.solution_steps import steps_of

router = APIRouter()
WAITING = frozenset({"submitted", "in_review", "approved"})


@dataclass(frozen=True)
class OwnView:
    """Everything the page of an own solution shows."""

    solution: OwnSolution
    case: Case | None
    criteria: Part[Criteria]
    report: Part[Report]
    checkup: CheckupView | None
    sources: Part[Sources]
    run: Run | None
    mine: bool
    may_edit: bool

    @property
    def editable(self) -> bool:
        """True when the newest version may be changed, or a next one begun."""
        return self.may_edit and self.solution.working.state not in WAITING and self.solution.state != "suspended"

    @property
    def comes_back(self) -> bool:
        """True while confirming, or lifting the withdrawal, brings back what is offline."""
        last = self.solution.back_until
        return last is None or datetime.now(BERLIN).date() <= last

    @property
    def pressing(self) -> list[Term]:
        """What the newest version states and what has passed, or will within 60 days."""
        return [each for each in self.solution.terms if each.state != "valid"]

    @property
    def next_version(self) -> bool:
        """True when saving begins a new version beside the one that was decided."""
        return self.solution.working.state not in ("draft", "changes_requested")


async def _load(page: Page, solution_id: str) -> OwnView:
    services = page.services
    solution = await services.catalog.working(solution_id)
    cases, criteria, (report, checkup), sources, runs = await asyncio.gather(
        part(services.review.cases_of(solution.id)),
        part(services.review.criteria()),
        checkup_view.load(services.checkup, solution.id, solution.working.listing.fields_of_action),
        part(services.checkup_people.sources(solution.id)),
        part(services.checkup.runs(solution.id)),
    )
    case: Part[Case] = Part()
    if cases.value and cases.value.items:
        case = await part(services.review.case(cases.value.items[0].id))
    own = [each for each in page.memberships("provider") if each.organisation_id == solution.organisation_id]
    return OwnView(
        solution=solution,
        case=case.value,
        criteria=criteria,
        report=report,
        checkup=checkup,
        sources=sources,
        run=runs.value.items[0] if runs.value and runs.value.items else None,
        mine=bool(own),
        may_edit=any(each.role != "member" for each in own),
    )


def _show(
    page: Page,
    view: OwnView,
    *,
    form: ListingForm | None = None,
    faults: Faults | None = None,
    stale: bool = False,
    status: int = 200,
) -> HTMLResponse:
    return page.render(
        "my/solution.html",
        status=status,
        view=view,
        steps=steps_of(view.solution),
        form=form or ListingForm.of(page.container.profile, view.solution.working.listing),
        faults=faults or Faults(),
        stale=stale,
        shown=shown,
        conflicts=conflicts(form, view.solution.working.listing, page.locale.language) if stale and form else [],
    )


@router.get("/meine-loesungen/{solution_id}")
async def my_solution(page: MemberPage, solution_id: str) -> Response:
    """Show where the solution stands, and its form where it may be changed."""
    return _show(page, await _load(page, solution_id))


@router.post("/meine-loesungen/{solution_id}")
async def save(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Save the draft; submit it when that was asked for."""
    typed = ListingForm.read(page.container.profile, form)
    if taken := form.texts(TAKEN):
        stored = (await page.services.catalog.working(solution_id)).working.listing
        typed.take(taken, stored)
    submitting = form.text("aktion") == "einreichen"
    faults = typed.check(page.locale, complete=submitting)
    if faults:
        return _show(page, await _load(page, solution_id), form=typed, faults=faults, status=422)
    version = int(form.text("version")) if form.text("version").isdigit() else 0
    try:
        saved = await page.services.catalog.save_draft(solution_id, typed.listing(), version)
        if submitting:
            await page.services.catalog.submit(solution_id, form_key(form), saved.version)
    except ApiProblem as problem:
        if problem.status not in (409, 412, 422):
            raise
        faults = refused_fields(page.container.profile, problem.errors, page.locale)
        if not faults:
            faults.general.append(problem.text(page.locale.language))
        view = await _load(page, solution_id)
        return _show(page, view, form=typed, faults=faults, stale=problem.status == 412, status=problem.status)
    text = "Eingereicht. Das Marktplatz-Team prüft Ihre Lösung jetzt." if submitting else "Der Entwurf ist gespeichert."
    return page.go(f"/meine-loesungen/{solution_id}", Flash(text))


@router.post("/meine-loesungen/{solution_id}/autospeichern")
async def autosave(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """For the script: keep what was typed so far in the draft; says in words why that was not possible."""
    typed = ListingForm.read(page.container.profile, form)
    version = int(form.text("version")) if form.text("version").isdigit() else 0
    if typed.check(page.locale, complete=False):
        return JSONResponse({"text": page.say("Noch nicht gespeichert: Eine Angabe passt noch nicht.")}, 422)
    try:
        saved = await page.services.catalog.save_draft(solution_id, typed.listing(), version)
    except ApiProblem as problem:
        text = page.say("Nicht gespeichert: {why}", why=problem.title(page.locale.language))
        return JSONResponse({"text": text}, problem.status)
    clock = page.locale.moment(saved.updated_at or datetime.now(UTC)).rpartition(", ")[2]
    return JSONResponse({"version": saved.version, "text": page.say("Gespeichert um {clock}", clock=clock)})


@router.post("/meine-loesungen/{solution_id}/zurueckziehen")
async def withdraw(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Take the solution back: out of the review and off the marketplace."""
    if form.text("bestaetigt") != "ja":
        return page.render("my/withdraw.html", view=await _load(page, solution_id))
    await page.services.catalog.withdraw(solution_id, form.text("note") or None, form_key(form))
    return page.go(f"/meine-loesungen/{solution_id}", Flash("Ihre Lösung ist zurückgezogen."))


@router.post("/meine-loesungen/{solution_id}/bestaetigen")
async def confirm(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Stand by what is public; what expired is online again."""
    confirmed = await page.services.catalog.confirm(solution_id, form_key(form))
    text = page.say(
        "Danke. Die Angaben gelten bis zum {day} als bestätigt.", day=page.locale.day(confirmed.confirmed_until)
    )
    return page.go(f"/meine-loesungen/{solution_id}", Flash(text))


@router.post("/meine-loesungen/{solution_id}/wieder-veroeffentlichen")
async def republish(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Lift an own withdrawal."""
    await page.services.catalog.republish(solution_id, form_key(form))
    return page.go(f"/meine-loesungen/{solution_id}", Flash("Ihre Lösung ist wieder veröffentlicht."))
