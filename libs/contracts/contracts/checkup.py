"""Events of the checkup."""

from typing import Literal

from pydantic import AwareDatetime

from contracts.envelope import Event, EventData
from contracts.listing import CheckupDimensionScore
from contracts.vocabulary import CheckupDimension


class CheckupScoredData(EventData):
    """Data of `CheckupScored`."""

    run_id: str
    solution_id: str
    slug: str
    version: int
    organisation_id: str
    rubric_version: str
    commit: str | None = None
    as_of: AwareDatetime
    dimensions: list[CheckupDimensionScore]
    awards: list[CheckupDimension] = []
    measurable: bool
    finished_at: AwareDatetime


class CheckupScored(Event):
    """A checkup run ended with scores, or with the finding that nothing could be measured."""

    owner = "checkup"
    name = "checkup_scored"

    type: Literal["digital.marktplatz.checkup.checkup_scored.v1"] = "digital.marktplatz.checkup.checkup_scored.v1"
    data: CheckupScoredData


class CheckupFailedData(EventData):
    """Data of `CheckupFailed`."""

    run_id: str
    solution_id: str
    slug: str
    version: int
    organisation_id: str
    reason: str
    kind: str
    failed_at: AwareDatetime


class CheckupFailed(Event):
    """A checkup run could not be carried out."""

    owner = "checkup"
    name = "checkup_failed"

    type: Literal["digital.marktplatz.checkup.checkup_failed.v1"] = "digital.marktplatz.checkup.checkup_failed.v1"
    data: CheckupFailedData
