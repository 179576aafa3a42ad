"""History, comparison and badge over HTTP, on results that lie in the real database."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import httpx
import pytest
from checkup.adapters.rubric_files import load
from checkup.application.ports import Ports
from checkup.domain.measurement import Analysis
from checkup.domain.report import Report, of_analysis
from checkup.domain.run import Run, RunState, Trigger
from checkup.domain.scoring import Standing
from checkup.domain.solution import Solution
from checkup.settings import CheckupSettings
from checkup.wiring import build
from contracts.ids import uuid7

from .conftest import Headers

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
Scores = Mapping[str, int | None]


def report(scores: Scores, *, rubric: str = "2026.3", as_of: datetime = AT) -> Report:
    """A report with these numbers, and no evidence."""
    empty = of_analysis(
        Analysis("c" * 40, (), {}), load(rubric), as_of=as_of, repository_url="https://git.example.org/a"
    )
    dimensions = tuple(
        replace(each, score=scores.get(each.dimension), standing=Standing.SCORED, coverage=0.8)
        for each in empty.dimensions
    )
    return replace(empty, dimensions=dimensions, measurable=True)


class Shelf:
    """Puts solutions and their results where the service keeps them."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports

    async def solution(self, slug: str, *fields: str, live: int | None = 1, version: int = 1) -> str:
        solution_id = uuid7()
        held = Solution(
            solution_id, slug, "org-1", version, "https://git.example.org/a", live, AT, fields_of_action=fields
        )
        await self.ports.solutions.change(solution_id, lambda _known: held)
        return solution_id

    async def run(self, solution_id: str, made: Report, *, version: int = 1) -> str:
        run = Run(
            id=uuid7(),
            solution_id=solution_id,
            slug="any",
            solution_version=version,
            organisation_id="org-1",
            repository_url=made.repository_url,
            trigger=Trigger.SUBMISSION,
            requested_by=None,
            requested_at=made.as_of,
            as_of=made.as_of,
            state=RunState.SCORED,
            finished_at=made.as_of,
            report=made,
        )
        await self.ports.runs.add(run)
        return run.id

    async def change(self, solution_id: str, decide: Callable[[Solution], Solution]) -> None:
        await self.ports.solutions.change(solution_id, lambda known: known and decide(known))


@pytest.fixture
def settings(settings: CheckupSettings) -> CheckupSettings:
    return settings.model_copy(update={"checkup_comparison_seconds": 0})


@pytest.fixture
async def shelf(api: httpx.AsyncClient, settings: CheckupSettings) -> AsyncIterator[Shelf]:
    async with build(settings) as container:
        yield Shelf(container.ports)


async def medians(api: httpx.AsyncClient, field: str, **query: str) -> dict[str, tuple[float | None, int]]:
    answer = await api.get("/comparison", params={"field_of_action": field, **query})
    assert answer.status_code == 200, answer.text
    return {each["dimension"]: (each["median"], each["solutions"]) for each in answer.json()["dimensions"]}


async def test_the_median_is_of_the_newest_public_reports_and_follows_them(
    api: httpx.AsyncClient, shelf: Shelf
) -> None:
    ids = []
    for number, score in enumerate((10, 20, 30, 40)):
        ids.append(await shelf.solution(f"loesung-{number}", "health", "tourism"))
        await shelf.run(ids[-1], report({"community": score, "documentation": 50}))
    hidden = await shelf.solution("verborgen", "health", live=None)
    await shelf.run(hidden, report({"community": 100}))
    elsewhere = await shelf.solution("anderswo", "mobility_and_environment")
    await shelf.run(elsewhere, report({"community": 100}))
    assert (await medians(api, "health"))["community"] == (None, 4)  # four are too few to be told

    fifth = await shelf.solution("loesung-5", "health")
    await shelf.run(fifth, report({"community": 90, "documentation": None}))
    found = await medians(api, "health")
    assert (found["community"], found["documentation"], found["usability"]) == ((30.0, 5), (None, 4), (None, 0))

    later = AT + timedelta(days=30)
    await shelf.run(fifth, report({"community": 20}, as_of=later))
    await shelf.run(fifth, report({"community": 99}, as_of=later), version=2)  # of a version that is not online
    assert (await medians(api, "health"))["community"] == (20.0, 5)

    await shelf.change(fifth, lambda known: replace(known, live_version=2))
    assert (await medians(api, "health"))["community"] == (30.0, 5)
    await shelf.change(ids[0], lambda known: replace(known, live_version=None))
    assert (await medians(api, "health"))["community"] == (None, 4)


async def test_only_results_under_one_rubric_are_compared(api: httpx.AsyncClient, shelf: Shelf) -> None:
    for number in range(5):
        solution = await shelf.solution(f"alt-{number}", "health")
        await shelf.run(solution, report({"community": 60}, rubric="2026.1"))
    assert (await medians(api, "health"))["community"] == (None, 0)
    assert (await medians(api, "health", rubric="2026.1"))["community"] == (60.0, 5)
    unknown = await api.get("/comparison", params={"field_of_action": "health", "rubric": "1999.1"})
    assert (unknown.status_code, unknown.json()["slug"]) == (404, "rubric-not-found")
    for query in ({"field_of_action": "gibt-es-nicht"}, {}):
        assert (await api.get("/comparison", params=query)).status_code == 422


async def test_an_answer_is_kept_for_a_while(api: httpx.AsyncClient, shelf: Shelf, settings: CheckupSettings) -> None:
    for number in range(5):
        await shelf.run(await shelf.solution(f"l-{number}", "health"), report({"community": 60}))
    async with build(settings.model_copy(update={"checkup_comparison_seconds": 3600})) as held:
        first = await held.ports.public_scores.of_field("health", "2026.3")
        await shelf.run(await shelf.solution("neu", "health"), report({"community": 60}))
        assert await held.ports.public_scores.of_field("health", "2026.3") == first
        assert len(await held.ports.public_scores.of_field("tourism", "2026.3")) == 0
    assert (await medians(api, "health"))["community"] == (60.0, 6)


async def test_the_history_marks_a_change_of_rubric(api: httpx.AsyncClient, shelf: Shelf, team: Headers) -> None:
    solution = await shelf.solution("portal", "health", version=2)
    for days, rubric, score, version in ((0, "2026.1", 50, 1), (30, "2026.2", 60, 1), (60, "2026.2", None, 2)):
        made = report({"community": score}, rubric=rubric, as_of=AT + timedelta(days=days))
        await shelf.run(solution, made, version=version)

    async def entries(headers: Headers) -> list[tuple[str, bool, int | None]]:
        items = (await api.get(f"/solutions/{solution}/history", headers=headers)).json()["items"]
        scores = [next(d["score"] for d in item["dimensions"] if d["dimension"] == "community") for item in items]
        return [
            (item["rubric_version"], item["rubric_changed"], score) for item, score in zip(items, scores, strict=True)
        ]

    assert await entries({}) == [("2026.2", True, 60), ("2026.1", False, 50)]
    assert await entries(team) == [("2026.2", False, None), ("2026.2", True, 60), ("2026.1", False, 50)]
    (newest, *_) = (await api.get(f"/solutions/{solution}/history", headers=team)).json()["items"]
    assert (newest["commit"], newest["version"], newest["stage"]) == ("c" * 40, 2, None)
    missing = await api.get("/solutions/gibt-es-nicht/history")
    assert (missing.status_code, missing.json()["slug"]) == (404, "no-checkup")


async def test_the_history_of_what_is_not_online_is_hidden(api: httpx.AsyncClient, shelf: Shelf, team: Headers) -> None:
    solution = await shelf.solution("entwurf", live=None)
    await shelf.run(solution, report({"community": 60}))
    assert (await api.get(f"/solutions/{solution}/history")).status_code == 404
    assert len((await api.get(f"/solutions/{solution}/history", headers=team)).json()["items"]) == 1


async def test_a_badge_is_a_small_picture_that_may_be_kept(api: httpx.AsyncClient, shelf: Shelf) -> None:
    solution = await shelf.solution("portal", "health")
    await shelf.run(solution, report({"community": 61, "documentation": 70}))
    answer = await api.get("/solutions/portal/badge.svg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml; charset=utf-8")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert "set-cookie" not in answer.headers
    drawn = ElementTree.fromstring(answer.text)
    title = drawn.findtext("{http://www.w3.org/2000/svg}title") or ""
    assert drawn.get("aria-label") == title
    assert "Gemeinschaft und Pflege: 61" in title
    assert "Codequalität: nicht bewertbar" in title
    assert "09/2026" in answer.text
    assert len(answer.content) < 2_500
    assert (await api.get(f"/solutions/{solution}/badge.svg")).text == answer.text

    again = await api.get("/solutions/portal/badge.svg", headers={"If-None-Match": f"W/{answer.headers['etag']}"})
    assert (again.status_code, again.content) == (304, b"")
    english = await api.get("/solutions/portal/badge.svg", params={"lang": "en", "style": "scores"})
    assert "Community: 61" in english.text
    assert english.headers["etag"] != answer.headers["etag"]
    assert len(ElementTree.fromstring(english.text).findall(".//{*}rect")) > len(drawn.findall(".//{*}rect"))
    for query in ({"lang": "fr"}, {"style": "<script>"}):
        assert (await api.get("/solutions/portal/badge.svg", params=query)).status_code == 422


async def test_what_is_not_public_has_a_neutral_badge(api: httpx.AsyncClient, shelf: Shelf, team: Headers) -> None:
    hidden = await shelf.solution("entwurf", live=None)
    await shelf.run(hidden, report({"community": 61}))
    unknown = await api.get("/solutions/gibt-es-nicht/badge.svg")
    for path in ("entwurf", hidden):
        answer = await api.get(f"/solutions/{path}/badge.svg", headers=team)
        assert (answer.status_code, answer.text) == (404, unknown.text)
    assert "nicht verfügbar" in unknown.text
    assert unknown.headers["cache-control"] == "public, max-age=300"
