"""`/pruefung/{case_id}`: judging a submission criterion by criterion, with the checkup beside it."""

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.checkup import Report
from web.api.checkup_people import Sources
from web.api.problem import ApiProblem
from web.api.review import Case, Criteria
from web.flash import Flash
from web.forms.body import FormData
from web.forms.faults import Faults
from web.forms.review import ReviewForm
from web.page import CheckedForm, Page, ReviewerPage, form_key
from web.partly import Part, part

router = APIRouter()


@dataclass(frozen=True)
class CaseView:
    """A case with the criteria it is judged by and its checkup."""

    case: Case
    criteria: Criteria
    report: Part[Report]
    sources: Part[Sources]

    @property
    def judging(self) -> bool:
        """True when it is the team's turn and this reviewer may judge."""
        return self.case.state == "open" and not self.case.own_organisation


async def _load(page: Page, case_id: str) -> CaseView:
    case = await page.services.review.case(case_id)
    own = {each.organisation_id for each in page.me.memberships} if page.me else set()
    case = case.model_copy(update={"own_organisation": case.own_organisation or case.organisation_id in own})
    criteria, report, sources = await asyncio.gather(
        page.services.review.criteria(case.criteria_version or None),
        part(page.services.checkup.report(case.solution_id)),
        part(page.services.checkup_people.sources(case.solution_id)),
    )
    return CaseView(case, criteria, report, sources)


def _show(
    page: Page, view: CaseView, *, form: ReviewForm | None = None, faults: Faults | None = None, status: int = 200
) -> HTMLResponse:
    return page.render(
        "review/case.html",
        status=status,
        view=view,
        form=form or ReviewForm.of(view.case),
        faults=faults or Faults(),
    )


@router.get("/pruefung/{case_id}")
async def case(page: ReviewerPage, case_id: str) -> Response:
    """Show the listing under review, its findings so far, its checkup and its history."""
    return _show(page, await _load(page, case_id))


@router.post("/pruefung/{case_id}")
async def judge(page: ReviewerPage, case_id: str, form: CheckedForm) -> Response:
    """Save the findings, and take the step whose button was pressed."""
    view = await _load(page, case_id)
    typed = ReviewForm.read(form, view.criteria)
    action = form.text("aktion")
    faults = _faults(page, view, typed, action)
    if faults:
        return _show(page, view, form=typed, faults=faults, status=422)
    if action == "ablehnen" and form.text("bestaetigt") != "ja":
        return page.render("review/reject.html", view=view, form=typed, typed=_kept(form))
    try:
        flash = await _take(page, view, typed, action, form)
    except ApiProblem as problem:
        if problem.status not in (403, 409, 412, 422):
            raise
        faults.general.append(problem.text(page.locale.language))
        if problem.status == 412:
            view = await _load(page, case_id)
        return _show(page, view, form=typed, faults=faults, status=problem.status)
    done = action in ("freigeben", "ablehnen", "aendern")
    return page.go("/pruefung" if done else f"/pruefung/{case_id}", flash)


async def _take(page: Page, view: CaseView, typed: ReviewForm, action: str, form: FormData) -> Flash:
    review, case_id, key = page.services.review, view.case.id, form_key(form)
    findings = typed.findings(view.criteria)
    revision = int(form.text("revision")) if form.text("revision").isdigit() else view.case.revision
    if action == "aendern":
        await review.request_changes(case_id, typed.message, findings, revision=revision, key=key)
        return Flash("Die Änderungswünsche sind beim Anbieter.")
    if action in ("freigeben", "ablehnen"):
        decision = "approved" if action == "freigeben" else "rejected"
        await review.decide(case_id, decision, typed.message, findings, revision=revision, key=key)
        return Flash("Freigegeben. Die Lösung wird veröffentlicht." if action == "freigeben" else "Abgelehnt.")
    await review.save_findings(case_id, findings, revision)
    return Flash("Die Befunde sind gespeichert.")


def _faults(page: Page, view: CaseView, typed: ReviewForm, action: str) -> Faults:
    """What keeps the pressed button from doing its work."""
    faults = Faults()
    for criterion in typed.lost_words(view.criteria):
        faults.add(f"result-{criterion.id}", page.say("Bitte wählen Sie zum Befund auch ein Ergebnis."))
    if action in ("freigeben", "ablehnen"):
        for criterion in typed.unjudged(view.criteria):
            faults.add(f"result-{criterion.id}", page.say("Für eine Entscheidung fehlt hier das Ergebnis."))
    if action == "freigeben":
        for criterion in view.criteria.of_kind("mandatory"):
            if typed.judgement(criterion).result in ("needs_work", "fail"):
                faults.add(
                    f"result-{criterion.id}",
                    page.say("Freigeben geht nur, wenn diese Bedingung erfüllt ist. Sonst bitten Sie um Änderungen."),
                )
    if action in ("aendern", "ablehnen") and not typed.message:
        faults.add("message", page.say("Bitte schreiben Sie dem Anbieter, worum es geht."))
    return faults


def _kept(form: FormData) -> list[tuple[str, str]]:
    """The typed form as hidden fields, for the page that asks for confirmation."""
    left_out = {"csrf", "aktion", "bestaetigt"}
    return [(name, value) for name, values in form.values.items() if name not in left_out for value in values]
