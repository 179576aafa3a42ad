"""The shapes of requests and answers, as the documentation shows them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from search.application.rebuild_ports import Run
from search.domain.explanation import Kind
from search.domain.search_request import Mode


class RatingBrief(BaseModel):
    """Stars of a result."""

    average: float | None
    count: int


class Why(BaseModel):
    """A reason why a solution was found: `text` is of the query, `matched` of the solution."""

    kind: Kind
    field: str | None
    text: str | None
    matched: str | None


class CardImage(BaseModel):
    """A picture of a solution; its bytes are at `/api/catalog/media/<id>`, smaller with `?width=480`."""

    id: str
    alt: str
    width: int | None = None
    height: int | None = None


class SolutionResult(BaseModel):
    """One hit. `highlights` are HTML fragments: escaped, with `<mark>` around what matched."""

    id: str
    slug: str
    name: str
    summary: str
    provider: str
    kind: str
    offer_form: str
    fields_of_action: list[str]
    bundesland: str | None
    region: str | None
    licence: str | None
    rating: RatingBrief
    checkup: dict[str, float | None]
    checkup_score: float | None
    """Mean of the scored dimensions."""
    checkup_grade: str | None = None
    """Stage of the overall result: `basic`, `proven`, `outstanding`; None below, or where too little was measured."""
    awards: list[str]
    lapsed: list[str] = []
    """Questions of the profile with an answer that held through a day that has passed, such as `certificates`."""
    municipalities: int
    """How many confirmed for everybody to see that they use it."""
    image: CardImage | None = None
    published_at: datetime
    highlights: dict[str, list[str]]
    score: float | None
    """Only good for comparing hits of one answer."""
    why: list[Why]


class SimilarSolution(SolutionResult):
    """A solution like another one."""

    similarity: float
    """1 for the most similar solution; what others have of its words and its meaning, in proportion."""
    shared: list[str]
    """What both have in common, as `facet:value`."""


class SimilarSolutions(BaseModel):
    """What is similar to a solution."""

    results: list[SimilarSolution]


class Recognised(BaseModel):
    """A filter that the text says in words. Give its `id` as `as_words` to have it read as plain words.

    Solutions that state something else are left out, those that state it come first. `relaxed` is true when some
    solutions do not say anything about it: they follow after the others.
    """

    id: str
    text: str
    label: str
    facet: str | None
    value: str | None
    relaxed: bool


class CorrectedQuery(BaseModel):
    """The text in its right spelling; `html` is safe and marks the words that were misspelt."""

    text: str
    html: str


class FacetValue(BaseModel):
    """One value of a facet with its number of hits under the choices of all other facets."""

    value: str
    label: str
    count: int
    selected: bool


class SearchPage(BaseModel):
    """A page of results with the facets of the whole result.

    Not `searchable` is a text without a word that can be found: it holds symbols or function words only.
    """

    total: int
    searchable: bool
    results: list[SolutionResult]
    facets: dict[str, list[FacetValue]]
    recognised: list[Recognised]
    corrected: CorrectedQuery | None
    mode: Mode
    next_cursor: str | None


class FacetCounts(BaseModel):
    """The facets of a search without its results."""

    total: int
    facets: dict[str, list[FacetValue]]
    recognised: list[Recognised]
    corrected: CorrectedQuery | None


class RebuildRequest(BaseModel):
    """`full` replays every event; the default replays the last one per subject, which gives the same index."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["last_per_subject", "full"] = "last_per_subject"
    force: bool = False


class RollbackRequest(BaseModel):
    """`force` goes back even when far fewer solutions would be found."""

    model_config = ConfigDict(extra="forbid")

    force: bool = False


class Rebuild(BaseModel):
    """A rebuild or rollback and how far it is.

    `progress` is 0 to 1, `eta_seconds` what is left at the pace so far (null before there is one, and when it is over).
    `skipped` counts events that cannot be read and documents that the engine refuses.
    """

    id: str
    state: str
    mode: str
    force: bool
    reason: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    index: str | None
    phase: str | None
    progress: float
    eta_seconds: float | None
    documents: int
    events: int
    skipped: int
    error: str | None

    @classmethod
    def of(cls, run: Run) -> "Rebuild":
        """Show a run."""
        return cls(**{name: getattr(run, name) for name in cls.model_fields})


class Rebuilds(BaseModel):
    """The newest rebuilds and rollbacks, newest first."""

    rebuilds: list[Rebuild]
