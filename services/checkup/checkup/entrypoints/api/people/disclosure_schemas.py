"""What the API takes and answers about the self-disclosure."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from checkup.application.people.disclosures import Drafted
from checkup.domain.people.answers import Answer, AnswerStage, Given
from checkup.domain.people.disclosure import Disclosure, Edition, Stage, TopicStage, unanswered
from checkup.domain.people.questionnaire import Question, Questionnaire, QuestionType, Value, When

Typed = Annotated[
    StrictBool | StrictInt | StrictFloat | StrictStr | Annotated[list[StrictStr], Field(max_length=50)],
    Field(
        description="`yes`/`no`, a choice, a list of choices, a text, a number, a date (YYYY-MM-DD) or an https address"
    ),
]


class AnswerIn(BaseModel):
    """One answer; what is too long or wrong is refused question by question, with `invalid-answers`."""

    value: Typed
    note: str = ""
    proof_url: str | None = None
    valid_until: str | None = None

    def to_domain(self) -> Given:
        return Given(self.value, self.note, self.proof_url, self.valid_until)


class DraftIn(BaseModel):
    """All answers of the draft by question; what is missing here is deleted from it."""

    answers: Annotated[dict[str, AnswerIn], Field(max_length=200)]


class VerificationIn(BaseModel):
    """What the team found about the answer in the published version; a note is needed unless confirmed."""

    version: int
    confirmed: bool
    note: str = ""


class WhenOut(BaseModel):
    """Asked when the answer to `question` is, or contains, one of `values`."""

    question: str
    values: list[str]

    @classmethod
    def of(cls, when: When | None) -> Self | None:
        return cls(question=when.question, values=sorted(when.values)) if when else None


class ChoiceOut(BaseModel):
    """One value to choose."""

    value: str
    de: str
    en: str


class QuestionOut(BaseModel):
    """One question with everything a form needs."""

    id: str
    topic: str
    type: QuestionType
    text_de: str
    text_en: str
    help_de: str | None
    help_en: str | None
    choices: list[ChoiceOut]
    exclusive: list[str]
    when: WhenOut | None
    required: bool
    required_when: WhenOut | None
    proof: bool
    validity: bool
    public: bool
    date: str | None
    lowest: float | None
    highest: float | None
    unit_de: str | None
    unit_en: str | None

    @classmethod
    def of(cls, question: Question) -> Self:
        return cls(
            id=question.id,
            topic=question.topic,
            type=question.type,
            text_de=question.text.de,
            text_en=question.text.en,
            help_de=question.help.de if question.help else None,
            help_en=question.help.en if question.help else None,
            choices=[ChoiceOut(value=each.value, de=each.text.de, en=each.text.en) for each in question.choices],
            exclusive=sorted(question.exclusive),
            when=WhenOut.of(question.when),
            required=question.required,
            required_when=WhenOut.of(question.required_when),
            proof=question.proof,
            validity=question.validity,
            public=question.public,
            date=question.when_date,
            lowest=question.lowest,
            highest=question.highest,
            unit_de=question.unit.de if question.unit else None,
            unit_en=question.unit.en if question.unit else None,
        )


class TopicOut(BaseModel):
    """A group of questions."""

    id: str
    title_de: str
    title_en: str
    about_de: str
    about_en: str


class QuestionnaireOut(BaseModel):
    """All questions of one version."""

    version: str
    valid_from: date
    topics: list[TopicOut]
    questions: list[QuestionOut]

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> Self:
        return cls(
            version=questionnaire.version,
            valid_from=date.fromisoformat(questionnaire.valid_from),
            topics=[
                TopicOut(
                    id=each.id,
                    title_de=each.title.de,
                    title_en=each.title.en,
                    about_de=each.about.de,
                    about_en=each.about.en,
                )
                for each in questionnaire.topics
            ],
            questions=[QuestionOut.of(each) for each in questionnaire.questions],
        )


class AnswerOut(BaseModel):
    """An answer as it is kept."""

    value: Value
    note: str
    proof_url: str | None
    valid_until: date | None
    answered_at: datetime | None

    @classmethod
    def of(cls, answer: Answer) -> Self:
        return cls(
            value=answer.value,
            note=answer.note,
            proof_url=answer.proof_url,
            valid_until=answer.valid_until,
            answered_at=answer.answered_at,
        )


class EditionOut(BaseModel):
    """A published version; `published_by` is the opaque id of a person, for the provider and the team."""

    number: int
    questionnaire: str
    published_at: datetime
    published_by: str | None

    @classmethod
    def of(cls, edition: Edition) -> Self:
        return cls(
            number=edition.number,
            questionnaire=edition.questionnaire,
            published_at=edition.published_at,
            published_by=edition.published_by,
        )


class EditionContent(EditionOut):
    """A published version with its answers."""

    answers: dict[str, AnswerOut]

    @classmethod
    def of(cls, edition: Edition) -> Self:
        common = EditionOut.of(edition).model_dump()
        return cls(**common, answers={key: AnswerOut.of(each) for key, each in edition.answers.items()})


class DraftOut(BaseModel):
    """The draft (`drafted` false: a copy of what is published), the questions asked under it, what is missing.

    `revision` is for `If-Match`.

    `proposals` are answers that the listing's own statements suggest; `dropped` are questions whose answers went
    because other answers make that nobody asks them.
    """

    revision: int
    questionnaire: str
    drafted: bool
    saved_at: datetime | None
    saved_by_you: bool
    answers: dict[str, AnswerOut]
    asked: list[str]
    missing: list[str]
    proposals: dict[str, Value]
    dropped: list[str]
    published: EditionOut | None
    editions: list[EditionOut]

    @classmethod
    def of(cls, found: Drafted, reader: str) -> Self:
        held, questions = found.held, found.questionnaire
        source = held.draft.answers if held.draft else held.answers
        answers = {key: answer for key, answer in source.items() if questions.get(key) is not None}
        proposals = questions.proposals(found.solution.statements)
        return cls(
            revision=found.revision,
            questionnaire=questions.version,
            drafted=held.draft is not None,
            saved_at=held.draft.saved_at if held.draft else None,
            saved_by_you=held.draft is not None and held.draft.saved_by == reader,
            answers={key: AnswerOut.of(answer) for key, answer in answers.items()},
            asked=[each.id for each in questions.asked({key: answer.value for key, answer in answers.items()})],
            missing=[each.id for each in unanswered(answers, questions)],
            proposals={key: value for key, value in proposals.items() if key not in answers},
            dropped=list(found.dropped),
            published=EditionOut.of(held.published) if held.published else None,
            editions=[EditionOut.of(each) for each in reversed(held.editions)],
        )


class VerificationOut(BaseModel):
    """What the team found about an answer."""

    confirmed: bool
    note: str
    at: datetime


class DeclaredAnswer(BaseModel):
    """One question with its published answer, in words; `value` is null when there is none."""

    question: str
    topic: str
    dimension: str | None
    text_de: str
    text_en: str
    public: bool
    stage: AnswerStage
    value: Value | None
    label_de: str | None
    label_en: str | None
    note: str
    proof_url: str | None
    valid_until: date | None
    answered_at: datetime | None
    verification: VerificationOut | None

    @classmethod
    def of(cls, question: Question, held: Disclosure, today: date) -> Self:
        answer = held.answers.get(question.id)
        label = question.label(answer.value) if answer else None
        verification = held.verification(question.id)
        return cls(
            question=question.id,
            topic=question.topic,
            dimension=question.dimension,
            text_de=question.text.de,
            text_en=question.text.en,
            public=question.public,
            stage=held.stage_of(question.id, today),
            value=answer.value if answer else None,
            label_de=label.de if label else None,
            label_en=label.en if label else None,
            note=answer.note if answer else "",
            proof_url=answer.proof_url if answer else None,
            valid_until=answer.valid_until if answer else None,
            answered_at=answer.answered_at if answer else None,
            verification=VerificationOut(confirmed=verification.confirmed, note=verification.note, at=verification.at)
            if verification
            else None,
        )


class StageOut(BaseModel):
    """The stage of a topic, and numbers of questions."""

    stage: Stage
    asked: int
    answered: int
    evidenced: int
    verified: int
    expired: int
    valid_until: date | None

    @classmethod
    def of(cls, stage: TopicStage) -> Self:
        return cls(
            stage=stage.stage,
            asked=stage.asked,
            answered=stage.answered,
            evidenced=stage.evidenced,
            verified=stage.verified,
            expired=stage.expired,
            valid_until=stage.valid_until,
        )
