"""What the use cases need from outside, as Protocols; adapters fulfil them."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from servicekit.clock import Clock

from checkup.domain.assessment import Assessment, Decision, Gathered, Prompt
from checkup.domain.history import PublicScores, ScoredRun
from checkup.domain.measurement import Analysis, Observations
from checkup.domain.rubric import Rubric
from checkup.domain.run import Run, RunState
from checkup.domain.solution import Solution


@dataclass(frozen=True, slots=True)
class Queue:
    """The work queue as operators see it: `waiting` for a worker, `in_flight` with one, `oldest` queued run's age.

    `runs` are those under way, longest first, without their reports.
    """

    waiting: int
    in_flight: int
    redelivered: int
    queued: int
    running: int
    oldest_seconds: float | None
    runs: Sequence[Run] = ()


@dataclass(frozen=True, slots=True)
class Refs:
    """What a repository's server says without a clone: the commit HEAD leads to (None when empty), and its tags."""

    head: str | None
    tags: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Equal for equal commits and tags: then a measurement would find the same."""
        lines = [f"HEAD {self.head}", *(f"{name} {oid}" for name, oid in sorted(self.tags.items()))]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class KeptAnalysis:
    """The measurements of one run, kept so that any rubric can score them again; `refs` as of the fetch, if known."""

    run_id: str
    repository_url: str
    as_of: datetime
    refs: str | None
    analysis: Analysis
    network_isolated: bool | None = None
    demo_url: str | None = None


@dataclass(frozen=True, slots=True)
class Analysed:
    """What came of an analysis, and whether the child had no network while it read a stranger's files."""

    analysis: Analysis
    network_isolated: bool


GroupsDone = Callable[[int, int], None]
"""Told how many metric groups of how many are measured."""


class Runs(Protocol):
    """Runs and, in the same write, the job or event that their step leads to."""

    async def get(self, run_id: str) -> Run | None:
        """Return the run, or None."""
        ...

    async def add(self, run: Run, *, with_job: bool = True) -> bool:
        """Save a new run; a queued one with its job, a finished one with its event. False when it is there already."""
        ...

    async def look(self, run_id: str) -> Run | None:
        """Return the run without its report, or None; cheap enough to be asked every second."""
        ...

    async def change(self, run_id: str, decide: Callable[[Run], Run | None]) -> Run:
        """Load, decide, save; anew when somebody else saved first. None decided saves nothing."""
        ...

    async def of_solution(
        self, solution_id: str, *, up_to_version: int | None = None, scored_only: bool = False, limit: int = 50
    ) -> Sequence[Run]:
        """Return a solution's runs without their reports, newest first."""
        ...

    async def resting_on(self, analysis_id: str) -> Sequence[Run]:
        """Return the scored runs, without their reports, that rest on the measurements of a run."""
        ...

    async def latest_report(self, solution_id: str, *, up_to_version: int | None = None) -> Run | None:
        """Return the newest scored run with its report."""
        ...

    async def history(self, solution_id: str, *, up_to_version: int | None = None, limit: int) -> Sequence[ScoredRun]:
        """Return the newest scored runs without their evidence, newest first."""
        ...

    async def in_state(self, state: RunState, *, limit: int) -> Sequence[Run]:
        """Return runs in the state without their reports, the one asked for longest ago first."""
        ...


class Analyses(Protocol):
    """Measurements that were kept, one per run that measured."""

    async def keep(self, kept: KeptAnalysis, *, now: datetime) -> None:
        """Save the measurements of a run, in place of what an earlier attempt at it left."""
        ...

    async def drop(self, run_id: str) -> None:
        """Forget the measurements of a run that came to nothing."""
        ...

    async def get(self, run_id: str) -> KeptAnalysis | None:
        """Return the measurements of a run, or None."""
        ...

    async def older(self, before: datetime, *, after: str, limit: int) -> Sequence[str]:
        """Return the runs whose measurements were kept before a moment, in the order of their ids from `after` on."""
        ...

    async def same(
        self, repository_url: str, toolset: str, *, refs: str | None, demo_url: str | None, since: datetime
    ) -> KeptAnalysis | None:
        """Return the newest measurements of the same commit, tags and demo by the same tools, `as_of` that recent.

        `refs` None is any commit and tags.
        """
        ...


class Solutions(Protocol):
    """What is known of solutions."""

    async def get(self, solution_id: str) -> Solution | None:
        """Return the solution, or None."""
        ...

    async def online(self, slug: str) -> Solution | None:
        """Return the published solution of that slug, or None."""
        ...

    async def change(
        self, solution_id: str, decide: Callable[[Solution | None], Solution | None], *, run: Run | None = None
    ) -> Solution | None:
        """Load, decide, save, with the job of `run` in the same write; None decided saves nothing."""
        ...

    async def live(self) -> Sequence[Solution]:
        """Return the solutions that are online and name a repository."""
        ...

    async def all(self) -> Sequence[Solution]:
        """Return all solutions, in the order of their ids."""
        ...


class PublicScoreBoard(Protocol):
    """The newest public reports of published solutions, as they are or were a moment ago."""

    async def of_field(self, field_of_action: str, rubric_version: str) -> Sequence[PublicScores]:
        """Return the scores of the solutions of a field of action whose public report is under that rubric."""
        ...


class Repositories(Protocol):
    """Where repositories are fetched from."""

    def fetched(self, url: str, as_of: datetime) -> AbstractAsyncContextManager[Path]:
        """A bare clone that exists inside the block. Raises CheckupFailure."""
        ...

    async def refs(self, url: str) -> Refs:
        """Ask the server for HEAD and tags, without a clone. Raises CheckupFailure."""
        ...

    async def refs_in(self, git_dir: Path) -> Refs | None:
        """HEAD and tags of a clone, without asking its server; None where the history was cut, and with it tags."""
        ...


class Analyser(Protocol):
    """Whoever measures a bare repository."""

    async def analyse(self, git_dir: Path, as_of: datetime, *, told: GroupsDone | None = None) -> Analysed:
        """Measure HEAD. Raises CheckupFailure."""
        ...

    async def toolset(self) -> str:
        """Return what measures, as an analysis names it."""
        ...


class Assessments(Protocol):
    """Assessments by a language model, one per run, and in the same write the job that their step leads to."""

    async def get(self, run_id: str) -> Assessment | None:
        """Return the assessment of the run, or None."""
        ...

    async def put(self, new: Assessment) -> None:
        """Save what was gathered; what an earlier attempt at the run gathered is replaced until the run is scored."""
        ...

    async def change(self, run_id: str, decide: Decision) -> Assessment | None:
        """Load, decide, save; None decided saves nothing, None returned means that there is none of this run."""
        ...


class Texts(Protocol):
    """Whoever reads the texts that a language model may see."""

    async def gather(self, git_dir: Path) -> Gathered:
        """Read HEAD of a bare repository. Raises ModelFailure."""
        ...


class LanguageModel(Protocol):
    """A language model at an endpoint of the operator's choice."""

    model: str

    async def complete(self, system: str, user: str, schema: dict[str, Any]) -> str:
        """Return what the model says, hopefully JSON of the schema. Raises ModelFailure."""
        ...


@dataclass(frozen=True, slots=True)
class Assessing:
    """What assessments need; there is one only where an endpoint is configured. `pauses` in seconds, after each try."""

    texts: Texts
    model: LanguageModel
    prompt: Prompt
    pauses: tuple[float, ...] = (2.0, 15.0, 60.0)


class Observer(Protocol):
    """Whoever looks at what is not in the commit (forge, demo) while a run goes on."""

    async def observe(self, run: Run) -> Observations:
        """What was seen, or why nothing could be; never raises, and ends in its own bounded time."""
        ...


class Rubrics(Protocol):
    """The released rubrics."""

    @property
    def current(self) -> Rubric:
        """The rubric of new runs."""
        ...

    def get(self, version: str) -> Rubric:
        """Return one version. Raises KeyError when it was never released."""
        ...

    def versions(self) -> Sequence[str]:
        """Return all released versions, oldest first."""
        ...


class Verdicts(Protocol):
    """What people confirmed about a solution, as facts for the rubric."""

    async def of_solution(self, solution_id: str) -> Mapping[str, float]:
        """Return the facts that hold today."""
        ...


class QueueWatch(Protocol):
    """Whoever can look at the work queue."""

    async def look(self) -> Queue:
        """Return the queue as it is now."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that the use cases of this service are handed."""

    runs: Runs
    analyses: Analyses
    solutions: Solutions
    public_scores: PublicScoreBoard
    repositories: Repositories
    analyser: Analyser
    rubrics: Rubrics
    verdicts: Verdicts
    queue: QueueWatch
    assessments: Assessments
    assessing: Assessing | None
    clock: Clock
    request_interval: timedelta
    fetch_attempts: int
    reuse_for: timedelta
    """How old a measurement of the same commit may be to be taken over; nothing is when it is zero."""
    worker: str
    """The name of this process, for whoever looks at the queue."""
    observers: tuple[Observer, ...] = ()
