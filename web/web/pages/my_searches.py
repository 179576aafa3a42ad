"""`/meine-suchen`: searches that a user keeps, and how often they report what is new."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.problem import ApiProblem
from web.api.saved_searches import SavedSearch
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.saved_search import FREQUENCIES, SavedSearchForm, filter_labels, refused, searched
from web.page import CheckedForm, Page, UserPage, form_key
from web.search_query import SearchQuery

router = APIRouter()
PATH = "/meine-suchen"
REFUSALS = frozenset({400, 403, 409, 412, 422})


@router.get(PATH)
async def my_searches(page: UserPage) -> Response:
    """List them, in the service's order."""
    rows = []
    for saved in await page.services.saved_searches.all():
        query = _query_of(saved)
        rows.append((saved, query, filter_labels(query, page.locale)))
    return page.render("my_searches/list.html", rows=rows)


@router.get(PATH + "/neu")
async def new_search(page: UserPage) -> Response:
    """Show the form for the search in the address."""
    query = SearchQuery.of(page.request.query_params)
    return _new(page, query, SavedSearchForm.suggested(query, page.locale))


@router.post(PATH + "/neu")
async def save(page: UserPage, form: CheckedForm) -> Response:
    """Save it."""
    query, typed = searched(form), SavedSearchForm.read(form)
    faults = typed.check(page.locale)
    if not faults:
        try:
            await page.services.saved_searches.save(
                typed.name,
                q=query.q,
                filters=query.filters,
                as_words=query.as_words,
                frequency=typed.frequency,
                key=form_key(form),
            )
        except ApiProblem as problem:
            if problem.status not in REFUSALS:
                raise
            faults = refused(problem, page.locale)
    if faults:
        return _new(page, query, typed, faults)
    return page.go(PATH, Flash("Die Suche ist gespeichert."))


@router.get(PATH + "/{search_id}")
async def my_search(page: UserPage, search_id: str) -> Response:
    """Show the form for name and frequency."""
    saved = await page.services.saved_searches.get(search_id)
    return _edit(page, saved, SavedSearchForm.of(saved))


@router.post(PATH + "/{search_id}")
async def change(page: UserPage, search_id: str, form: CheckedForm) -> Response:
    """Rename it, or change how often it reports."""
    typed = SavedSearchForm.read(form)
    faults = typed.check(page.locale)
    status = 422
    if not faults:
        try:
            await page.services.saved_searches.change(
                search_id, name=typed.name, frequency=typed.frequency, version=_version(form.text("version"))
            )
        except ApiProblem as problem:
            if problem.status not in REFUSALS:
                raise
            faults, status = refused(problem, page.locale), problem.status
    if faults:
        saved = await page.services.saved_searches.get(search_id)
        return _edit(page, saved, typed, faults, status=status)
    return page.go(PATH, Flash("Die Änderung ist gespeichert."))


@router.get(PATH + "/{search_id}/loeschen")
async def ask(page: UserPage, search_id: str) -> Response:
    """Ask whether it shall be deleted."""
    return _delete(page, await page.services.saved_searches.get(search_id))


@router.post(PATH + "/{search_id}/loeschen")
async def delete(page: UserPage, search_id: str, form: CheckedForm) -> Response:
    """Delete it; when it was changed since it was asked about, ask again."""
    try:
        await page.services.saved_searches.delete(search_id, version=_version(form.text("version")))
    except ApiProblem as problem:
        if problem.status != 412:
            raise
        return _delete(page, await page.services.saved_searches.get(search_id), changed=True)
    return page.go(PATH, Flash("Die Suche ist gelöscht."))


def _query_of(saved: SavedSearch) -> SearchQuery:
    return SearchQuery.saved(saved.query.q, saved.query.filters, saved.query.as_words)


def _version(given: str) -> int:
    return int(given) if given.isdigit() else 0


def _new(page: Page, query: SearchQuery, form: SavedSearchForm, faults: Faults | None = None) -> HTMLResponse:
    return page.render(
        "my_searches/new.html",
        status=422 if faults else 200,
        query=query,
        labels=filter_labels(query, page.locale),
        form=form,
        faults=faults or Faults(),
        frequencies=FREQUENCIES,
    )


def _edit(
    page: Page, saved: SavedSearch, form: SavedSearchForm, faults: Faults | None = None, *, status: int = 200
) -> HTMLResponse:
    query = _query_of(saved)
    return page.render(
        "my_searches/edit.html",
        status=status,
        saved=saved,
        query=query,
        labels=filter_labels(query, page.locale),
        form=form,
        faults=faults or Faults(),
        changed=status == 412,
        frequencies=FREQUENCIES,
    )


def _delete(page: Page, saved: SavedSearch, *, changed: bool = False) -> HTMLResponse:
    return page.render("my_searches/delete.html", status=412 if changed else 200, saved=saved, changed=changed)
