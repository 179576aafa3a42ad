"""Parts that several events share: the listing, the review seal, rating summary and checkup scores."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.envelope import EventData
from contracts.vocabulary import (
    AccessibilityLevel,
    Bundesland,
    CheckupDimension,
    CheckupStatus,
    DeploymentStatus,
    FieldOfAction,
    HostingLocation,
    OfferForm,
    OperatingModel,
    PriceModel,
    SolutionKind,
)

Line = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Note = Annotated[str, StringConstraints(max_length=2000)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Lines = Annotated[list[Line], Field(max_length=50)]
Urls = Annotated[list[Url], Field(max_length=50)]
QuestionId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Answer = bool | int | float | str | list[str] | list[dict[str, str]]
"""Yes or no, a number, a text (dates as `2026-11-22`, choices by value), texts, or records of texts."""


class Media(EventData):
    """A picture or a document of a listing. Its bytes are at `/api/catalog/media/<id>`, pictures in smaller too."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    kind: Literal["image", "document"]
    media_type: Annotated[str, StringConstraints(max_length=100)]
    """`image/webp` or `application/pdf`."""
    alt: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    """What a picture shows, in words for those who do not see it; of a document its title."""
    caption: Line | None = None
    size: Annotated[int, Field(ge=1)]
    """Bytes."""
    width: Annotated[int, Field(ge=1)] | None = None
    """Pixels, of pictures."""
    height: Annotated[int, Field(ge=1)] | None = None
    pages: Annotated[int, Field(ge=1)] | None = None
    """Of documents."""


class Listing(EventData):
    """What is said about a solution. Holds no personal data: contact is a URL of the provider."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    aliases: Lines = []
    summary: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    description: Annotated[str, StringConstraints(max_length=20_000)] = ""
    """Markdown."""
    features: Lines = []
    kind: SolutionKind
    offer_form: OfferForm = OfferForm.OTHER
    fields_of_action: Annotated[list[FieldOfAction], Field(min_length=1, max_length=10)]
    use_cases: Lines = []
    target_groups: Lines = []
    operator_name: Line | None = None
    operating_models: Annotated[list[OperatingModel], Field(max_length=3)] = []
    operating_note: Note | None = None
    licence: Line | None = None
    """SPDX expression, `proprietary`, `LicenseRef-open-source`, or None when not stated."""
    price_model: PriceModel = PriceModel.UNKNOWN
    price_note: Note | None = None
    languages: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]], Field(max_length=50)
    ] = ["de"]
    """BCP 47."""
    interfaces: Lines = []
    integrations: Lines = []
    tech_stack: Lines = []
    repository_url: Url | None = None
    demo_url: Url | None = None
    documentation_url: Url | None = None
    website_url: Url | None = None
    it_security: Lines = []
    it_security_note: Note | None = None
    data_processing_agreement: bool | None = None
    hosting_location: HostingLocation = HostingLocation.UNKNOWN
    data_protection_note: Note | None = None
    accessibility_level: AccessibilityLevel = AccessibilityLevel.UNKNOWN
    accessibility_statement_url: Url | None = None
    bundesland: Bundesland | None = None
    region: Line | None = None
    used_by: Lines = []
    """Municipalities that use it, as claimed by the provider."""
    deployment_status: DeploymentStatus | None = None
    usage_note: Note | None = None
    information_material_urls: Urls = []
    support_url: Url | None = None
    media: Annotated[list[Media], Field(max_length=20)] = []
    """Pictures and documents, in the order they are shown."""
    answers: Annotated[dict[QuestionId, Answer], Field(max_length=100)] = {}
    """Answers to the questions of the standard profile that have no field of their own; see docs/profile.md."""


class Finding(EventData):
    """What a reviewer found about one criterion: a verdict for mandatory criteria, a grade for quality criteria."""

    criterion: Line
    title: Line | None = None
    """German title of the criterion, for readers that do not hold the criteria."""
    result: Annotated[str, StringConstraints(pattern=r"^(pass|fail|needs_work)$")] | None = None
    grade: Annotated[int, Field(ge=1, le=5)] | None = None
    """1 (poor) to 5 (excellent)."""
    finding: Note = ""


class ReviewSeal(EventData):
    """The outcome of the review that the published version passed."""

    case_id: str
    solution_version: int
    decided_at: AwareDatetime
    criteria_version: str
    mandatory: dict[str, str] = {}
    """Verdict by criterion."""
    quality: dict[str, int | None] = {}
    """Grade 1 to 5 by criterion; None when not graded."""


class RatingSummary(EventData):
    """All visible ratings of a solution, summed up."""

    count: Annotated[int, Field(ge=0)]
    average: Annotated[float, Field(ge=1, le=5)] | None = None
    """Weighted by recency, one decimal; None below three ratings."""
    dimensions: dict[str, float] = {}
    distribution: dict[str, int] = {}
    """How many ratings gave `1` to `5`."""


class CheckupDimensionScore(EventData):
    """Score of one dimension, with how much of it could be measured."""

    dimension: CheckupDimension
    score: Annotated[float, Field(ge=0, le=100)] | None = None
    """None when not measurable, which is not zero."""
    coverage: Annotated[float, Field(ge=0, le=1)]
    award: bool = False
    status: CheckupStatus
