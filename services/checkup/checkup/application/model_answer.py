"""What is asked of a language model, and what is left of its answer once every statement had to prove itself."""

import json
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from checkup.analysis.repository import printable
from checkup.analysis.words import is_german, words
from checkup.domain import citations
from checkup.domain.assessment import Claim, ModelFailure, Opinion, Passage, Prompt, Sentence
from checkup.domain.measurement import Status
from checkup.domain.report import Report
from checkup.domain.rubric import Text

MOST_FINDINGS = 9_000  # characters
MOST_QUOTES = 3
MOST_SENTENCES = 6
LONGEST = 600  # characters of one statement
ENOUGH_WORDS = 20  # from which the language of a text can be told
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
CLOSED = ConfigDict(json_schema_extra={"additionalProperties": False})


class QuoteIn(BaseModel):
    """A passage with the file it is from."""

    model_config = CLOSED
    path: str
    quote: str


class SentenceIn(BaseModel):
    """A sentence of the summary with the ids of its metrics."""

    model_config = CLOSED
    de: str
    en: str
    metrics: list[str]


class ClaimIn(BaseModel):
    """The answer to one question."""

    model_config = CLOSED
    question: str
    rating: int = Field(ge=0, le=4)
    de: str
    en: str
    quotes: list[QuoteIn]


class AnswerIn(BaseModel):
    """The whole answer."""

    model_config = CLOSED
    summary: list[SentenceIn]
    answers: list[ClaimIn]


def schema() -> dict[str, Any]:
    """Return the JSON schema that the endpoint is asked to keep to."""
    return AnswerIn.model_json_schema()


def user_message(prompt: Prompt, report: Report, passages: tuple[Passage, ...]) -> str:
    """Return the data as one JSON object, out of which no text of a repository can break."""
    return json.dumps(
        {
            "questions": [
                {
                    "id": one.id,
                    "question": one.title.en,
                    "ratings": {n: anchor.en for n, anchor in enumerate(one.anchors)},
                }
                for one in prompt.questions
            ],
            "findings": findings(report),
            "files": [{"path": passage.path, "text": passage.text} for passage in passages],
        },
        ensure_ascii=False,
    )


def findings(report: Report) -> list[dict[str, Any]]:
    """Return scores and measured metrics, the weightiest first where not all fit."""
    found: list[dict[str, Any]] = [
        {"dimension": one.dimension, "score": one.score, "coverage_percent": round(one.coverage * 100)}
        for one in report.dimensions
    ]
    metrics = [m for one in report.dimensions for m in one.metrics if m.status is Status.MEASURED]
    room = MOST_FINDINGS
    for metric in sorted(metrics, key=lambda one: -one.weight):
        said = printable(metric.evidence[0].text, 120) if metric.evidence else ""
        entry = {"metric": metric.id, "title": metric.title.de, "score": metric.score, "found": said}
        room -= len(json.dumps(entry, ensure_ascii=False))
        if room < 0:
            break
        found.append(entry)
    return found


def opinion(answer: str, prompt: Prompt, report: Report, passages: tuple[Passage, ...]) -> Opinion:
    """Return what an answer can prove: claims by quotes of the texts, the summary by metrics and numbers of the report.

    Raises ModelFailure (`answer`) when it is no such JSON object or not German where it should be.
    """
    try:
        read = AnswerIn.model_validate_json(_bare(answer))
    except ValidationError as error:
        kinds = sorted({problem["type"] for problem in error.errors(include_input=False)})
        raise ModelFailure("answer", f"does not fit the schema: {', '.join(kinds)[:200]}", transient=True) from None
    statements: list[SentenceIn | ClaimIn] = [*read.summary, *read.answers]
    german = " ".join(statement.de for statement in statements)
    if len(words(german)) >= ENOUGH_WORDS and not is_german(german):
        raise ModelFailure("answer", "the German text is not German", transient=True)
    claims = _claims(read.answers, prompt, passages)
    summary = _summary(read.summary, report)
    dropped = len(read.answers) + len(read.summary) - len(claims) - len(summary)
    return Opinion(summary, claims, dropped)


def _bare(answer: str) -> str:
    """The JSON object without the fence or the thoughts that some models put around it."""
    text = answer.rpartition("</think>")[2]
    return text[text.find("{") : text.rfind("}") + 1]


def _claims(given: list[ClaimIn], prompt: Prompt, passages: tuple[Passage, ...]) -> tuple[Claim, ...]:
    kept: dict[str, Claim] = {}
    for claim in given:
        quotes = [citations.find(passages, one.path, one.quote) for one in claim.quotes[:MOST_QUOTES]]
        proved = tuple(dict.fromkeys(quote for quote in quotes if quote))
        text = _text(claim)
        question = next((one for one in prompt.questions if one.id == claim.question), None)
        if proved and text and question and question.id not in kept:
            anchor = question.anchors[claim.rating]
            kept[question.id] = Claim(question.id, question.title, claim.rating, anchor, text, proved)
    return tuple(kept[one.id] for one in prompt.questions if one.id in kept)


def _summary(given: list[SentenceIn], report: Report) -> tuple[Sentence, ...]:
    shown = findings(report)
    by_metric = {str(entry["metric"]): _numbers(entry) for entry in shown if "metric" in entry}
    general = set[str]().union(*(_numbers(entry) for entry in shown if "dimension" in entry))
    kept = []
    for sentence in given[:MOST_SENTENCES]:
        text, metrics = _text(sentence), tuple(dict.fromkeys(sentence.metrics))
        if text and metrics and by_metric.keys() >= set(metrics):
            used = {_plain(number) for number in NUMBER.findall(f"{text.de} {text.en}")}
            if len(used) > 1:
                used.discard("100")  # "62 of 100"
            if used <= general.union(*(by_metric[metric] for metric in metrics)):
                kept.append(Sentence(text, metrics))
    return tuple(kept)


def _numbers(entry: dict[str, Any]) -> set[str]:
    """The numbers that a finding says: its score and those in its words."""
    said = f"{entry['score']} {entry.get('found', '')}"
    return {_plain(number) for number in NUMBER.findall(said)}


def _plain(number: str) -> str:
    """A number with a point, without a zero behind it."""
    return number.replace(",", ".").removesuffix(".0")


def _text(statement: SentenceIn | ClaimIn) -> Text | None:
    """Both languages on one line each without control characters; None when one is empty or overlong."""
    de, en = (printable(" ".join(given.split()), LONGEST + 1) for given in (statement.de, statement.en))
    return Text(de=de, en=en) if 0 < len(de) <= LONGEST and 0 < len(en) <= LONGEST else None
