"""`/markterkundungen`: market surveys of a municipality, and `/dossier-pruefen`: whether a file is genuine."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from servicekit.clock import BERLIN

from web.api.dossiers import AskedProvider, Criteria, Dossier, Dossiers, Requirement, Verdict
from web.api.problem import ApiProblem
from web.api.search import Hit
from web.flash import Flash
from web.forms import requirement as requirements_in
from web.forms.body import FormData
from web.forms.dossier import DossierForm, refused
from web.forms.faults import Faults
from web.forms.inquiry import InquiryForm
from web.forms.requirement import RequirementForm
from web.forms.saved_search import filter_labels
from web.page import AnyPage, CheckedForm, CheckedMedia, MemberPage, NotAllowedError, Page, form_key
from web.partly import part
from web.search_query import SearchQuery

router = APIRouter()
PATH = "/markterkundungen"
MOST = 100
PAGE_SIZE = 50
KINDS = frozenset({"pdf", "ods", "csv", "json"})
REFUSALS = frozenset({400, 404, 409, 412, 422})
_SHA256 = re.compile(r"[0-9a-f]{64}")


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
    if action not in ACTIONS:
        raise ApiProblem(400, "status-400")
    act, told = ACTIONS[action]
    dossier = await page.services.dossiers.get(dossier_id)
    version = int(form.text("version")) if form.text("version").isdigit() else 0
    typed = DossierForm.read(form) if action == EDIT else None
    faults = typed.check(page.locale) if typed else Faults()
    demanding = RequirementForm()
    if action == requirements_in.ADD:
        demanding = RequirementForm.read(form)
        faults = demanding.check(dossier.criteria.requirements, page.container.profile, page.locale)
    status = 422
    if not faults:
        try:
            await act(page.services.dossiers, dossier, form, version)
        except ApiProblem as problem:
            if problem.status not in REFUSALS:
                raise
            faults, status = refused(problem, page.locale), problem.status
        else:
            return page.go(PATH if action == DELETE else f"{PATH}/{dossier_id}", told)
    current = await page.services.dossiers.get(dossier_id)
    return _show(page, current, typed, faults, demanding=demanding, status=status)


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
    return _show(page, dossier, None, faults, asking=typed, not_asked=told, status=status if faults else 200)


async def _edit(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    typed = DossierForm.read(form)
    await calls.edit(dossier, title=typed.title, need=typed.need, criteria=dossier.criteria, version=version)


async def _require(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    wanted = RequirementForm.read(form).added(dossier.criteria.requirements)
    criteria = dossier.criteria.model_copy(update={"requirements": wanted})
    await calls.edit(dossier, title=dossier.title, need=dossier.need, criteria=criteria, version=version)


async def _require_no_longer(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    kept = requirements_in.without(dossier.criteria.requirements, form.text("number"))
    criteria = dossier.criteria.model_copy(update={"requirements": kept})
    await calls.edit(dossier, title=dossier.title, need=dossier.need, criteria=criteria, version=version)


async def _decide(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    included, reason = form.text("included") != "nein", form.text("reason") or None
    await calls.decide(dossier.id, form.text("solution_id"), included=included, reason=reason, version=version)


async def _note_answer(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    solution = form.text("solution_id")
    held = next((each.answers for each in dossier.items if each.solution_id == solution), [])
    answers = [each.model_dump(mode="json", exclude={"message_id"}) for each in held if each.message_id is None]
    answers.append({name: form.text(name) for name in ("question", "answer", "answered_on", "source")})
    await calls.note_answers(dossier.id, solution, answers, version=version)


async def _remove(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    await calls.remove(dossier.id, form.text("solution_id"), version=version)


async def _add(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    slug = form.text("solution").rstrip("/").rpartition("/")[2]
    await calls.add(dossier.id, [slug], version=version)


async def _freeze(calls: Dossiers, dossier: Dossier, _: FormData, version: int) -> None:
    await calls.freeze(dossier.id, version=version)


async def _conclude(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    note = form.text("note") or None
    await calls.conclude(dossier.id, outcome=form.text("outcome"), note=note, version=version)


async def _delete(calls: Dossiers, dossier: Dossier, _: FormData, version: int) -> None:
    await calls.delete(dossier.id, version=version)


EDIT, DELETE = "bedarf", "loeschen"
ACTIONS: dict[str, tuple[Callable[[Dossiers, Dossier, FormData, int], Awaitable[None]], Flash]] = {
    EDIT: (_edit, Flash("Die Änderung ist gespeichert.")),
    requirements_in.ADD: (_require, Flash("Die Anforderung ist aufgenommen.")),
    "ohne_anforderung": (_require_no_longer, Flash("Die Anforderung ist entfernt.")),
    "entscheiden": (_decide, Flash("Die Entscheidung ist gespeichert.")),
    "antwort": (_note_answer, Flash("Die Antwort ist festgehalten.")),
    "entfernen": (_remove, Flash("Die Lösung ist entfernt.")),
    "aufnehmen": (_add, Flash("Die Lösung ist aufgenommen.")),
    "einfrieren": (_freeze, Flash("Die Markterkundung ist eingefroren.")),
    "abschliessen": (_conclude, Flash("Das Ergebnis ist festgehalten.")),
    DELETE: (_delete, Flash("Der Entwurf ist gelöscht.")),
}
"""What the buttons of the page do, by their name, and what is said afterwards."""


@router.get("/dossier-pruefen")
async def prove(page: AnyPage) -> Response:
    """Ask for a file or a hash; a hash in the address is looked up."""
    given = page.request.query_params.get("sha256", "")
    sha256 = "".join(given.split()).lower()[:100]
    if not sha256:
        return _proof(page)
    if not _SHA256.fullmatch(sha256):
        faults = Faults()
        faults.add("sha256", page.say("Ein SHA-256-Wert hat 64 Zeichen aus 0–9 und a–f."))
        return _proof(page, sha256=sha256, faults=faults)
    return _proof(page, sha256=sha256, verdict=await page.services.dossiers.verify_hash(sha256))


@router.post("/dossier-pruefen")
async def prove_file(page: MemberPage, sent: CheckedMedia) -> Response:
    """Look a file up."""
    _, file = sent
    content = await file.read() if file else b""
    if not content:
        faults = Faults()
        faults.add("datei", page.say("Bitte wählen Sie die JSON-Datei des Dossiers."))
        return _proof(page, faults=faults)
    try:
        return _proof(page, verdict=await page.services.dossiers.verify(content))
    except ApiProblem as problem:
        if problem.status not in (413, 422):
            raise
        return _proof(page, faults=refused(problem, page.locale))


def _proof(
    page: Page, *, sha256: str = "", verdict: Verdict | None = None, faults: Faults | None = None
) -> HTMLResponse:
    return page.render(
        "dossiers/prove.html",
        status=422 if faults else 200,
        sha256=sha256,
        verdict=verdict,
        faults=faults or Faults(),
    )


def _require_editor(page: Page) -> None:
    if not page.memberships("municipality", editing=True):
        raise NotAllowedError("Redaktion oder Verwaltung einer Kommune")


async def _demanded(page: Page, profile_id: str) -> list[Requirement]:
    """Return the requirements of a profile of the own organisation, and those of the address."""
    kept = (await page.services.requirement_profiles.get(profile_id)).requirements if profile_id else []
    return [*kept, *requirements_in.read(page.request.query_params.getlist(requirements_in.NAME))]


def _named(page: Page) -> list[str]:
    return list(dict.fromkeys(slug for slug in page.request.query_params.getlist("loesung") if slug))[:MOST]


async def _new(
    page: Page,
    query: SearchQuery,
    named: list[str],
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
    hits = [] if named else await _found(page, query)
    return page.render(
        "dossiers/new.html",
        status=422 if faults else 200,
        query=query,
        labels=filter_labels(query, page.locale),
        choices=[(slug, slug, "") for slug in named] or [(hit.slug, hit.name, hit.provider) for hit in hits],
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
    form: DossierForm | None = None,
    faults: Faults | None = None,
    *,
    asking: InquiryForm | None = None,
    demanding: RequirementForm | None = None,
    not_asked: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> HTMLResponse:
    query = SearchQuery.saved(dossier.criteria.query, dossier.criteria.filters, ())
    return page.render(
        "dossiers/page.html",
        status=status,
        dossier=dossier,
        query=query,
        labels=filter_labels(query, page.locale),
        form=form or DossierForm(dossier.title, dossier.need),
        faults=faults or Faults(),
        options=requirements_in.options(page.container.profile, page.locale),
        typed=demanding or RequirementForm(),
        asking=asking or InquiryForm(),
        not_asked=not_asked,
        editing=dossier.may_edit and dossier.state == "draft",
    )
