"""`/markterkundungen`: market surveys of a municipality."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from servicekit.clock import BERLIN

from web.api.dossiers import AskedProvider, Criteria, Dossier, Requirement
from web.api.problem import ApiProblem
from web.api.search import Hit
from web.flash import Flash
from web.forms import requirement as requirements_in
from web.forms.dossier import CandidateForm, ConclusionForm, DossierForm, refused
from web.forms.faults import Faults
from web.forms.inquiry import InquiryForm
from web.forms.requirement import RequirementForm
from web.forms.saved_search import filter_labels
from web.naming import named
from web.page import CheckedForm, MemberPage, NotAllowedError, Page, form_key
from web.pages import dossier_actions
from web.partly import part
from web.search_query import SearchQuery

router = APIRouter()
PATH = "/markterkundungen"
MOST = 100
PAGE_SIZE = 50
KINDS = frozenset({"pdf", "ods", "csv", "json"})
REFUSALS = frozenset({400, 404, 409, 412, 422})


@dataclass(frozen=True)
class Typed:
    """What was typed into one of the forms of the page, to be shown again."""

    form: DossierForm | None = None
    demanding: RequirementForm = field(default_factory=RequirementForm)
    said: CandidateForm = field(default_factory=CandidateForm)
    asking: InquiryForm = field(default_factory=InquiryForm)
    adding: str = ""
    concluding: ConclusionForm = field(default_factory=ConclusionForm)


@router.get(PATH)
async def surveys(page: MemberPage) -> Response:
    """List them, newest first."""
    found = await page.services.dossiers.all(page.request.query_params.get("cursor"))
    return page.render("dossiers/list.html", found=found, later="cursor" in page.request.query_params)


@router.get(PATH + "/neu")
async def begin(page: MemberPage) -> Response:
    """Show the form, with what the search in the address finds, or the solutions that it names."""
    _require_editor(page)
    return await _new(page, SearchQuery.of(page.request.query_params), _named(page), DossierForm())


@router.post(PATH + "/neu")
async def create(page: MemberPage, form: CheckedForm) -> Response:
    """Begin it with the chosen solutions."""
    typed = DossierForm.read(form)
    faults = typed.check(page.locale)
    query = SearchQuery.of(page.request.query_params)
    chosen = form.texts("loesung")
    if not faults:
        try:
            requirements = await _demanded(page, form.text("anforderungen"))
            filters = {facet: list(values) for facet, values in query.filters.items()}
            criteria = Criteria(query=query.q, filters=filters, requirements=requirements).as_body()
            body: dict[str, Any] = {
                "title": typed.title,
                "need": typed.need,
                "criteria": criteria,
                "solutions": chosen,
                "organisation_id": form.text("organisation_id") or None,
            }
            made = await page.services.dossiers.create(body, key=form_key(form))
        except ApiProblem as problem:
            if problem.status not in REFUSALS:
                raise
            faults = refused(problem, page.locale)
        else:
            return page.go(f"{PATH}/{made.id}", Flash("Die Markterkundung ist angelegt."))
    profile_id = form.text("anforderungen")
    return await _new(page, query, _named(page), typed, faults, chosen=chosen, profile_id=profile_id)


@router.get(PATH + "/{dossier_id}")
async def survey(page: MemberPage, dossier_id: str) -> Response:
    """Show it: a draft to work on, or what was frozen."""
    return _show(page, await page.services.dossiers.get(dossier_id))


@router.get(PATH + "/{dossier_id}/datei/{kind}")
async def file(page: MemberPage, dossier_id: str, kind: str) -> Response:
    """Hand out a file of a frozen survey."""
    if kind not in KINDS:
        raise ApiProblem(404, "not-found")
    content, headers = await page.services.dossiers.file(dossier_id, kind)
    kept = {name: headers[name] for name in ("content-type", "content-disposition") if name in headers}
    return Response(content, headers={**kept, "Cache-Control": "private, no-store"})


@router.post(PATH + "/{dossier_id}")
async def change(page: MemberPage, dossier_id: str, form: CheckedForm) -> Response:
    """Do what the pressed button says, unless somebody else changed the survey meanwhile."""
    action = form.text("aktion")
    if action not in dossier_actions.ACTIONS:
        raise ApiProblem(400, "status-400")
    act, told = dossier_actions.ACTIONS[action]
    dossier = await page.services.dossiers.get(dossier_id)
    version = int(form.text("version")) if form.text("version").isdigit() else 0
    typed = Typed()
    faults = Faults()
    match action:
        case dossier_actions.EDIT:
            typed = Typed(form=DossierForm.read(form))
            faults = typed.form.check(page.locale) if typed.form else faults
        case requirements_in.ADD:
            typed = Typed(demanding=RequirementForm.read(form))
            faults = typed.demanding.check(dossier.criteria.requirements, page.container.profile, page.locale)
        case dossier_actions.DECIDE:
            typed = Typed(said=CandidateForm.read(form, action))
            faults = typed.said.check_decision(page.locale)
        case dossier_actions.ANSWER:
            typed = Typed(said=CandidateForm.read(form, action))
            faults = typed.said.check_answer(page.locale)
        case dossier_actions.CONCLUDE:
            typed = Typed(concluding=ConclusionForm.read(form))
            faults = typed.concluding.check(page.locale)
        case dossier_actions.ADD:
            typed = Typed(adding=form.text("solution"))
    status = 422
    if not faults:
        try:
            await act(page.services.dossiers, dossier, form, version)
        except ApiProblem as problem:
            if problem.status not in REFUSALS:
                raise
            faults, status = refused(problem, page.locale), problem.status
        else:
            back = f"{PATH}/{dossier_id}{dossier_actions.anchor(action, form)}"
            return page.go(PATH if action == dossier_actions.DELETE else back, told)
    return _show(page, await page.services.dossiers.get(dossier_id), typed, faults, status=status)


@router.post(PATH + "/{dossier_id}/befragen")
async def ask(page: MemberPage, dossier_id: str, form: CheckedForm) -> Response:
    """Ask the providers of all included solutions the same; who could not be asked is named."""
    typed = InquiryForm.read(form)
    given, faults = typed.check("", page.locale, datetime.now(BERLIN).date())
    outcomes: list[AskedProvider] = []
    status = 422
    if not faults:
        sent = ("subject", "questions", "needed_by", "text")
        body: dict[str, Any] = {name: given[name] for name in sent if name in given}
        try:
            outcomes = await page.services.dossiers.ask(dossier_id, body, key=form_key(form))
        except ApiProblem as problem:
            if problem.status not in REFUSALS:
                raise
            faults, status = refused(problem, page.locale), problem.status
    told = [(each.name, ApiProblem(409, each.refused).text(page.locale.language)) for each in outcomes if each.refused]
    if not faults and not told:
        return page.go(f"{PATH}/{dossier_id}", Flash("Die Anfragen sind verschickt."))
    dossier = await page.services.dossiers.get(dossier_id)
    return _show(page, dossier, Typed(asking=typed), faults, not_asked=told, status=status if faults else 200)


def _require_editor(page: Page) -> None:
    if not page.memberships("municipality", editing=True):
        raise NotAllowedError("die Redaktion und Verwaltung einer freigeschalteten Kommune")


async def _demanded(page: Page, profile_id: str) -> list[Requirement]:
    """Return the requirements of a profile of the own organisation, and those of the address."""
    kept = (await page.services.requirement_profiles.get(profile_id)).requirements if profile_id else []
    return [*kept, *requirements_in.read(page.request.query_params.getlist(requirements_in.NAME))]


def _named(page: Page) -> list[str]:
    return list(dict.fromkeys(slug for slug in page.request.query_params.getlist("loesung") if slug))[:MOST]


async def _new(
    page: Page,
    query: SearchQuery,
    slugs: list[str],
    form: DossierForm,
    faults: Faults | None = None,
    *,
    chosen: list[str] | None = None,
    profile_id: str | None = None,
) -> HTMLResponse:
    _require_editor(page)
    held = page.memberships("municipality", editing=True)
    if profile_id is None:
        profile_id = page.request.query_params.get("anforderungen", "")
    hits = [] if slugs else await _found(page, query)
    return page.render(
        "dossiers/new.html",
        status=422 if faults else 200,
        query=query,
        labels=filter_labels(query, page.locale),
        choices=[(each.slug, each.name, each.provider) for each in await named(page, slugs)]
        or [(hit.slug, hit.name, hit.provider) for hit in hits],
        chosen=chosen,
        form=form,
        faults=faults or Faults(),
        municipalities=held,
        municipality_options=[(each.organisation_id, each.organisation_name) for each in held],
        action=f"{PATH}/neu?{page.request.url.query}",
        profiles=[(each.id, each.name) for each in (await part(page.services.requirement_profiles.all())).value or []],
        profile_id=profile_id,
        demanded=requirements_in.read(page.request.query_params.getlist(requirements_in.NAME)),
    )


async def _found(page: Page, query: SearchQuery) -> list[Hit]:
    """The first hundred solutions of the search; none without words and filters."""
    hits: list[Hit] = []
    cursor: str | None = None
    while query.parameters and len(hits) < MOST:
        found = await page.services.search.solutions(
            q=query.q, sort=query.order, size=PAGE_SIZE, cursor=cursor, filters=query.filters, as_words=query.as_words
        )
        hits += found.results
        cursor = found.next_cursor
        if not cursor:
            break
    return hits[:MOST]


def _show(
    page: Page,
    dossier: Dossier,
    typed: Typed | None = None,
    faults: Faults | None = None,
    *,
    not_asked: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> HTMLResponse:
    typed = typed or Typed()
    query = SearchQuery.saved(dossier.criteria.query, dossier.criteria.filters, ())
    return page.render(
        "dossiers/page.html",
        status=status,
        dossier=dossier,
        query=query,
        labels=filter_labels(query, page.locale),
        form=typed.form or DossierForm(dossier.title, dossier.need),
        stale=typed.form is not None and status in (409, 412),
        faults=faults or Faults(),
        options=requirements_in.options(page.container.profile, page.locale),
        typed=typed.demanding,
        said=typed.said,
        adding=typed.adding,
        concluding=typed.concluding,
        asking=typed.asking,
        not_asked=not_asked,
        editing=dossier.may_edit and dossier.state == "draft",
    )
