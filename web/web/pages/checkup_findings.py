"""`/meine-loesungen/{id}/befunde`: what was found about an own solution, and how the provider answers it."""

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from web.api.catalog import OwnSolution
from web.api.checkup import Report
from web.api.checkup_people import Sources, Trail
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.page import CheckedForm, MemberPage, Page, form_key
from web.partly import Part, part

router = APIRouter()
KINDS = ("metric", "manual", "contradiction")


@dataclass(frozen=True)
class FindingsView:
    """Everything the page shows."""

    solution: OwnSolution
    sources: Sources
    report: Part[Report]
    trail: Part[Trail]
    may_edit: bool

    def title_of(self, kind: str, finding: str, english: bool) -> str | None:
        """What a finding is called; None when there is none such now."""
        if kind == "contradiction":
            rule = next((each for each in self.sources.contradictions if each.rule == finding), None)
            return (rule.text_en if english else rule.text_de) if rule else None
        if kind == "manual":
            found = self.sources.check.findings if self.sources.check else []
            item = next((each for each in found if each.item == finding), None)
            return (item.text_en if english else item.text_de) if item else None
        dimensions = self.report.value.dimensions if self.report.value else []
        metric = next((each for one in dimensions for each in one.metrics if each.id == finding), None)
        return f"{metric.id} {metric.title_en if english else metric.title_de}" if metric else None


async def _load(page: Page, solution_id: str) -> FindingsView:
    services = page.services
    solution, sources = await asyncio.gather(
        services.catalog.working(solution_id), services.checkup_people.sources(solution_id)
    )
    report, trail = await asyncio.gather(
        part(services.checkup.report(solution_id)),
        part(services.checkup_people.trail(solution_id, page.request.query_params.get("cursor"))),
    )
    editing = {each.organisation_id for each in page.memberships("provider", editing=True)}
    return FindingsView(solution, sources, report, trail, solution.organisation_id in editing)


@router.get("/meine-loesungen/{solution_id}/befunde")
async def findings(page: MemberPage, solution_id: str) -> Response:
    """Show contradictions, the team's findings, contests and the audit trail."""
    return page.render("my/checkup_findings.html", view=await _load(page, solution_id))


@router.get("/meine-loesungen/{solution_id}/anfechtung")
async def contest_form(page: MemberPage, solution_id: str, art: str = "", befund: str = "") -> Response:
    """Show the form that contests one finding."""
    view = await _load(page, solution_id)
    title = view.title_of(art, befund, page.locale.language == "en") if art in KINDS else None
    if title is None:
        raise ApiProblem(404, "finding-not-found")
    return page.render("my/contest.html", view=view, title=title, kind=art, finding=befund, reason="", faults=Faults())


@router.post("/meine-loesungen/{solution_id}/anfechtung")
async def contest(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Contest a finding."""
    kind, finding, reason = form.text("art"), form.text("befund"), form.text("reason")
    try:
        await page.services.checkup_people.contest(solution_id, kind, finding, reason, form_key(form))
    except ApiProblem as problem:
        if problem.status not in (403, 409, 422):
            raise
        faults = Faults()
        faults.add("reason", problem.text(page.locale.language))
        view = await _load(page, solution_id)
        title = view.title_of(kind, finding, page.locale.language == "en") or finding
        return page.render(
            "my/contest.html",
            status=problem.status,
            view=view,
            title=title,
            kind=kind,
            finding=finding,
            reason=reason,
            faults=faults,
        )
    flash = Flash("Ihre Anfechtung ist beim Marktplatz-Team.")
    return page.go(f"/meine-loesungen/{solution_id}/befunde#anfechtungen", flash)


@router.post("/meine-loesungen/{solution_id}/anfechtung/{contest_id}/zuruecknehmen")
async def withdraw(page: MemberPage, solution_id: str, contest_id: str, form: CheckedForm) -> Response:
    """Take a contest back."""
    await page.services.checkup_people.withdraw_contest(contest_id, form_key(form))
    flash = Flash("Ihre Anfechtung ist zurückgenommen.")
    return page.go(f"/meine-loesungen/{solution_id}/befunde#anfechtungen", flash)
