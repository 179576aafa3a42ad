"""The standard profile: its data, the judgement of answers, completeness, and answers in words."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from contracts.listing import Listing
from contracts.profile import completeness, questionnaire, showing
from contracts.profile.checking import check
from contracts.profile.questionnaire import Questionnaire, load, parse
from contracts.vocabulary import Language

TODAY = date(2026, 11, 22)
MINIMAL: dict[str, Any] = {
    "name": "Comby",
    "summary": "Kurz",
    "description": "Lang",
    "kind": "software",
    "offer_form": "app",
    "fields_of_action": ["health"],
}
FILE = Path(questionnaire.__file__).parent / "2026.1.yaml"


def faults(profile: Questionnaire, document: dict[str, Any], *, complete: bool = True) -> list[tuple[str, str]]:
    found = check(profile, document, complete=complete, today=TODAY)
    return [(fault.place, fault.code) for fault in found]


def answered(**answers: Any) -> dict[str, Any]:
    return {**MINIMAL, "answers": answers}


def changed(old: str, new: str) -> str:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


def test_every_field_of_a_listing_has_exactly_one_question() -> None:
    typed = [each.id for each in load().questions if each.typed]
    assert sorted(typed) == sorted(set(Listing.model_fields) - {"answers"})


def test_both_languages_say_something_everywhere() -> None:
    for each in load().questions:
        for words in (each.label, each.short, each.help, each.why, each.unit, *each.choices):
            assert words is None or (words.de.strip() and words.en.strip()), each.id


def test_exports_go_to_places_of_their_own() -> None:
    columns = showing.columns(load())
    assert len(columns) == len(set(columns))
    paths = [each.export.publiccode for each in load().questions if each.export.publiccode]
    assert len(paths) == len(set(paths)) >= 15


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("- id: summary", "- id: name", "the question name is there twice"),
        ("detail: who", "detail: nowhere", "there is no group nowhere"),
        ("vocabulary: kind", "vocabulary: colours", "there is no vocabulary colours"),
        (
            "{question: kind, any_of: [software]}",
            "{question: region, given: true}",
            "do not stand before it: .'region'.",
        ),
        ("{question: kind, any_of: [software]}", "{question: kind}", "needs either any_of or given"),
        ("- id: region", "- id: shade", "fields of the listing without a question: region"),
        ("longest: 120", "longests: 120", "Extra inputs are not permitted"),
    ],
)
def test_a_questionnaire_that_contradicts_itself_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(changed(old, new))


def test_a_minimal_listing_is_complete_and_a_draft_needs_name_and_kind() -> None:
    assert faults(load(), MINIMAL) == []
    assert faults(load(), {"name": "Comby", "kind": "software"}, complete=False) == []
    assert faults(load(), {}, complete=False) == [("name", "missing"), ("kind", "missing")]
    assert ("description", "missing") in faults(load(), {**MINIMAL, "description": ""})


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"colour": "red"}, [("answers.colour", "unknown")]),
        ({"name": "again"}, [("answers.name", "unknown")]),
        ({"service_level": "yes"}, [("answers.service_level", "wrong_type")]),
        ({"availability_percent": "99"}, [("answers.availability_percent", "not_a_number")]),
        ({"availability_percent": True}, [("answers.availability_percent", "not_a_number")]),
        ({"availability_percent": 101}, [("answers.availability_percent", "too_large")]),
        ({"availability_percent": float("nan")}, [("answers.availability_percent", "not_a_number")]),
        ({"price_from": 10, "price_unit": "year", "price_to": 9.99}, [("answers.price_to", "below")]),
        ({"platforms": ["web", "web"]}, [("answers.platforms.1", "twice")]),
        ({"platforms": ["amiga"]}, [("answers.platforms.0", "not_a_choice")]),
        ({"platforms": "web"}, [("answers.platforms", "wrong_type")]),
        ({"development_status": "shiny"}, [("answers.development_status", "not_a_choice")]),
        ({"ozg_ids": ["OZG10001", "10001"]}, [("answers.ozg_ids.1", "pattern")]),
        ({"leika_ids": ["99108008252000\n"]}, [("answers.leika_ids.0", "control_characters")]),
        ({"support_hours": "x" * 201}, [("answers.support_hours", "too_long")]),
        ({"support_hours": "a\0b"}, [("answers.support_hours", "control_characters")]),
        ({"penetration_test": "2026-11-23"}, [("answers.penetration_test", "in_the_future")]),
        ({"penetration_test": "2026-02-30"}, [("answers.penetration_test", "not_a_date")]),
        ({"penetration_test": "1026-03-01"}, [("answers.penetration_test", "absurd_year")]),
        (
            {"certificates": [{"kind": "bsi_c5", "until": "9999-12-31"}]},
            [("answers.certificates.0.until", "absurd_year")],
        ),
        ({"penetration_test": "20260301"}, [("answers.penetration_test", "not_a_date")]),
        ({"certificates": [{"kind": "iso_27001"}]}, [("answers.certificates.0.until", "missing")]),
        (
            {"certificates": [{"kind": "paper", "until": "bald", "colour": "x"}]},
            [
                ("answers.certificates.0.kind", "not_a_choice"),
                ("answers.certificates.0.until", "not_a_date"),
                ("answers.certificates.0.colour", "unknown"),
            ],
        ),
        ({"certificates": ["ISO"]}, [("answers.certificates.0", "wrong_type")]),
        ({"sub_processors": [{"name": "x"}] * 21}, [("answers.sub_processors", "too_many")]),
    ],
)
def test_answers_that_are_not_right(answers: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert faults(load(), answered(**answers), complete=False) == expected


def test_limits_of_typed_fields_are_the_same_here() -> None:
    assert faults(load(), {**MINIMAL, "website_url": "ftp://x"}) == [("website_url", "not_an_address")]
    assert faults(load(), {**MINIMAL, "summary": "x" * 301}) == [("summary", "too_long")]


def test_an_answer_is_required_when_others_say_so() -> None:
    yes = answered(data_export=True)
    assert faults(load(), yes) == [("answers.data_export_formats", "missing")]
    assert faults(load(), yes, complete=False) == [], "a draft may wait"
    assert faults(load(), answered(data_export=False)) == []
    served = {**answered(service_level=True), "operating_models": ["saas"]}
    assert faults(load(), served) == [("answers.availability_percent", "missing")]
    hosted_elsewhere = {**served, "operating_models": ["self_hosted"]}
    assert faults(load(), hosted_elsewhere) == [], "who is not asked for a service level is not asked for its number"


def test_completeness_counts_what_is_asked_by_weight() -> None:
    before = completeness.measure(load(), MINIMAL)
    assert 0 < before.percent < 40
    assert before.required == ()
    assert before.missing[0].weight == 3
    more = completeness.measure(load(), {**MINIMAL, "licence": "EUPL-1.2"})
    assert more.percent > before.percent
    training = completeness.measure(load(), {**MINIMAL, "kind": "consulting"})
    asked = {each.id for section in training.sections for each in section.missing}
    assert "platforms" not in asked, "a training runs on no platform"
    unknown = completeness.measure(load(), {**MINIMAL, "price_model": "unknown"})
    assert unknown.percent == before.percent, "“not stated” is no answer"


def test_answers_in_words() -> None:
    document = {
        **answered(
            certificates=[{"kind": "iso_27001", "number": "IS 1", "until": "2027-03-01"}],
            service_level=True,
            price_from=1200.5,
        ),
        "licence": "proprietary",
        "price_note": "Staffel möglich",
        "price_model": "subscription",
    }
    rows = {row.question.id: row for group in showing.table(load(), document, "de") for row in group.rows}
    assert rows["certificates"].texts == ("ISO/IEC 27001, IS 1, Gültig bis: 01.03.2027",)
    assert rows["service_level"].texts == ("ja",)
    assert rows["price_from"].texts == ("1.200,50 Euro, netto",)
    assert rows["licence"].texts == ("proprietär",)
    assert rows["price_model"].note == "Staffel möglich"
    english = {row.question.id: row for group in showing.table(load(), document, "en") for row in group.rows}
    assert english["price_from"].texts == ("1,200.50 euros, net",)
    assert english["licence"].texts == ("proprietary",)


def test_a_comparison_marks_what_differs() -> None:
    one, other = {**MINIMAL, "licence": "EUPL-1.2"}, {**MINIMAL, "licence": "MIT"}
    rows = {row.question.id: row for row in showing.compare(load(), [one, other], "de")}
    assert rows["licence"].differs
    assert rows["licence"].texts == (("EUPL-1.2",), ("MIT",))
    assert not rows["kind"].differs


def test_records_of_the_open_data_hold_values_as_they_travel() -> None:
    found = showing.record(load(), answered(platforms=["web", "ios"], service_level=False, price_from=12))
    assert (found["platforms"], found["service_level"], found["price_from"]) == ("web; ios", "no", "12")
    assert found["licence"] == ""
    assert tuple(found) == showing.columns(load())


def test_a_question_that_is_added_to_the_data_is_judged_shown_compared_and_exported() -> None:
    profile = parse(with_one_more_question())
    wrong = {**MINIMAL, "answers": {"colour": "blau"}}
    assert faults(profile, MINIMAL) == [("answers.colour", "missing")]
    assert faults(profile, wrong) == [("answers.colour", "not_a_choice")]
    right = {**MINIMAL, "answers": {"colour": "red"}}
    assert faults(profile, right) == []
    rows = {row.question.id: row.texts for group in showing.table(profile, right, "de") for row in group.rows}
    assert rows["colour"] == ("Rot",)
    compared = {row.question.id: row.texts for row in showing.compare(profile, [right], "en")}
    assert compared["colour"] == (("Red",),)
    assert showing.record(profile, right)["colour"] == "red"
    before, after = (completeness.measure(profile, document).percent for document in (MINIMAL, right))
    assert after > before


def with_one_more_question() -> str:
    question = """      - id: colour
        type: choice
        vocabulary: colours
        label: {de: "Farbe", en: "Colour"}
        required: true
        weight: 9
        detail: who
        compare: true
      - id: summary"""
    text = changed("      - id: summary", question)
    return text.replace("vocabularies:\n", 'vocabularies:\n  colours:\n    - [red, "Rot", "Red"]\n', 1)


def test_dates_through_which_something_holds_are_marked_once_they_have_passed() -> None:
    profile = questionnaire.load()
    document = answered(
        certificates=[{"kind": "bsi_c5", "until": "2026-11-21"}, {"kind": "iso_27001", "until": "2026-11-22"}],
        maintenance_type="contract",
        maintenance_until="2026-11-21",
        penetration_test="2020-01-01",
    )
    today = date(2026, 11, 22)
    answers = profile.answers_in(document)

    def shown(question: str, language: Language, today: date | None) -> tuple[str, ...]:
        return showing.texts_of(profile.by_id[question], answers[question], language, today=today)

    assert shown("certificates", "de", today) == (
        "BSI C5, Gültig bis: 21.11.2026 (abgelaufen)",
        "ISO/IEC 27001, Gültig bis: 22.11.2026",
    )
    assert shown("maintenance_until", "en", today) == ("2026-11-21 (expired)",)
    assert shown("maintenance_until", "de", None) == ("21.11.2026",)
    assert shown("penetration_test", "de", today) == ("01.01.2020",)
    assert [each.id for each in showing.lapsed(profile, document, today)] == ["maintenance_until", "certificates"]
    assert showing.lapsed(profile, document, date(2026, 11, 21)) == ()
    rows = {each.question.id: each.texts for each in showing.compare(profile, [document], "de", today=today)}
    assert rows["maintenance_until"] == (("21.11.2026 (abgelaufen)",),)


def test_requirements_are_compared_with_words_of_what_holds() -> None:
    certificates = [{"kind": "iso_27001", "until": "2027-01-01"}, {"kind": "bsi_c5", "until": "2026-11-21"}]
    document = {**answered(certificates=certificates), "languages": ["de", "hsb", "xx"]}
    answers = showing.holding(load(), document, TODAY)
    assert answers["languages"] == ["Deutsch", "Obersorbisch", "xx"]
    assert answers["certificates"] == ["ISO/IEC 27001, Gültig bis: 01.01.2027"]
    assert answers["kind"] == "software"
    (row,) = (each for each in showing.compare(load(), [document], "en") if each.question.id == "languages")
    assert row.texts == (("German", "Upper Sorbian", "xx"),)
    assert showing.record(load(), document)["languages"] == "de; hsb; xx"
