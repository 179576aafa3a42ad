"""Contradictions: every released rule can strike, and its clock is fair."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from checkup.adapters.people import files
from checkup.adapters.rubric_files import load, versions
from checkup.application.people.facts import gathered, of_listing, of_report
from checkup.domain.measurement import Analysis, Evidence, Presence, Probe, measured
from checkup.domain.people.contradictions import (
    Condition,
    ContradictionLog,
    Fact,
    FactValue,
    Rule,
    Source,
    evaluate,
    refresh,
    same_licence,
)
from checkup.domain.report import of_analysis
from checkup.domain.rubric import Text

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RULES = files.source_rules("2026.1").current
QUESTIONS = files.questionnaires("2026.1").current
ITEMS = {item.id for item in files.checklists("2026.1").current.items}


def facts(**values: FactValue) -> dict[str, Fact]:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return {name: Fact(name, value, Source.DECLARED, Text(name, name)) for name, value in named.items()}


def struck(**values: FactValue) -> list[str]:
    return [each.rule.id for each in evaluate(RULES.rules, facts(**values))]


def conditions_of(rule: Rule) -> list[Condition]:
    return [*rule.claim, *rule.against, *rule.unless]


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_a_rule_names_only_what_there_is(rule: Rule) -> None:
    rubric = load(versions()[-1])
    inputs = {
        f"{m.id}.{name}" for d in rubric.dimensions for m in d.metrics if m.formula for name in m.formula.inputs()
    }
    probes = {probe.id for probe in rubric.probes}
    for condition in conditions_of(rule):
        space, _, name = condition.fact.partition(".")
        match space:
            case "declared" | "verified":
                question = QUESTIONS.get(name)
                assert question is not None, condition
                if space == "declared" and condition.among:
                    assert condition.among <= ({choice.value for choice in question.choices} or {"yes", "no"})
            case "checked":
                assert name in ITEMS
            case "metric":
                assert name in inputs
            case "probe":
                assert name in probes
            case _:
                assert space in ("listing", "fact", "measured")


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_every_rule_can_strike(rule: Rule) -> None:
    def example(condition: Condition) -> FactValue:
        if condition.among:
            return sorted(condition.among, key=str)[0]
        bound = next((b for b in (condition.at_least, condition.at_most, condition.above) if b is not None), None)
        return "EUPL-1.2" if bound is None else bound + (1 if condition.above is not None else 0)

    claim, against = rule.claim[0], next(each for each in rule.against if each.fact != rule.claim[0].fact)
    given = {claim.fact: example(claim), against.fact: example(against)}
    if claim.differs_from:
        given[claim.differs_from] = "MIT"
    found = evaluate([rule], {name: Fact(name, v, Source.DECLARED, Text("", "")) for name, v in given.items()})
    assert [each.rule.id for each in found] == [rule.id]
    assert evaluate([rule], {}) == []


def test_what_says_wcag_aa_needs_a_statement_somewhere() -> None:
    assert struck(declared__wcag_level="aa", probe__accessibility_statement="absent") == [
        "accessibility_statement_missing"
    ]
    assert struck(declared__wcag_level="partly", probe__accessibility_statement="absent") == []
    assert struck(declared__wcag_level="aa") == [], "what nobody could look for is not missing"
    settled = {"probe__demo_accessibility_statement": "found", "probe__accessibility_statement": "absent"}
    assert struck(declared__wcag_level="aa", **settled) == []


def test_active_development_needs_commits() -> None:
    assert struck(declared__maintained="active", fact__days_since_last_commit=366.0) == ["maintained_without_commits"]
    assert struck(declared__maintained="active", fact__days_since_last_commit=365.0) == []


def test_licences_are_compared_without_what_comes_after() -> None:
    assert same_licence("GPL-3.0-or-later", "GPL-3.0")
    assert same_licence("MIT OR Apache-2.0", "Apache-2.0")
    assert not same_licence("EUPL-1.2", "MIT")
    assert struck(listing__licence="EUPL-1.2", measured__licence="MIT") == ["licence_differs"]
    assert struck(listing__licence="AGPL-3.0-only", measured__licence="AGPL-3.0") == []


@pytest.mark.parametrize(
    ("probe", "expected"),
    [
        (Probe(Presence.FOUND, (Evidence("MIT", "LICENSE"),), ("MIT",)), ["licence_differs"]),
        (Probe(Presence.FOUND, (Evidence("?", "LICENSE"),), ("EUPL-1.2",)), []),
        (Probe(Presence.FOUND, (Evidence("?", "LICENSES/a.txt"),), ("MIT", "EUPL-1.2")), []),
        (Probe(Presence.ABSENT), []),
        (Probe(Presence.NOT_AVAILABLE, reason="gescheitert"), []),
    ],
)
def test_the_listed_licence_is_held_against_the_measured_one(probe: Probe, expected: list[str]) -> None:
    analysis = Analysis("c" * 40, (measured("D7", [Evidence("Lizenzdatei: GPL-3.0", "LICENSE")], file=1),), {},
                        probes={"licence_detected": probe})  # fmt: skip
    report = of_analysis(analysis, load(), as_of=NOW, repository_url="https://git.example.org/a/b")
    report = replace(report, measurable=True)
    found = gathered(of_listing({"licence": "EUPL-1.2"}, 3), of_report(report, load()))
    differing = [each for each in evaluate(RULES.rules, found) if each.rule.id == "licence_differs"]
    assert [each.rule.id for each in differing] == expected
    for each in differing:
        assert (each.against.value, each.against.place, each.against.version) == ("MIT", "LICENSE", load().version)


def test_a_choice_among_several_counts() -> None:
    assert struck(declared__isms=("c5", "other"), verified__isms="refuted") == ["certificate_refuted"]


def test_the_clock_starts_once_and_is_not_reset_by_a_short_absence() -> None:
    found = evaluate(RULES.rules, facts(declared__sbom="yes", probe__sbom="absent"))
    log, fresh = refresh(ContradictionLog("s", "org", "slug"), found, now=NOW)
    assert fresh == ["sbom_missing"]
    log, fresh = refresh(log, found, now=NOW + timedelta(days=3))
    assert (fresh, log.since("sbom_missing")) == ([], NOW)
    log, fresh = refresh(log, [], now=NOW + timedelta(days=10))
    assert log.since("sbom_missing") is None
    soon, fresh = refresh(log, found, now=NOW + timedelta(days=20))
    assert (fresh, soon.since("sbom_missing")) == (["sbom_missing"], NOW)
    late = NOW + timedelta(days=200)
    assert refresh(log, found, now=late)[0].since("sbom_missing") == late
    assert [entry.action.value for entry in soon.audit] == [
        "contradiction_found", "contradiction_gone", "contradiction_found"
    ]  # fmt: skip
