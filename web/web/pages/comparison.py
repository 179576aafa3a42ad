"""`/vergleich`: up to five solutions side by side; the address is all that is needed to see the same again."""

from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from web.api.dossiers import ComparedRow, Comparison, Requirement
from web.api.problem import ApiProblem
from web.api.requirement_profiles import Judged, Judgement
from web.api.search import Hit
from web.forms import requirement as requirements_in
from web.forms.body import FormData
from web.forms.faults import Faults
from web.forms.requirement import RequirementForm
from web.naming import Named, named
from web.page import AnyPage, Page
from web.partly import Part, part
from web.watching import watching

router = APIRouter()
PATH = "/vergleich"
MOST = 5
LONGEST_WORDS = 300


@dataclass(frozen=True)
class Section:
    """The rows of one section of the profile."""

    title: str
    rows: list[ComparedRow]

    @property
    def differing(self) -> int:
        return sum(row.differs for row in self.rows)


@dataclass(frozen=True)
class Demand:
    """What is demanded: a kept profile, and requirements that are only in the address."""

    profile_id: str
    requirements: list[Requirement]
    judgement: Judgement | None = None
    problem: ApiProblem | None = None

    def without(self, number: int) -> "Demand":
        """The same without one of the requirements of the address."""
        return Demand(self.profile_id, requirements_in.without(self.requirements, str(number)))

    @property
    def parameters(self) -> list[tuple[str, str]]:
        kept = [("anforderungen", self.profile_id)] if self.profile_id else []
        return kept + [(requirements_in.NAME, requirements_in.write(each)) for each in self.requirements]

    def of(self, solution_id: str) -> Judged | None:
        """How a solution stands to it."""
        judged = self.judgement.solutions if self.judgement else []
        return next((each for each in judged if each.id == solution_id), None)


@dataclass(frozen=True)
class Found:
    """The comparison of the solutions with these slugs, or why there is none.

    `gone` are those that are not online any more, `too_many` what was asked for when that is too much.
    """

    slugs: list[str]
    comparison: Comparison = field(default_factory=Comparison)
    problem: ApiProblem | None = None
    gone: list[str] = field(default_factory=list)
    too_many: list[Named] = field(default_factory=list)


def address(slugs: list[str], demand: Demand | None = None, path: str = PATH) -> str:
    """The address of a comparison, or of another page with the same solutions and requirements."""
    query = [("loesung", slug) for slug in slugs] + (demand.parameters if demand else [])
    return f"{path}?{urlencode(query)}" if query else path


@router.get(PATH)
async def compare(page: AnyPage) -> Response:
    """Show the chosen solutions, what may be added by its words, and how they meet what is demanded.

    A requirement that was just chosen in the form leads to the address that has it, or back with what is wrong.
    """
    params = page.request.query_params
    demand = Demand(params.get("anforderungen", "")[:100], requirements_in.read(params.getlist(requirements_in.NAME)))
    slugs = list(dict.fromkeys(slug[:100] for slug in page.request.query_params.getlist("loesung") if slug))
    typed, faults = RequirementForm(), Faults()
    if params.get("wanted"):
        typed = RequirementForm.read(FormData({name: params.getlist(name) for name in params}))
        faults = typed.check(demand.requirements, page.container.profile, page.locale)
        if not faults:
            return page.go(address(slugs, replace(demand, requirements=typed.added(demand.requirements))))
    words = page.request.query_params.get("q", "").strip()[:LONGEST_WORDS]
    found = await _compared(page, slugs)
    slugs, compared = found.slugs, found.comparison
    if compared.solutions and demand.parameters:
        demand = await _judged(page, slugs, demand)
    hits = await _hits(page, words, {each.slug for each in compared.solutions})
    return page.render(
        "comparison.html",
        status=found.problem.status if found.problem else 422 if faults else 200,
        compared=compared,
        parts=_parts(page, compared),
        slugs=slugs,
        words_typed=words,
        hits=hits.value or [],
        search_down=hits.down,
        problem=found.problem,
        gone=found.gone,
        too_many=found.too_many,
        watch=await watching(page, [each.id for each in compared.solutions]),
        address=address,
        demand=demand,
        profiles=await _profiles(page),
        options=requirements_in.options(page.container.profile, page.locale),
        typed=typed,
        faults=faults,
        full=len(slugs) >= MOST,
    )


async def _compared(page: Page, slugs: list[str]) -> Found:
    """Compare the solutions, without those that are no longer online."""
    if len(slugs) > MOST:
        return Found(slugs, problem=ApiProblem(422, "too-many-compared"), too_many=await named(page, slugs))
    if not slugs:
        return Found(slugs)
    language = page.locale.language
    try:
        return Found(slugs, await page.services.dossiers.compare(slugs, language))
    except ApiProblem as problem:
        if problem.status not in (404, 410, 422):
            raise
        gone = [each.slug for each in await named(page, slugs) if each.gone]
        there = [slug for slug in slugs if slug not in gone]
        if problem.status == 422 or not gone or not there:
            return Found(slugs, problem=problem)
    return Found(there, await page.services.dossiers.compare(there, language), gone=gone)


async def _judged(page: Page, slugs: list[str], demand: Demand) -> Demand:
    calls = page.services.requirement_profiles
    try:
        found = await calls.judge(slugs, demand.requirements, demand.profile_id or None)
    except ApiProblem as problem:
        if problem.status not in (404, 422):
            raise
        return replace(demand, problem=problem)
    return replace(demand, judgement=found)


async def _profiles(page: Page) -> list[tuple[str, str]]:
    if not page.memberships("municipality"):
        return []
    found = (await part(page.services.requirement_profiles.all())).value or []
    return [(each.id, each.name) for each in found]


async def _hits(page: Page, words: str, shown: set[str]) -> Part[list[Hit]]:
    if not words:
        return Part()
    found = await part(page.services.search.solutions(q=words, size=10))
    return Part([hit for hit in found.value.results if hit.slug not in shown]) if found.value else Part(down=found.down)


def _parts(page: Page, compared: Comparison) -> list[Section]:
    profile, language = page.container.profile, page.locale.language
    rows = {row.question: row for row in compared.rows if any(row.texts)}
    parts = [
        Section(
            section.title.in_(language),
            [rows[each.id] for each in section.questions if each.id in rows],
        )
        for section in profile.sections
    ]
    return [each for each in parts if each.rows]
