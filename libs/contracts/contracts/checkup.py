"""Events of the checkup."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from contracts.envelope import Event, EventData
from contracts.listing import CheckupDimensionScore
from contracts.vocabulary import CheckupDimension


class CheckupScoredData(EventData):
    """Data of `CheckupScored`.

    `trigger` says why there was a run: `submission`, `request`, `schedule`, `release`, or `rescore` (kept measurements
    under another rubric); readers take others for None. `grade` is the id of the highest stage of the overall result
    (`basic`, `proven`, `outstanding`); None below the first, where too little could be measured, and in older events.
    """

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
    trigger: str | None = None
    grade: str | None = None


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
    trigger: str | None = None


class CheckupFailed(Event):
    """A checkup run could not be carried out."""

    owner = "checkup"
    name = "checkup_failed"

    type: Literal["digital.marktplatz.checkup.checkup_failed.v1"] = "digital.marktplatz.checkup.checkup_failed.v1"
    data: CheckupFailedData


class DisclosureTopic(EventData):
    """How far the self-disclosure of one topic got: `none`, `declared`, `evidenced` or `verified`."""

    topic: str
    stage: str
    asked: int
    answered: int
    valid_until: date | None = None
    """The first day on which one of its answers ends."""


class DisclosurePublishedData(EventData):
    """Data of `DisclosurePublished`."""

    solution_id: str
    slug: str
    organisation_id: str
    number: int
    questionnaire_version: str
    topics: list[DisclosureTopic]
    published_at: AwareDatetime


class DisclosurePublished(Event):
    """The provider published a version of the self-disclosure; the team may verify its proofs."""

    owner = "checkup"
    name = "disclosure_published"

    type: Literal["digital.marktplatz.checkup.disclosure_published.v1"] = (
        "digital.marktplatz.checkup.disclosure_published.v1"
    )
    data: DisclosurePublishedData


class ManualCheckTopic(EventData):
    """How many items of one topic had which result."""

    topic: str
    passed: int
    failed: int
    not_applicable: int
    not_checked: int


class ManualCheckCompletedData(EventData):
    """Data of `ManualCheckCompleted`."""

    check_id: str
    solution_id: str
    slug: str
    organisation_id: str
    version: int
    checklist_version: str
    topics: list[ManualCheckTopic]
    completed_at: AwareDatetime
    valid_until: date


class ManualCheckCompleted(Event):
    """The team completed a manual check of a solution."""

    owner = "checkup"
    name = "manual_check_completed"

    type: Literal["digital.marktplatz.checkup.manual_check_completed.v1"] = (
        "digital.marktplatz.checkup.manual_check_completed.v1"
    )
    data: ManualCheckCompletedData


class ContradictionFound(EventData):
    """One contradiction between what is declared and what was measured or checked."""

    rule: str
    topic: str
    text_de: str
    text_en: str


class ContradictionsFoundData(EventData):
    """Data of `ContradictionsFound`; `public_from` is when the provider's time to answer ends."""

    solution_id: str
    slug: str
    organisation_id: str
    contradictions: list[ContradictionFound]
    found_at: AwareDatetime
    public_from: AwareDatetime


class ContradictionsFound(Event):
    """Sources of a solution contradict each other anew; the provider has time to answer before everybody sees it."""

    owner = "checkup"
    name = "contradictions_found"

    type: Literal["digital.marktplatz.checkup.contradictions_found.v1"] = (
        "digital.marktplatz.checkup.contradictions_found.v1"
    )
    data: ContradictionsFoundData


class ContestData(EventData):
    """What is contested: `kind` is `metric`, `manual` or `contradiction`, `title` the German name of the finding."""

    contest_id: str
    solution_id: str
    slug: str
    organisation_id: str
    kind: str
    title: str


class ContestOpenedData(ContestData):
    """Data of `ContestOpened`."""

    opened_at: AwareDatetime


class ContestOpened(Event):
    """The provider contests a finding of the checkup."""

    owner = "checkup"
    name = "contest_opened"

    type: Literal["digital.marktplatz.checkup.contest_opened.v1"] = "digital.marktplatz.checkup.contest_opened.v1"
    data: ContestOpenedData


class ContestAnsweredData(ContestData):
    """Data of `ContestAnswered`; `outcome` is `corrected` or `excluded` when it was accepted."""

    accepted: bool
    outcome: str | None = None
    answered_at: AwareDatetime


class ContestAnswered(Event):
    """The team answered a contest."""

    owner = "checkup"
    name = "contest_answered"

    type: Literal["digital.marktplatz.checkup.contest_answered.v1"] = "digital.marktplatz.checkup.contest_answered.v1"
    data: ContestAnsweredData
