"""`/suche`: results with facets; whole pages without JavaScript, pieces of them for htmx."""

from dataclasses import dataclass, replace

from contracts.vocabulary import FieldOfAction
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from web import schema_org, words
from web.api.problem import ApiProblem
from web.api.search import FacetValue, Found
from web.page import AnyPage, Page
from web.search_query import FACETS, SORTS, SearchQuery
from web.watching import watching
from web.why import reasons

router = APIRouter()
SHOWN_VALUES = 8
OPEN_FACETS = frozenset({"field_of_action", "kind", "offer_form"})


@dataclass(frozen=True)
class Facet:
    """A group of checkboxes: the first values at once, the others on demand."""

    name: str
    title: str
    values: list[FacetValue]
    open: bool

    @property
    def first(self) -> list[FacetValue]:
        return self.values[:SHOWN_VALUES]

    @property
    def others(self) -> list[FacetValue]:
        return self.values[SHOWN_VALUES:]

    @property
    def others_open(self) -> bool:
        return any(value.selected for value in self.others)


def facets_of(found: Found, query: SearchQuery, page: Page) -> list[Facet]:
    """Return the groups in our order; chosen values stay visible even when nothing is left for them."""
    groups = []
    for name in FACETS:
        chosen = query.filters.get(name, ())
        values = [
            value.model_copy(update={"selected": value.value in chosen, "label": value_label(name, value, page)})
            for value in found.facets.get(name, [])
            if value.count or value.value in chosen
        ]
        known = {value.value for value in values}
        values += [
            FacetValue(value=value, label=words.label(name, value, page.locale.language), selected=True)
            for value in chosen
            if value not in known
        ]
        if values:
            title = words.label("facet", name, page.locale.language)
            groups.append(Facet(name, title, values, open=name in OPEN_FACETS or bool(chosen)))
    return groups


def value_label(name: str, value: FacetValue, page: Page) -> str:
    """Prefer the shared vocabulary (it speaks both languages) to the label that came along."""
    return words.known(name, value.value, page.locale.language) or value.label or value.value


@router.get("/suche")
async def results(page: AnyPage) -> HTMLResponse:
    """Show results; what the search refuses is said on the page itself, with the search box still there."""
    query = SearchQuery.of(page.request.query_params)
    problem: ApiProblem | None = None
    found = Found()
    try:
        found = await page.services.search.solutions(
            q=query.q,
            sort=query.order,
            cursor=query.cursor,
            filters=query.filters,
            as_words=query.as_words,
            spelling=query.spelling,
            search_id=None if query.cursor else query.search_id,
        )
    except ApiProblem as refused:
        if refused.status == 401:
            raise
        problem = refused
    query = replace(query, search_id=found.search_id or query.search_id)
    facets = facets_of(found, query, page)
    labels = {(facet.name, value.value): value.label for facet in facets for value in facet.values}
    if page.partial and page.request.headers.get("hx-target") == "mehr":
        template = "search/more.html"
    elif page.partial:
        template = "search/partial.html"
    else:
        template = "search/page.html"
    response = page.render(
        template,
        status=problem.status if problem and not page.partial else 200,
        query=query,
        found=found,
        facets=facets,
        labels=labels,
        sorts=SORTS,
        fields_of_action=[str(field.value) for field in FieldOfAction],
        reasons_of=reasons,
        problem=problem,
        structured=schema_org.item_list(page.container.settings.public_url, found.results, found.total),
        watch=await watching(page, [hit.id for hit in found.results]),
    )
    if template == "search/partial.html":
        response.headers["HX-Push-Url"] = query.clean
    if problem is not None and problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response
