"""What the use cases of market surveys need beside the catalog's other ports."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from anyio import CapacityLimiter, to_thread
from contracts.checkup import CheckupScoredData
from contracts.listing import CheckupDimensionScore, ReviewSeal
from pydantic import AwareDatetime, BaseModel, ConfigDict

from catalog.application.ports import Aggregates, Loaded, Ports, Position, Selection
from catalog.domain.dossier import Dossier
from catalog.domain.requirement_profile import RequirementProfile

T = TypeVar("T")


class CheckupState(BaseModel):
    """What the newest checkup measured, under which rubric and when."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    solution_version: int
    rubric_version: str
    commit: str | None = None
    as_of: AwareDatetime
    finished_at: AwareDatetime
    measurable: bool
    dimensions: list[CheckupDimensionScore]
    grade: str | None = None
    """Stage of the overall result; None below the first, and where too little was measured."""

    @classmethod
    def of(cls, data: CheckupScoredData) -> "CheckupState":
        """Return what is kept of the event."""
        return cls(
            run_id=data.run_id,
            solution_version=data.version,
            rubric_version=data.rubric_version,
            commit=data.commit,
            as_of=data.as_of,
            finished_at=data.finished_at,
            measurable=data.measurable,
            dimensions=data.dimensions,
            grade=data.grade,
        )


@dataclass(frozen=True, slots=True)
class MarketState:
    """What review and checkup last said about a solution."""

    seal: ReviewSeal | None = None
    checkup: CheckupState | None = None

    @property
    def scores(self) -> dict[str, float]:
        """The scores of the checkup, 0 to 100, by dimension; none for what was not measurable."""
        dimensions = self.checkup.dimensions if self.checkup else []
        return {each.dimension.value: each.score for each in dimensions if each.score is not None}


class Market(Protocol):
    """The published judgements of other services, as their events told; an older one never replaces a newer one."""

    async def note_seal(self, solution_id: str, seal: ReviewSeal | None, decided_at: datetime) -> None:
        """Keep the seal of a review that was decided at that moment."""
        ...

    async def note_checkup(self, solution_id: str, checkup: CheckupState) -> None:
        """Keep the scores of a run."""
        ...

    async def states(self, solution_ids: Collection[str]) -> Mapping[str, MarketState]:
        """Return what is known, by solution; nothing for those that nobody judged."""
        ...


class Dossiers(Aggregates[Dossier], Protocol):
    """Where market surveys are kept; lists come without the record."""

    async def page(
        self, organisation_ids: Collection[str], *, after: Position | None, limit: int
    ) -> Selection[Dossier]:
        """Return the surveys of these organisations, newest first."""
        ...

    async def with_person(self, user: str) -> Sequence[Dossier]:
        """Return the surveys that a person worked on, without the records."""
        ...

    async def by_seal(self, sha256: str) -> Dossier | None:
        """Return the survey that was sealed with this hash, without its record, or None."""
        ...

    async def remove(self, dossier: Loaded[Dossier]) -> bool:
        """Delete the survey in this version; False when somebody else saved first."""
        ...


class RequirementProfiles(Aggregates[RequirementProfile], Protocol):
    """Where requirement profiles are kept."""

    async def of_organisations(self, organisation_ids: Collection[str]) -> Sequence[Loaded[RequirementProfile]]:
        """Return all profiles of these organisations."""
        ...

    async def remove(self, profile: Loaded[RequirementProfile]) -> bool:
        """Delete the profile in this version; False when somebody else saved first."""
        ...


@dataclass(frozen=True, slots=True)
class SurveyPorts:
    """Everything a use case of market surveys may need."""

    catalog: Ports
    dossiers: Dossiers
    market: Market
    profiles: RequirementProfiles
    one_at_a_time: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))

    async def aside(self, work: Callable[[], T]) -> T:
        """Do something long in a thread, so that other requests are answered meanwhile; one at a time and process.

        A file about a hundred solutions takes seconds and 100 MB.
        """
        return await to_thread.run_sync(work, limiter=self.one_at_a_time)
