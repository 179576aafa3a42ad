"""Events about made-up solutions, for tests and benchmarks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.catalog import (
    Deployment,
    DeploymentConfirmed,
    DeploymentConfirmedData,
    DeploymentEnded,
    DeploymentEndedData,
    Rating,
    RatingAdded,
    RatingAddedData,
    RatingHidden,
    RatingHiddenData,
    SolutionDelisted,
    SolutionDelistedData,
    SolutionPublished,
    SolutionPublishedData,
)
from contracts.checkup import CheckupFailed, CheckupFailedData, CheckupScored, CheckupScoredData
from contracts.envelope import Event
from contracts.guard import SolutionTermDue, SolutionTermDueData
from contracts.ids import derived_id
from contracts.listing import CheckupDimensionScore, Listing, RatingSummary, ReviewSeal
from contracts.review import ReviewCompleted, ReviewCompletedData
from contracts.uses import DeploymentDue, DeploymentDueData, RatingRestored, RatingRestoredData
from contracts.vocabulary import CheckupDimension, ReviewDecision, SizeClass

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Events:
    """What may happen to one solution; `n` tells repeated happenings of one kind apart."""

    def __init__(self, slug: str = "comby") -> None:
        self.slug = slug
        self.solution_id = derived_id("solution", slug)

    @property
    def _who(self) -> dict[str, str]:
        return {"solution_id": self.solution_id, "slug": self.slug, "organisation_id": "org-1"}

    def _event(self, event_class: type[Event], data: Any) -> Any:
        return event_class.new(data, aggregate_id=self.solution_id, time=NOON)

    def published(
        self, n: int = 1, *, provider: str = "Musterlösungen GmbH", at: datetime | None = None, **listing: Any
    ) -> SolutionPublished:
        fields: dict[str, Any] = {
            "name": "Comby – die digitale Mitfahrbank",
            "summary": "Verknüpft Mitfahrbänke digital.",
            "kind": "software",
            "fields_of_action": ["mobility_and_environment"],
        }
        data = SolutionPublishedData(
            **self._who,
            version=n,
            organisation_name=provider,
            listing=Listing(**{**fields, **listing}),
            published_at=at or NOON + timedelta(days=n),
            first_published_at=NOON,
        )
        event: SolutionPublished = self._event(SolutionPublished, data)
        return event

    def delisted(self, n: int = 1) -> SolutionDelisted:
        data = SolutionDelistedData(**self._who, reason="withdrawn", delisted_at=NOON)
        event: SolutionDelisted = self._event(SolutionDelisted, data)
        return event

    def reviewed(self, n: int = 1, *, approved: bool = True) -> ReviewCompleted:
        seal = ReviewSeal(case_id=f"case-{n}", solution_version=n, decided_at=NOON, criteria_version="1")
        data = ReviewCompletedData(
            **self._who,
            case_id=f"case-{n}",
            solution_name="Comby",
            version=n,
            decision=ReviewDecision.APPROVED if approved else ReviewDecision.REJECTED,
            criteria_version="1",
            decided_at=NOON,
            seal=seal if approved else None,
        )
        event: ReviewCompleted = self._event(ReviewCompleted, data)
        return event

    def scored(
        self, n: int = 1, score: float | None = 70.0, *, grade: str | None = None, **others: float | None
    ) -> CheckupScored:
        """Every dimension gets `score` but those named; over 80 gives an award, None is not measurable."""
        scores = {each: others.get(each.value, score) for each in CheckupDimension}
        awards = [each for each, reached in scores.items() if reached is not None and reached > 80]
        dimensions = [
            CheckupDimensionScore(
                dimension=each,
                score=reached,
                coverage=0 if reached is None else 1,
                award=each in awards,
                status="not_measurable" if reached is None else "scored",
            )
            for each, reached in scores.items()
        ]
        data = CheckupScoredData(
            **self._who,
            run_id=f"run-{n}",
            version=n,
            rubric_version="1",
            as_of=NOON,
            dimensions=dimensions,
            awards=awards,
            measurable=any(reached is not None for reached in scores.values()),
            finished_at=NOON,
            grade=grade,
        )
        event: CheckupScored = self._event(CheckupScored, data)
        return event

    def failed(self, n: int = 1) -> CheckupFailed:
        data = CheckupFailedData(
            **self._who, run_id=f"run-{n}", version=n, reason="repository not found", kind="clone", failed_at=NOON
        )
        event: CheckupFailed = self._event(CheckupFailed, data)
        return event

    def rated(self, n: int = 1, average: float = 4.0) -> RatingAdded:
        data = RatingAddedData(
            solution_id=self.solution_id,
            slug=self.slug,
            solution_name="Comby",
            provider_organisation_id="org-1",
            rating=Rating(organisation_id="town", organisation_name="Musterstadt", overall=4),
            summary=RatingSummary(count=n, average=average),
        )
        event: RatingAdded = self._event(RatingAdded, data)
        return event

    def rating_hidden(self, n: int = 1) -> RatingHidden:
        data = RatingHiddenData(**self._who, reason="insult", summary=RatingSummary(count=n - 1))
        event: RatingHidden = self._event(RatingHidden, data)
        return event

    def deployed(self, n: int = 1, visibility: Any = "public", sizes: Sequence[SizeClass] = ()) -> DeploymentConfirmed:
        """`n` municipalities use it; the first ones have the given sizes."""
        used = [
            Deployment(
                organisation_id=f"town-{i}",
                organisation_name=f"Stadt {i}",
                visibility=visibility,
                size_class=sizes[i] if i < len(sizes) else None,
            )
            for i in range(n)
        ]
        data = DeploymentConfirmedData(**self._who, organisation_name="Stadt", deployments=used)
        event: DeploymentConfirmed = self._event(DeploymentConfirmed, data)
        return event

    def due(self, n: int = 1, sizes: Sequence[SizeClass] = ()) -> DeploymentDue:
        """The first of `n` municipalities has not confirmed its use for a year."""
        first, *others = self.deployed(n, sizes=sizes).data.deployments
        data = DeploymentDueData(
            solution_id=self.solution_id,
            slug=self.slug,
            solution_name="Comby",
            provider_organisation_id="org-1",
            organisation_id=first.organisation_id,
            organisation_name=first.organisation_name,
            due_at=NOON,
            outdated=True,
            deployments=[first.model_copy(update={"outdated": True}), *others],
            claimed=0,
        )
        event: DeploymentDue = self._event(DeploymentDue, data)
        return event

    def rating_restored(self, n: int = 1, average: float = 4.0) -> RatingRestored:
        data = RatingRestoredData(
            **self._who,
            solution_name="Comby",
            provider_organisation_id="org-1",
            reason="clear",
            summary=RatingSummary(count=n, average=average),
        )
        event: RatingRestored = self._event(RatingRestored, data)
        return event

    def term_due(self, n: int = 1, *, at: datetime = NOON) -> SolutionTermDue:
        """`n` days later than `at` the catalog says that a certificate has ended."""
        now = at + timedelta(days=n)
        data = SolutionTermDueData(
            **self._who,
            organisation_name="Musterlösungen GmbH",
            solution_name="Comby",
            version=1,
            term="certificate",
            certificate="iso_27001",
            until=now.date() - timedelta(days=1),
            days_left=0,
        )
        return SolutionTermDue.new(data, aggregate_id=self.solution_id, time=now)

    def deployment_ended(self, n: int = 1) -> DeploymentEnded:
        data = DeploymentEndedData(**self._who, organisation_name="Stadt", deployments=[])
        event: DeploymentEnded = self._event(DeploymentEnded, data)
        return event
