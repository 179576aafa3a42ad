"""What a language model says beside a checkup: a source of its own, no part of the scores."""

from datetime import datetime

from web.api.caller import ApiModel


class Quote(ApiModel):
    """Words of a file at the measured commit."""

    path: str = ""
    line: int | None = None
    quote: str = ""


class Answer(ApiModel):
    """The answer to one question, rated 0 to 4; `anchor` is what the rating means."""

    title_de: str = ""
    title_en: str = ""
    rating: int = 0
    anchor_de: str = ""
    anchor_en: str = ""
    text_de: str = ""
    text_en: str = ""
    quotes: list[Quote] = []


class Sentence(ApiModel):
    """A sentence of the summary with the ids of the metrics it rests on."""

    text_de: str = ""
    text_en: str = ""
    metrics: list[str] = []


class Suspicion(ApiModel):
    """A place that reads like an instruction to a language model."""

    path: str = ""
    line: int | None = None
    text: str = ""


class Assessment(ApiModel):
    """`state` is `off`, `pending`, `done` or `failed`; `dropped` counts statements that could not prove themselves."""

    state: str = "off"
    model: str | None = None
    prompt: str | None = None
    commit: str | None = None
    finished_at: datetime | None = None
    confidence: float | None = None
    summary: list[Sentence] = []
    answers: list[Answer] = []
    dropped: int = 0
    suspicions: list[Suspicion] = []
    reason: str | None = None
