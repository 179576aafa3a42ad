"""`/vergleich`: up to five solutions side by side; the address is all that is needed to see the same again."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from web.api.dossiers import ComparedRow, Comparison
from web.api.problem import ApiProblem
from web.api.search import Hit
from web.page import AnyPage, Page
from web.watching import watching

router = APIRouter()
PATH = "/vergleich"
MOST = 5
LONGEST_WORDS = 300


@dataclass(frozen=True)
class Part:
    """The rows of one section of the profile."""

    title: str
    rows: list[ComparedRow]

    @property
    def differing(self) -> int:
        return sum(row.differs for row in self.rows)


def address(slugs: list[str]) -> str:
    """The address of a comparison."""
    return f"{PATH}?{urlencode([('loesung', slug) for slug in slugs])}" if slugs else PATH


@router.get(PATH)
async def compare(page: AnyPage) -> Response:
    """Show the chosen solutions, and what may be added by its words."""
    slugs = list(dict.fromkeys(slug[:100] for slug in page.request.query_params.getlist("loesung") if slug))
    words = page.request.query_params.get("q", "").strip()[:LONGEST_WORDS]
    compared, problem = Comparison(), None
    if len(slugs) > MOST:
        problem = ApiProblem(422, "too-many-compared")
    elif slugs:
        try:
            compared = await page.services.dossiers.compare(slugs, page.locale.language)
        except ApiProblem as refused:
            if refused.status not in (404, 422):
                raise
            problem = refused
    hits = await _hits(page, words, {each.slug for each in compared.solutions})
    return page.render(
        "comparison.html",
        status=problem.status if problem else 200,
        compared=compared,
        parts=_parts(page, compared),
        slugs=slugs,
        words_typed=words,
        hits=hits,
        problem=problem,
        watch=await watching(page, [each.id for each in compared.solutions]),
        address=address,
        full=len(slugs) >= MOST,
    )


async def _hits(page: Page, words: str, shown: set[str]) -> list[Hit]:
    if not words:
        return []
    found = await page.services.search.solutions(q=words, size=10)
    return [hit for hit in found.results if hit.slug not in shown]


def _parts(page: Page, compared: Comparison) -> list[Part]:
    rows = {row.question: row for row in compared.rows if any(row.texts)}
    profile = page.container.profile
    parts = [
        Part(
            section.title.in_(page.locale.language),
            [rows[each.id] for each in section.questions if each.id in rows],
        )
        for section in profile.sections
    ]
    return [part for part in parts if part.rows]
