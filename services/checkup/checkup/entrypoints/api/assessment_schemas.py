"""What the API answers about the assessment by a language model."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from checkup.domain.assessment import CONFIDENCE, Assessment, AssessmentState, Claim, FailureKind, Quote


class QuoteOut(BaseModel):
    """Words that stand like this in the file at the measured commit, but for white space."""

    path: str
    line: int
    quote: str

    @classmethod
    def of(cls, quote: Quote) -> Self:
        return cls(path=quote.path, line=quote.line, quote=quote.text)


class AnswerOut(BaseModel):
    """The answer to one question: `rating` 0 (not at all) to 4 (fully), `anchor` in words, with 1 to 3 quotes."""

    question: str
    title_de: str
    title_en: str
    rating: int
    anchor_de: str
    anchor_en: str
    text_de: str
    text_en: str
    quotes: list[QuoteOut]

    @classmethod
    def of(cls, claim: Claim) -> Self:
        return cls(
            question=claim.question,
            title_de=claim.title.de,
            title_en=claim.title.en,
            rating=claim.rating,
            anchor_de=claim.anchor.de,
            anchor_en=claim.anchor.en,
            text_de=claim.text.de,
            text_en=claim.text.en,
            quotes=[QuoteOut.of(quote) for quote in claim.quotes],
        )


class SentenceOut(BaseModel):
    """A sentence of the summary and the metrics it rests on."""

    text_de: str
    text_en: str
    metrics: list[str]


class SuspicionOut(BaseModel):
    """A place in the repository that reads like an instruction to a language model (prompt injection)."""

    path: str
    line: int
    text: str


class AssessmentOut(BaseModel):
    """A source of its own, no part of the scores; everything is a language model's opinion that could prove itself.

    `state` is `off` where no model was asked. `dropped` counts statements without a passage or metric to rest on,
    `prompt` is the SHA-256 of prompt and answer schema, `reason` a German sentence when it failed.
    """

    state: AssessmentState = AssessmentState.OFF
    model: str | None = None
    prompt: str | None = None
    commit: str | None = None
    finished_at: datetime | None = None
    confidence: float | None = None
    summary: list[SentenceOut] = []
    answers: list[AnswerOut] = []
    dropped: int = 0
    suspicions: list[SuspicionOut] = []
    kind: FailureKind | None = None
    reason: str | None = None

    @classmethod
    def of(cls, held: Assessment | None) -> Self:
        if held is None:
            return cls()
        opinion = held.opinion
        return cls(
            state=held.state,
            model=held.model,
            prompt=held.prompt,
            commit=held.commit or None,
            finished_at=held.finished_at,
            confidence=CONFIDENCE if opinion else None,
            summary=[
                SentenceOut(text_de=one.text.de, text_en=one.text.en, metrics=list(one.metrics))
                for one in (opinion.summary if opinion else ())
            ],
            answers=[AnswerOut.of(claim) for claim in (opinion.claims if opinion else ())],
            dropped=opinion.dropped if opinion else 0,
            suspicions=[SuspicionOut(path=s.path, line=s.line, text=s.text) for s in held.suspicions],
            kind=held.failure_kind,
            reason=held.reason,
        )
