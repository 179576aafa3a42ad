"""The optional assessment by a language model: a source of its own beside the report, which never changes a score."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from checkup.domain.rubric import Text

CONFIDENCE = 0.6
"""Of a language model whose quotes were verified (rubric research, section 4)."""
MOST_ATTEMPTS = 4
MOST_BAD_ANSWERS = 2
"""A model that is asked the same at temperature 0 hardly changes its mind."""

FailureKind = Literal["timeout", "unreachable", "busy", "refused", "answer", "texts", "interrupted", "off"]
REASONS: dict[FailureKind, str] = {
    "timeout": "Das Sprachmodell hat nicht rechtzeitig geantwortet.",
    "unreachable": "Das Sprachmodell war nicht erreichbar.",
    "busy": "Das Sprachmodell war überlastet oder gestört.",
    "refused": "Das Sprachmodell hat die Anfrage abgelehnt.",
    "answer": "Die Antwort des Sprachmodells war nicht verwertbar.",
    "texts": "Die Texte des Repositorys ließen sich nicht lesen.",
    "interrupted": "Die Einschätzung wurde mehrfach unterbrochen und nicht zu Ende gebracht.",
    "off": "Die KI-Einschätzung wurde abgeschaltet, bevor sie fertig war.",
}


class ModelFailure(Exception):
    """The model gave no usable answer.

    `detail` is English, for logs, and holds neither address nor key nor anything the model said. `retry_after` in
    seconds is what the endpoint asked for.
    """

    def __init__(
        self, kind: FailureKind, detail: str, *, transient: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: FailureKind = kind
        self.detail = detail
        self.transient = transient
        self.retry_after = retry_after

    @property
    def most_attempts(self) -> int:
        if not self.transient:
            return 0
        return MOST_BAD_ANSWERS if self.kind == "answer" else MOST_ATTEMPTS


class AssessmentState(StrEnum):
    """Where an assessment is; `off` when none was asked for."""

    OFF = "off"
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Passage:
    """The beginning of a text of the commit, as the model gets it; line 1 of it is line 1 of the file."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A place whose text reads like an instruction to a language model (prompt injection)."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What of one commit may be shown to a model, and what in all its documents tries to talk to one."""

    commit: str
    passages: tuple[Passage, ...]
    suspicions: tuple[Suspicion, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage that was found word for word (but for white space) in the file, and the line it begins at."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the prompt with what its ratings mean."""

    id: str
    title: Text
    anchors: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A released prompt; `digest` is the SHA-256 over its file and the schema of the answer."""

    version: str
    digest: str
    system: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to one question: 0 (not at all) to 4 (fully), `anchor` in words, resting on 1 to 3 quotes."""

    question: str
    title: Text
    rating: int
    anchor: Text
    text: Text
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the summary with the metrics of the report that it rests on."""

    text: Text
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is left of an answer; `dropped` counts the statements that could not prove themselves."""

    summary: tuple[Sentence, ...]
    claims: tuple[Claim, ...]
    dropped: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """The aggregate, one per run; `passages` are kept until it has ended, `queued` once the run is scored."""

    run_id: str
    commit: str
    model: str
    prompt: str
    gathered_at: datetime
    state: AssessmentState = AssessmentState.PENDING
    passages: tuple[Passage, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    queued: bool = False
    attempts: int = 0
    finished_at: datetime | None = None
    opinion: Opinion | None = None
    failure_kind: FailureKind | None = None

    @property
    def ended(self) -> bool:
        return self.state is not AssessmentState.PENDING

    @property
    def reason(self) -> str | None:
        """The German sentence why there is none, None unless it failed."""
        return REASONS[self.failure_kind] if self.ended and self.failure_kind else None


Decision = Callable[[Assessment], Assessment | None]


def queue(held: Assessment) -> Assessment | None:
    """The run is scored; None when it was queued before or has ended."""
    return None if held.queued or held.ended else replace(held, queued=True)


def begin(held: Assessment) -> Assessment | None:
    """Count a call before it is made, so that a lost worker cannot make calls without bound."""
    return None if held.ended else replace(held, attempts=held.attempts + 1)


def wait(held: Assessment, kind: FailureKind) -> Assessment | None:
    """Something that may pass is in the way."""
    return None if held.ended else replace(held, failure_kind=kind)


def done(held: Assessment, opinion: Opinion, *, now: datetime, model: str, prompt: str) -> Assessment | None:
    """Keep what was proved, by whom; the texts are not needed any more. None when another worker was first."""
    if held.ended:
        return None
    return replace(
        held,
        state=AssessmentState.DONE,
        opinion=opinion,
        model=model,
        prompt=prompt,
        finished_at=now,
        failure_kind=None,
        passages=(),
    )


def fail(held: Assessment, kind: FailureKind, *, now: datetime) -> Assessment | None:
    """Give up for good; None when it has ended."""
    if held.ended:
        return None
    return replace(held, state=AssessmentState.FAILED, failure_kind=kind, finished_at=now, passages=())
