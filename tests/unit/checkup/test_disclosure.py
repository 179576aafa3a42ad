"""The self-disclosure: questions, drafts, publication, verification, stages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from checkup.adapters.people import files
from checkup.domain.people import disclosure
from checkup.domain.people.answers import AnswerStage, Fault, Given
from checkup.domain.people.disclosure import MOST_PUBLICATIONS, Disclosure, Stage, topic_stages
from checkup.domain.people.person import Person
from servicekit.errors import ProblemError

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
QUESTIONS = files.questionnaires("2026.1").current
EDITOR = Person("ada", frozenset({"org"}), frozenset({"org"}))
CHECKER = Person("carl", checks=True, reads_all=True)
NEW = Disclosure("solution", "org")
COMPLETE: dict[str, Any] = {
    "isms": ["none"],
    "personal_data": "no",
    "hosting_location": "germany",
    "wcag_level": "none",
    "maintained": "active",
    "data_export": "yes",
}


def given(answers: dict[str, Any]) -> dict[str, Given]:
    return {key: value if isinstance(value, Given) else Given(value) for key, value in answers.items()}


def save(held: Disclosure, answers: dict[str, Any], *, by: Person = EDITOR, now: datetime = NOW) -> Disclosure:
    return disclosure.save_draft(held, given(answers), by=by, questionnaire=QUESTIONS, now=now)[0]


def publish(held: Disclosure, *, now: datetime = NOW) -> Disclosure:
    number = len(held.editions) + 1
    return disclosure.publish(held, by=EDITOR, questionnaire=QUESTIONS, edition_id=f"edition-{number}", now=now)


def published(**answers: Any) -> Disclosure:
    return publish(save(NEW, {**COMPLETE, **answers}))


def faults_of(answers: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ProblemError) as refused:
        save(NEW, answers)
    assert refused.value.slug == "invalid-answers"
    return {fault.field: fault.message for fault in refused.value.fields}


def test_the_questionnaire_asks_about_four_topics_in_both_languages() -> None:
    assert 25 <= len(QUESTIONS.questions) <= 40
    assert {question.topic for question in QUESTIONS.questions} == {topic.id for topic in QUESTIONS.topics}
    for question in QUESTIONS.questions:
        assert question.text.de.endswith(("?", ")?")), question.id
        assert question.text.en, question.id
        if question.when is not None:
            asked = QUESTIONS.get(question.when.question)
            assert asked is not None
            values = {choice.value for choice in asked.choices} or {"yes", "no"}
            assert question.when.values <= values, f"{question.id} waits for an answer that nobody can give"


@pytest.mark.parametrize(
    ("answers", "field", "message"),
    [
        ({"nonsense": "x"}, "nonsense", Fault.NO_QUESTION),
        ({"pentest": "maybe"}, "pentest.value", Fault.NO_CHOICE),
        ({"pentest": ["yes"]}, "pentest.value", Fault.WRONG_TYPE),
        ({"isms": ["none", "c5"]}, "isms.value", Fault.EXCLUSIVE),
        ({"isms": []}, "isms.value", Fault.WRONG_TYPE),
        ({"patch_days": 400}, "patch_days.value", Fault.NO_NUMBER),
        ({"patch_days": True}, "patch_days.value", Fault.WRONG_TYPE),
        ({"patch_days": float("nan")}, "patch_days.value", Fault.NO_NUMBER),
        ({"pentest": "yes", "pentest_date": "2026-11-23"}, "pentest_date.value", Fault.IN_FUTURE),
        ({"pentest": "yes", "pentest_date": "22.11.2026"}, "pentest_date.value", Fault.NO_DATE),
        ({"maintained": "ending", "maintenance_end": "2026-11-21"}, "maintenance_end.value", Fault.IN_PAST),
        ({"roadmap": "http://example.org"}, "roadmap.value", Fault.NOT_HTTPS),
        ({"roadmap": "https://ada:pw@example.org"}, "roadmap.value", Fault.NOT_HTTPS),
        ({"roadmap": "javascript:alert(1)"}, "roadmap.value", Fault.NOT_HTTPS),
        ({"roadmap": "https://[::1"}, "roadmap.value", Fault.NOT_HTTPS),
        ({"data_export": "yes", "exit_plan": "x" * 10_000}, "exit_plan.value", Fault.TOO_LONG),
        ({"sbom": Given("yes", note="x" * 2001)}, "sbom.note", Fault.TOO_LONG),
        ({"sbom": Given("yes", proof_url="ftp://example.org/sbom")}, "sbom.proof_url", Fault.NOT_HTTPS),
        ({"pentest": Given("yes", proof_url="https://example.org")}, "pentest.proof_url", Fault.NOT_ASKED_FOR),
        ({"isms": Given(["c5"], valid_until="never")}, "isms.valid_until", Fault.NO_DATE),
        ({"sbom": Given("yes", valid_until="2027-01-01")}, "sbom.valid_until", Fault.NOT_ASKED_FOR),
    ],
)
def test_an_answer_that_cannot_be_is_refused_by_name(answers: dict[str, Any], field: str, message: Fault) -> None:
    assert faults_of(answers) == {f"answers.{field}": message.value}


def test_markup_in_a_text_is_kept_as_the_text_it_is() -> None:
    held = save(NEW, {"data_export": "yes", "exit_plan": "<script>alert(1)</script>"})
    assert held.draft is not None
    assert held.draft.answers["exit_plan"].value == "<script>alert(1)</script>"


def test_answers_that_nobody_asks_for_are_dropped_and_named() -> None:
    answers = {"pentest": "no", "pentest_date": "2026-01-01", "subprocessor_list": "https://example.org/list"}
    held, dropped = disclosure.save_draft(NEW, given(answers), by=EDITOR, questionnaire=QUESTIONS, now=NOW)
    assert held.draft is not None
    assert set(held.draft.answers) == {"pentest"}
    assert dropped == ["pentest_date", "subprocessor_list"]


def test_a_chain_of_conditions_closes_as_a_whole() -> None:
    values = {"personal_data": "no", "subprocessors": "yes", "subprocessor_list": "https://example.org/list"}
    assert "subprocessor_list" not in {question.id for question in QUESTIONS.asked(values)}
    assert "subprocessor_list" in {question.id for question in QUESTIONS.asked({**values, "personal_data": "yes"})}


def test_only_editors_of_the_provider_write() -> None:
    for person, slug in ((Person("eve"), "foreign-organisation"), (Person("mia", frozenset({"org"})), "not-an-editor")):
        with pytest.raises(ProblemError) as refused:
            save(NEW, COMPLETE, by=person)
        assert refused.value.slug == slug


def test_publishing_needs_the_required_answers_and_those_that_follow_from_them() -> None:
    with pytest.raises(ProblemError) as refused:
        publish(save(NEW, {**COMPLETE, "isms": ["c5"], "personal_data": "yes"}))
    assert {fault.field for fault in refused.value.fields} == {"answers.isms_scope.value", "answers.dpa.value"}


def test_every_version_is_kept_with_who_and_when() -> None:
    first = published(sbom="yes")
    later = NOW + timedelta(days=1)
    second = publish(save(first, {**COMPLETE, "sbom": "no"}, now=later), now=later)
    assert [(each.number, each.published_by, each.published_at) for each in second.editions] == [
        (1, "ada", NOW),
        (2, "ada", later),
    ]
    assert second.draft is None
    (change,) = second.audit[-1].changes
    assert (change.what, change.before, change.after) == ("sbom", "yes", "no")
    unchanged = second.answers["data_export"]
    assert unchanged.answered_at == NOW, "an answer that stayed the same keeps its date"


def test_the_same_again_is_no_new_version() -> None:
    with pytest.raises(ProblemError, match="says the same"):
        publish(save(published(), COMPLETE))
    with pytest.raises(ProblemError) as refused:
        publish(published())
    assert refused.value.slug == "no-draft"


def test_publishing_has_a_daily_limit() -> None:
    held = published()
    for number in range(1, MOST_PUBLICATIONS):
        held = publish(save(held, {**COMPLETE, "patch_days": number}))
    with pytest.raises(ProblemError) as refused:
        publish(save(held, {**COMPLETE, "patch_days": 99}))
    assert refused.value.slug == "published-too-often"
    assert publish(save(held, {**COMPLETE, "patch_days": 99}), now=NOW + timedelta(days=2)).published


def test_stages_rise_with_proof_and_verification_and_fall_with_time() -> None:
    proof = Given(["c5"], proof_url="https://example.org/c5", valid_until="2027-01-31")
    held = published(isms=proof, isms_scope="Betrieb", sbom="yes")

    def stage(now: date) -> Stage:
        return topic_stages(held, QUESTIONS, now)[0].stage

    assert stage(NOW.date()) is Stage.EVIDENCED
    held = disclosure.verify(held, "isms", confirmed=True, note="", version=1, by=CHECKER, now=NOW)
    assert stage(NOW.date()) is Stage.VERIFIED
    assert held.stage_of("isms", date(2027, 1, 31)) is AnswerStage.VERIFIED
    assert held.stage_of("isms", date(2027, 2, 1)) is AnswerStage.EXPIRED
    assert stage(date(2027, 2, 1)) is Stage.DECLARED, "an expired answer is marked, and the topic rests on the others"
    first = topic_stages(held, QUESTIONS, NOW.date())[0]
    assert (first.answered, first.verified, first.valid_until) == (3, 1, date(2027, 1, 31))
    assert topic_stages(NEW, QUESTIONS, NOW.date())[0].stage is Stage.NONE


def test_a_verification_holds_for_the_answer_as_it_was() -> None:
    held = disclosure.verify(published(sbom="yes"), "sbom", confirmed=False, note="Keine da", version=1, by=CHECKER,
                             now=NOW)  # fmt: skip
    assert held.stage_of("sbom", NOW.date()) is AnswerStage.REFUTED
    changed = publish(save(held, {**COMPLETE, "sbom": Given("yes", proof_url="https://example.org/sbom.json")}))
    assert changed.stage_of("sbom", NOW.date()) is AnswerStage.EVIDENCED


@pytest.mark.parametrize(
    ("person", "version", "note", "slug"),
    [
        (EDITOR, 1, "x", "missing-role"),
        (Person("ina", frozenset({"org"}), checks=True), 1, "x", "own-organisation"),
        (CHECKER, 2, "x", "answer-changed"),
        (CHECKER, 1, " ", "note-needed"),
    ],
)
def test_verifying_has_its_rules(person: Person, version: int, note: str, slug: str) -> None:
    with pytest.raises(ProblemError) as refused:
        disclosure.verify(
            published(sbom="yes"), "sbom", confirmed=False, note=note, version=version, by=person, now=NOW
        )
    assert refused.value.slug == slug


def test_savings_shortly_after_each_other_are_one_entry_of_the_trail() -> None:
    held = save(NEW, {"sbom": "yes"})
    held = save(held, {"sbom": "no", "pentest": "no"}, now=NOW + timedelta(minutes=5))
    (entry,) = held.audit
    assert [(each.what, each.before, each.after) for each in entry.changes] == [
        ("sbom", None, "no"),
        ("pentest", None, "no"),
    ]
    assert len(save(held, {}, now=NOW + timedelta(hours=2)).audit) == 2


def test_the_listings_own_statements_are_offered() -> None:
    said = {"hosting_location": "eu", "accessibility_level": "wcag_aa", "data_processing_agreement": "yes",
            "accessibility_statement_url": "http://example.org"}  # fmt: skip
    assert QUESTIONS.proposals(said) == {"hosting_location": "eu", "wcag_level": "aa", "dpa": "yes"}
