"""What follows from a look at a demo: shares, evidence, probes, and what the rubric makes of them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from checkup.adapters.rubric_files import load
from checkup.browser.audit import following
from checkup.domain import demo
from checkup.domain.demo import Answer, Audit, Link, Page, Rule
from checkup.domain.measurement import (
    Analysis,
    Evidence,
    Observations,
    Origin,
    Presence,
    Status,
    measured,
    with_observations,
)
from checkup.domain.scoring import MetricResult, score

AT = datetime(2026, 11, 22, 3, 20, tzinfo=UTC)
UP = Answer(up=True, url="https://demo.example.org/")


def rule(name: str, impact: str, *, passed: bool, **more: Any) -> Rule:
    return Rule(name, impact, f"Hilfe zu {name}", passed, **more)


def page(path: str, *rules: Rule, undecided: int = 0) -> Page:
    return Page(path, rules, undecided)


def by_id(seen: Observations) -> dict[str, Any]:
    return {measurement.id: measurement for measurement in seen.measurements}


def test_a_rule_weighs_by_its_impact() -> None:
    rules = [
        rule("image-alt", "critical", passed=False),
        rule("color-contrast", "serious", passed=True),
        rule("region", "moderate", passed=True),
        rule("marquee", "minor", passed=False),
    ]
    assert demo.passed_share(rules) == pytest.approx(10 / 21)
    assert demo.passed_share([]) is None


def test_the_median_of_the_pages_counts_and_the_gravest_barrier_comes_first() -> None:
    broken = rule("image-alt", "critical", passed=False, count=3, selectors=("img.logo",))
    faint = rule("color-contrast", "serious", passed=False, count=1, selectors=("p",))
    kept = rule("html-has-lang", "serious", passed=True)
    audit = Audit(
        pages=(page("/", kept), page("/a", faint, kept, undecided=2), page("/b", faint, broken, kept), page("/leer")),
        faults=("/c: Die Seite antwortet mit HTTP 500.",),
        tools={"axe-core": "4.14.1"},
    )
    seen = demo.observations(UP, audit, at=AT)
    u1 = by_id(seen)["U1"]
    assert u1.raw == {"passed_share": 0.5, "pages": 3}
    assert (u1.status, u1.origin, u1.observed_at) == (Status.MEASURED, Origin.DEMO, AT)
    texts = [evidence.text for evidence in u1.evidence]
    assert texts[0].startswith("3 Seiten geprüft, im Median 50 % erfüllt.")
    assert "nur ein Mensch" in texts[0]
    assert texts[2] == "Hilfe zu image-alt (image-alt, kritisch; 3× auf /b, etwa img.logo)"
    assert [text.partition(" (")[0] for text in texts[3:5]] == ["Hilfe zu color-contrast"] * 2
    assert texts[5:] == ["2 Regeln brauchen ein menschliches Urteil und zählen nicht",
                         "/c: Die Seite antwortet mit HTTP 500."]  # fmt: skip
    assert seen.tools == {"axe-core": "4.14.1"}
    assert all(evidence.path is None for evidence in u1.evidence), "paths of the demo are not paths of the repository"


def test_more_barriers_than_fit_are_counted() -> None:
    rules = [rule(f"rule-{n:02}", "minor", passed=False, count=1) for n in range(20)]
    u1 = by_id(demo.observations(UP, Audit(pages=(page("/", *rules),)), at=AT))["U1"]
    assert u1.evidence[-1] == Evidence("… und 8 weitere")


@pytest.mark.parametrize(
    ("answer", "audit", "reason"),
    [
        (Answer(up=False, reason="Die Adresse antwortet mit HTTP 404."), Audit(), "HTTP 404"),
        (UP, Audit(reason="Auf diesem Rechner gibt es keinen Browser."), "keinen Browser"),
        (UP, Audit(faults=("/: Die Seite beschäftigt den Browser ohne Ende.",)), "ohne Ende"),
        (UP, Audit(pages=(page("/"),)), "Keine Seite war prüfbar."),
    ],
)
def test_what_was_not_tested_is_not_available_with_the_reason(answer: Answer, audit: Audit, reason: str) -> None:
    seen = by_id(demo.observations(answer, audit, at=AT))
    assert seen["U1"].status is Status.NOT_AVAILABLE
    assert reason in seen["U1"].reason
    assert seen["U3"].raw == {"demo_up": float(answer.up)}


def probes(answer: Answer, audit: Audit) -> dict[str, Presence]:
    return {name: probe.status for name, probe in demo.observations(answer, audit, at=AT).probes.items()}


def test_probes_tell_what_the_demo_links_sends_and_contacts() -> None:
    links = (Link("Erklärung zur Barrierefreiheit", "https://demo.example.org/x"),
             Link("Recht", "https://demo.example.org/datenschutz/"))  # fmt: skip
    headers = dict.fromkeys(demo.HEADERS, "x")
    answer = Answer(up=True, url="https://demo.example.org/", links=links, headers=headers)
    audit = Audit(
        pages=(page("/"),), links=(Link("Impressum", "https://demo.example.org/i"),), hosts=("cdn.example.com",)
    )
    assert set(probes(answer, audit).values()) == {Presence.FOUND}
    bare = probes(UP, Audit(pages=(page("/"),)))
    assert set(bare.values()) == {Presence.ABSENT}
    assert bare.keys() >= {"demo_accessibility_statement", "demo_privacy_page", "demo_security_headers", "demo_imprint",
                           "demo_third_party_hosts"}  # fmt: skip


def test_strict_transport_security_is_asked_of_https_only() -> None:
    headers = {"content-security-policy": "default-src 'self'", "x-content-type-options": "nosniff"}
    local = Answer(up=True, url="http://127.0.0.1:8000/", headers=headers)
    assert probes(local, Audit())["demo_security_headers"] is Presence.FOUND
    assert probes(Answer(up=True, url=UP.url, headers=headers), Audit())["demo_security_headers"] is Presence.ABSENT


def test_what_could_not_be_looked_at_is_not_called_absent() -> None:
    away = Answer(up=False, reason="Die Adresse antwortet nicht rechtzeitig.")
    assert set(probes(away, Audit()).values()) == {Presence.NOT_AVAILABLE}
    assert probes(UP, Audit(reason="kein Browser"))["demo_third_party_hosts"] is Presence.NOT_AVAILABLE
    assert {probe.status for probe in demo.without_demo().probes.values()} == {Presence.NOT_AVAILABLE}


def scored(seen: Observations) -> dict[str, MetricResult]:
    tried = measured("U3", [Evidence("Startbefehl beschrieben", "README.md")], start_path=1, sample_data=1, demo_up=0)
    analysis = Analysis("c" * 40, (tried,), {})
    dimensions = score(with_observations(analysis, seen), load("2026.2")).dimensions
    return {metric.id: metric for metric in dimensions[0].metrics}


def test_the_rubric_scores_what_was_seen_beside_what_the_repository_holds() -> None:
    rules = (rule("image-alt", "critical", passed=False, count=1), rule("label", "critical", passed=True))
    metrics = scored(demo.observations(UP, Audit(pages=(page("/", *rules),)), at=AT))
    assert (metrics["U1"].score, metrics["U1"].origin, metrics["U1"].observed_at) == (50.0, Origin.DEMO, AT)
    assert metrics["U3"].score == 100
    assert [evidence.text for evidence in metrics["U3"].evidence] == [
        "Startbefehl beschrieben",
        "Demo erreichbar",
    ]


def test_no_demo_costs_coverage_and_the_way_to_try_only() -> None:
    metrics = scored(demo.without_demo())
    assert (metrics["U1"].status, metrics["U1"].score) == (Status.NOT_AVAILABLE, None)
    assert (metrics["U3"].status, metrics["U3"].score) == (Status.MEASURED, 60.0)


def test_a_failure_of_our_own_says_nothing_about_the_demo() -> None:
    metrics = scored(demo.failed())
    assert metrics["U1"].status is Status.ERROR
    assert "demo_up" in metrics["U3"].raw


def test_pages_of_the_same_origin_follow_once_each_and_legal_texts_last() -> None:
    links = [
        Link("", "https://demo.example.org/impressum"),
        Link("", "https://demo.example.org/#oben"),
        Link("", "https://demo.example.org/karte?x=1#y"),
        Link("", "https://demo.example.org/karte?x=2"),
        Link("", "https://elsewhere.example.org/a"),
        Link("", "http://demo.example.org/plain"),
        Link("", "mailto:jemand@example.org"),
        Link("", "https://demo.example.org/logout"),
        Link("", "https://demo.example.org/handbuch.pdf"),
        Link("", "https://demo.example.org/hilfe"),
    ]
    assert following("https://demo.example.org/", links) == [
        "https://demo.example.org/karte?x=1",
        "https://demo.example.org/hilfe",
        "https://demo.example.org/impressum",
    ]
