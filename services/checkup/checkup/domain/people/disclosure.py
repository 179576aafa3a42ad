"""The self-disclosure of one solution: a draft, its published versions, and what the team verified of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from servicekit import errors
from servicekit.errors import FieldError

from checkup.domain.people.answers import Answer, Answers, AnswerStage, Checked, Fault, Given, answer_of, values_of
from checkup.domain.people.person import Person, require_checker, require_editor
from checkup.domain.people.questionnaire import Question, Questionnaire
from checkup.domain.people.trail import Action, Change, Entry, Side, Trail, added, change

MOST_PUBLICATIONS = 20
"""Publications of one self-disclosure within a day; every one is kept."""
DAY = timedelta(days=1)
LONGEST_NOTE = 2000


class Stage(StrEnum):
    """How far a topic got: keine Angabe, erklärt, belegt, geprüft."""

    NONE = "none"
    DECLARED = "declared"
    EVIDENCED = "evidenced"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version; its answers never change again."""

    id: str
    number: int
    questionnaire: str
    published_at: datetime
    published_by: str
    answers: Answers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the provider's editors are writing."""

    answers: Answers
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What the team found out about one answer; it holds for the answer with that fingerprint only."""

    question: str
    fingerprint: str
    confirmed: bool
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The aggregate; its id is that of the solution. `editions` are all published versions, without their answers."""

    id: str
    organisation_id: str
    draft: Draft | None = None
    published: Edition | None = None
    editions: tuple[Edition, ...] = ()
    verifications: Mapping[str, Verification] = field(default_factory=dict)
    audit: Trail = ()

    @property
    def answers(self) -> Answers:
        """The published answers."""
        return self.published.answers if self.published else {}

    def verification(self, question_id: str) -> Verification | None:
        """What the team found about the published answer as it is now."""
        held, answer = self.verifications.get(question_id), self.answers.get(question_id)
        return held if held and answer and held.fingerprint == answer.fingerprint else None

    def stage_of(self, question_id: str, today: date) -> AnswerStage:
        """How far the published answer to a question can be relied on."""
        answer = self.answers.get(question_id)
        if answer is None:
            return AnswerStage.NONE
        if answer.expired(today):
            return AnswerStage.EXPIRED
        verification = self.verification(question_id)
        if verification is not None:
            return AnswerStage.VERIFIED if verification.confirmed else AnswerStage.REFUTED
        return AnswerStage.EVIDENCED if answer.proof_url else AnswerStage.DECLARED


@dataclass(frozen=True, slots=True)
class TopicStage:
    """The stage of a topic and what it rests on: numbers of questions."""

    topic: str
    stage: Stage
    asked: int
    answered: int
    evidenced: int
    verified: int
    expired: int
    valid_until: date | None
    """The first day on which one of its answers ends."""


def topic_stages(held: Disclosure, questionnaire: Questionnaire, today: date) -> tuple[TopicStage, ...]:
    """The stage of every topic: of its best answer, where expired and refuted answers count for nothing."""
    asked = questionnaire.asked(values_of(held.answers))
    found = []
    for topic in questionnaire.topics:
        questions = [question for question in asked if question.topic == topic.id]
        stages = [held.stage_of(question.id, today) for question in questions]
        verified, evidenced = stages.count(AnswerStage.VERIFIED), stages.count(AnswerStage.EVIDENCED)
        declared, refuted = stages.count(AnswerStage.DECLARED), stages.count(AnswerStage.REFUTED)
        expired = stages.count(AnswerStage.EXPIRED)
        ends = [held.answers[q.id].valid_until for q in questions if q.id in held.answers]
        ahead = [end for end in ends if end is not None and end >= today]
        found.append(
            TopicStage(
                topic=topic.id,
                stage=Stage.VERIFIED
                if verified
                else Stage.EVIDENCED
                if evidenced
                else Stage.DECLARED
                if declared
                else Stage.NONE,
                asked=len(questions),
                answered=verified + evidenced + declared + refuted + expired,
                evidenced=evidenced,
                verified=verified,
                expired=expired,
                valid_until=min(ahead, default=None),
            )
        )
    return tuple(found)


def check(given: Mapping[str, Given], questionnaire: Questionnaire, *, known: Answers, now: datetime) -> Checked:
    """Check answers against the questions; what is equal to a known answer keeps that one's date."""
    result = Checked()
    passed: dict[str, Answer] = {}
    for question_id, one in given.items():
        question = questionnaire.get(question_id)
        if question is None:
            result.faults.append(FieldError(f"answers.{question_id[:100]}", Fault.NO_QUESTION.value))
            continue
        answer = answer_of(question, one, now.date(), now)
        if isinstance(answer, list):
            result.faults.extend(answer)
        else:
            before = known.get(question_id)
            passed[question_id] = before if before is not None and answer.same_as(before) else answer
    faulty = {fault.field.split(".")[1] for fault in result.faults}
    asked = [question.id for question in questionnaire.asked(values_of(passed))]
    result.answers = {question_id: passed[question_id] for question_id in asked if question_id in passed}
    result.dropped = [question_id for question_id in passed if question_id not in asked and question_id not in faulty]
    return result


def save_draft(
    held: Disclosure, given: Mapping[str, Given], *, by: Person, questionnaire: Questionnaire, now: datetime
) -> tuple[Disclosure, list[str]]:
    """Replace the draft, complete or not; return it with the questions whose answers were dropped as not asked.

    Raises `invalid-answers` (invalid) besides what `require_editor` raises.
    """
    require_editor(by, held.organisation_id)
    known = {**held.answers, **(held.draft.answers if held.draft else {})}
    checked = check(given, questionnaire, known=known, now=now)
    if checked.faults:
        raise errors.invalid("invalid-answers", f"{len(checked.faults)} answers cannot be saved", checked.faults)
    before = held.draft.answers if held.draft else held.answers
    entry = Entry(now, by.sub, Side.PROVIDER, Action.DRAFT_SAVED, "draft", changes=differences(before, checked.answers))
    saved = replace(held, draft=Draft(checked.answers, now, by.sub), audit=added(held.audit, entry))
    return saved, checked.dropped


def publish(
    held: Disclosure, *, by: Person, questionnaire: Questionnaire, edition_id: str, now: datetime
) -> Disclosure:
    """Make the draft the next published version.

    Raises `no-draft`, `nothing-to-publish` (conflict), `disclosure-incomplete` (invalid, naming the questions) and
    `published-too-often` (too_many), besides what `require_editor` raises.
    """
    require_editor(by, held.organisation_id)
    if held.draft is None:
        raise errors.conflict("no-draft", "there is no draft to publish")
    answers = held.draft.answers
    missing = unanswered(answers, questionnaire)
    if missing:
        faults = [FieldError(f"answers.{question.id}.value", Fault.MISSING.value) for question in missing]
        raise errors.invalid("disclosure-incomplete", f"{len(missing)} questions need an answer", faults)
    changes = differences(held.answers, answers)
    if held.published is not None and not changes and held.published.questionnaire == questionnaire.version:
        raise errors.conflict("nothing-to-publish", "the draft says the same as what is published")
    recent = [edition for edition in held.editions if now - edition.published_at < DAY]
    if len(recent) >= MOST_PUBLICATIONS:
        wait = int((recent[0].published_at + DAY - now).total_seconds()) + 1
        raise errors.too_many("published-too-often", f"{MOST_PUBLICATIONS} versions were published today", wait)
    edition = Edition(edition_id, len(held.editions) + 1, questionnaire.version, now, by.sub, answers)
    entry = Entry(now, by.sub, Side.PROVIDER, Action.DISCLOSURE_PUBLISHED, f"version {edition.number}", changes=changes)
    return replace(
        held,
        draft=None,
        published=edition,
        editions=(*held.editions, replace(edition, answers={})),
        audit=added(held.audit, entry),
    )


def unanswered(answers: Answers, questionnaire: Questionnaire) -> list[Question]:
    """The questions that are asked and needed but have no answer."""
    values = values_of(answers)
    return [each for each in questionnaire.asked(values) if each.needed(values) and each.id not in answers]


def verify(
    held: Disclosure, question_id: str, *, confirmed: bool, note: str, version: int, by: Person, now: datetime
) -> Disclosure:
    """Note what the team found out about one published answer.

    Raises `no-answer` (not_found), `answer-changed` (conflict), `note-needed` (invalid), besides what
    `require_checker` raises.
    """
    require_checker(by, held.organisation_id)
    answer = held.answers.get(question_id)
    if held.published is None or answer is None:
        raise errors.not_found("no-answer", f"there is no published answer to {question_id[:100]}")
    if held.published.number != version:
        raise errors.conflict("answer-changed", f"version {held.published.number} was published meanwhile: look again")
    note = note.strip()
    if (not confirmed and not note) or len(note) > LONGEST_NOTE:
        raise errors.invalid("note-needed", "say in up to 2000 characters what could not be confirmed")
    before = held.verification(question_id)
    entry = Entry(
        now, by.sub, Side.TEAM, Action.ANSWER_VERIFIED, question_id, note,
        (change("result", _result(before), "confirmed" if confirmed else "not confirmed"),),
    )  # fmt: skip
    noted = Verification(question_id, answer.fingerprint, confirmed, note, by.sub, now)
    return replace(held, verifications={**held.verifications, question_id: noted}, audit=added(held.audit, entry))


def differences(before: Answers, after: Answers) -> tuple[Change, ...]:
    """Every answer that is another one now, in words of the API."""
    ids = list(dict.fromkeys((*before, *after)))
    return tuple(
        change(question_id, _told(before.get(question_id)), _told(after.get(question_id)))
        for question_id in ids
        if (new := after.get(question_id)) is None or not new.same_as(before.get(question_id))
    )


def _told(answer: Answer | None) -> str | None:
    if answer is None:
        return None
    value = ", ".join(answer.value) if isinstance(answer.value, tuple) else str(answer.value)
    parts = [answer.note, answer.proof_url, answer.valid_until and f"until {answer.valid_until}"]
    return " · ".join([value, *(str(part) for part in parts if part)])


def _result(verification: Verification | None) -> str | None:
    if verification is None:
        return None
    return "confirmed" if verification.confirmed else "not confirmed"
