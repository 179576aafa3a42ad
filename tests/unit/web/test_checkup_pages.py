"""The result of a checkup on the pages: over time, beside others, in two readings, with evidence to follow."""

from typing import Any

import pytest

from . import answers
from .answers import DIMENSIONS
from .conftest import Site, text_of
from .fakes import problem

BASE = f"/api/checkup/solutions/{answers.SOLUTION}"
PAGE = "/loesungen/terminlotse"
OWN = f"/meine-loesungen/{answers.SOLUTION}"


def past(score: float | None, **changes: Any) -> dict[str, Any]:
    scores = [{"dimension": name, "score": score, "award": False} for name in DIMENSIONS]
    return {
        "run_id": "run",
        "as_of": "2026-10-20T10:00:00Z",
        "commit": "0123456789abcdef",
        "rubric_version": "2026.2",
        "rubric_changed": False,
        "dimensions": scores,
        "stage_title_de": "Basis",
        "stage_title_en": "Basic",
        **changes,
    }


def comparison(field: str = "health", median: float | None = 61.0, solutions: int = 12) -> dict[str, Any]:
    return {
        "field_of_action": field,
        "rubric_version": "2026.1",
        "solutions": solutions,
        "least": 5,
        "dimensions": [{"dimension": name, "median": median, "solutions": solutions} for name in DIMENSIONS],
    }


def criterion(status: str, value: float | None) -> dict[str, Any]:
    titles = {"title_de": "Tests laufen", "title_en": "Tests run"}
    return {"id": "tests", **titles, "status": status, "value": value, "at_least": 100.0, "at_most": None}


def stage(name: str, *, reached: bool, criteria: list[dict[str, Any]]) -> dict[str, Any]:
    progress = 100 if reached else 66
    return {
        "id": name,
        "title_de": name,
        "title_en": name,
        "reached": reached,
        "progress": progress,
        "criteria": criteria,
    }


GRADE = {
    "stage": "basic",
    "title_de": "Basis",
    "title_en": "Basic",
    "assessable": True,
    "reason_de": None,
    "reason_en": None,
    "stages": [
        stage("Basis", reached=True, criteria=[]),
        stage("Bewährt", reached=False, criteria=[criterion("open", 50.0), criterion("not_measured", None)]),
    ],
}


def answer(site: Site, **changes: Any) -> None:
    site.gateway.on(f"GET {BASE}", answers.report(**changes))


async def shown(site: Site, path: str = PAGE) -> tuple[str, str]:
    page = await site.get(path)
    assert page.status_code == 200
    return page.text, text_of(page.text)


async def test_the_radar_has_a_gap_where_nothing_was_measured(site: Site) -> None:
    report = answers.report()
    html, _ = await shown(site)
    assert html.count('class="mp-radar__edge"') == 5
    report["dimensions"][1] |= {"score": None, "status": "not_measurable"}
    answer(site, dimensions=report["dimensions"])
    html, text = await shown(site)
    assert html.count('class="mp-radar__edge"') == 3
    assert "mp-radar__axis--none" in html
    assert "Gemeinschaft und Pflege: ließ sich nicht bewerten." in text


async def test_a_stage_says_what_is_missing(site: Site) -> None:
    answer(site, grade=GRADE)
    _, text = await shown(site)
    assert "Checkup-Stufe: Basis" in text
    assert "Was bis „Bewährt“ fehlt" in text
    assert "Tests laufen: 50 (nötig mindestens 100)" in text
    assert "nicht gemessen" in text


async def test_without_coverage_there_is_a_reason_instead_of_a_stage(site: Site) -> None:
    answer(site, grade={**GRADE, "stage": None, "assessable": False, "reason_de": "Nur 3 von 5 Dimensionen."})
    html, text = await shown(site)
    assert "Checkup-Stufe: nicht vergeben Nur 3 von 5 Dimensionen." in text
    assert "mp-stages" not in html


@pytest.mark.parametrize(
    ("until", "words"),
    [("2090-01-01T00:00:00Z", "Ausgezeichnet bis 1."), ("2020-01-01T00:00:00Z", "Auszeichnung abgelaufen")],
)
async def test_an_award_ends(site: Site, until: str, words: str) -> None:
    award = {"dimension": "documentation", "score": 72, "threshold": 70, "valid_until": until, "renewed": False}
    answer(site, awarded=[award])
    _, text = await shown(site)
    assert words in text


async def test_a_median_is_shown_with_how_many_it_is_of(site: Site) -> None:
    site.gateway.on("GET /api/checkup/comparison", comparison())
    html, text = await shown(site)
    assert "Median im Handlungsfeld „Gesundheit“: aus bis zu 12 veröffentlichten Lösungen" in text
    assert html.count('class="mp-radar__median"') == 5
    asked = site.gateway.last("GET /api/checkup/comparison").url.params
    assert (asked["field_of_action"], asked["rubric"]) == ("health", "2026.1")


async def test_too_few_for_a_median_are_said(site: Site) -> None:
    site.gateway.on("GET /api/checkup/comparison", comparison(median=None, solutions=4))
    html, text = await shown(site)
    assert "liegen zu wenige Ergebnisse vor (4, nötig sind 5)" in text
    assert "mp-radar__median" not in html


async def test_the_history_is_drawn_and_told(site: Site) -> None:
    newest_first = [past(70.0), past(60.0, rubric_changed=True), past(None, rubric_version="2026.1")]
    site.gateway.on(f"GET {BASE}/history", {"solution_id": answers.SOLUTION, "items": newest_first})
    html, text = await shown(site)
    assert html.count("<polyline") == 5
    assert html.count('class="mp-trend__rules"') == 5
    assert "70 +10 seit dem letzten Lauf" in text
    assert "Ab hier gilt ein neues Raster" in text
    assert text.count("neues Raster") == 2  # the sentence and one row


async def test_scores_under_different_rules_have_no_difference(site: Site) -> None:
    items = [past(70.0, rubric_changed=True), past(60.0, rubric_version="2026.1")]
    site.gateway.on(f"GET {BASE}/history", {"solution_id": answers.SOLUTION, "items": items})
    _, text = await shown(site)
    assert "seit dem letzten Lauf" not in text


async def test_the_page_stands_without_history_and_comparison(site: Site) -> None:
    site.gateway.on(f"GET {BASE}/history", problem(503, "service-unavailable"))
    site.gateway.on("GET /api/checkup/comparison", problem(503, "service-unavailable"))
    _, text = await shown(site)
    assert "Verlauf Derzeit nicht abrufbar." in text
    site.gateway.on(f"GET {BASE}/history", {"solution_id": answers.SOLUTION, "items": [past(70.0)]})
    _, text = await shown(site)
    assert "Der Verlauf beginnt mit dem zweiten Lauf." in text


async def test_evidence_leads_to_the_line_at_the_commit(site: Site) -> None:
    answer(site, repository_url="https://github.com/stadt/app.git")
    html, _ = await shown(site)
    assert 'href="https://github.com/stadt/app/blob/0123456789abcdef/README.md#L3"' in html
    answer(site, repository_url="https://git.example.org/app.git")
    html, _ = await shown(site)
    assert "<code" in html
    assert "blob/0123456789abcdef" not in html


async def test_municipalities_read_strengths_and_risks(site: Site) -> None:
    report = answers.report()
    for each, found in ((1, answers.metric(id="C2", score=35.0)), (2, answers.metric(id="D7", score=100.0))):
        report["dimensions"][each]["metrics"] = [found]
    answer(site, dimensions=report["dimensions"])
    _, text = await shown(site)
    assert "Stärken Die Lizenz ist eindeutig" in text
    assert "Worauf Sie achten sollten Das Wissen liegt bei einer Person." in text
    assert "Nächste Schritte mit dem größten Gewinn" not in text


async def test_providers_read_next_steps_and_find_the_badge(site: Site) -> None:
    report = answers.report()
    report["dimensions"][0]["metrics"] = [answers.metric(advice_de="Viel zu gewinnen.", gain=12.4)]
    answer(site, dimensions=report["dimensions"])
    site.gateway.on(f"GET /api/catalog/solutions/{answers.SOLUTION}/working", answers.own(live_version=1))
    await site.log_in(memberships=[answers.membership()])
    html, text = await shown(site, OWN)
    steps = text[text.index("Nächste Schritte mit dem größten Gewinn") :]
    assert steps.index("+12 Punkte Viel zu gewinnen.") < steps.index("+3 Punkte Mehr erklären.")
    assert "/api/checkup/solutions/terminlotse/badge.svg?lang=de" in html
    assert "[![Lösungs-Checkup](http://127.0.0.1:8080/api/checkup/solutions/terminlotse/badge.svg?lang=de)]" in text


async def test_criteria_publish_stages_and_thresholds(site: Site) -> None:
    rubric = {
        "version": "2026.2",
        "thresholds_from_de": "Schwellen aus einer Erhebung.",
        "overall": {
            "about_de": "Kein Mittelwert.",
            "about_en": "No mean.",
            "source": "Best Practices Badge",
            "scored_dimensions": 4,
            "award_days": 365,
            "renewal_tolerance": 3,
            "stages": [
                {"id": "basic", "title_de": "Basis", "title_en": "Basic", "criteria": [criterion("open", None)]}
            ],
        },
        "dimensions": [
            {
                "id": "code_quality",
                "award_score": 90,
                "award_coverage": 0.7,
                "award_confidence": 0.7,
                "award_facts_at_least": {"production_lines": 500},
                "award_facts_at_most": {"days_since_last_commit": 365},
                "caps": [{"id": "x", "text_de": "Höchstens 40 Punkte."}],
                "metrics": [{"id": "Q1", "title_de": "Komplexität", "source": "McCabe 1976", "weight": 100}],
            }
        ],
    }
    site.gateway.on("GET /api/checkup/rubric", rubric)
    text = text_of((await site.get("/kriterien")).text)
    assert "Eine Auszeichnung gilt 365 Tage" in text
    assert "bis 3 Punkte unter der Schwelle" in text
    assert "Tests laufen: mindestens 100" in text
    assert "Zeilen Produktivcode: mindestens 500." in text
    assert "Tage seit dem letzten Beitrag: höchstens 365." in text
    assert "Höchstens 40 Punkte." in text
    assert "McCabe 1976" in text


async def test_german_words_of_the_checkup_are_told_from_english_ones(site: Site) -> None:
    await site.get("/sprache?zu=en&weiter=/")
    page = (await site.get("/loesungen/terminlotse")).text
    assert '<span lang="de">444 Wörter</span>' in page
    german = "Kein öffentliches Repository angegeben: Es lässt sich nichts messen."
    unmeasured = answers.report(measurable=False, awards=[], reason=german)
    site.gateway.on(f"GET /api/checkup/solutions/{answers.SOLUTION}", unmeasured)
    assert german not in (await site.get("/loesungen/terminlotse")).text
    unread = {**unmeasured, "repository_url": "https://git.example.org/a", "reason": "Nicht lesbar."}
    site.gateway.on(f"GET /api/checkup/solutions/{answers.SOLUTION}", unread)
    assert '<p class="kern-body" lang="de">Nicht lesbar.</p>' in (await site.get("/loesungen/terminlotse")).text
