"""Settings of the catalog."""

from typing import ClassVar

from pydantic import Field, HttpUrl, field_validator
from servicekit.addresses import allowed_origins
from servicekit.settings import ServiceSettings

from catalog.domain.open_data.terms import LICENCES, LicenceId, Terms


class CatalogSettings(ServiceSettings):
    """What the catalog reads from the environment beside what every service reads."""

    service_name: ClassVar[str] = "catalog"

    catalog_recent_seconds: float = Field(default=1.0, ge=0, le=60)
    """How long a public view may be answered from memory when another process changed the solution."""

    catalog_duties_seconds: float = Field(default=60.0, gt=0, le=3600)
    """How often the worker looks for reminders and conversations that are due."""

    catalog_peer_days: int = Field(default=180, ge=1, le=3650)
    """How long a conversation of two municipalities is kept after its last message."""

    catalog_peer_threads_per_day: int = Field(default=20, ge=1, le=1000)
    """How many conversations a municipality may begin in 24 hours."""

    catalog_inquiries_per_day: int = Field(default=20, ge=1, le=1000)
    """How many inquiries a municipality may send in 24 hours."""

    catalog_invitations_per_day: int = Field(default=50, ge=1, le=1000)
    """How many people an organisation may invite in 24 hours."""

    catalog_proof_days: float = Field(default=90, ge=0, le=3650)
    """How many days after the decision on a request for onboarding its proof of mandate is erased."""

    catalog_inquiry_reminder_days: tuple[int, ...] = (7, 14)
    """After how many days without an answer a provider is reminded."""

    catalog_inquiry_silence_months: int = Field(default=12, ge=1, le=120)
    """After how many months without a message an inquiry is closed."""

    catalog_inquiry_erase_months: int = Field(default=24, ge=1, le=120)
    """How many months after closing the words and names of an inquiry are erased."""

    @field_validator("catalog_inquiry_reminder_days")
    @classmethod
    def _rising(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(day < 1 for day in value) or list(value) != sorted(set(value)):
            raise ValueError("must be rising numbers of days, such as [7, 14]")
        return value

    catalog_fetch_seconds: float = Field(default=8, gt=0, le=60)
    """The longest time for fetching a publiccode.yml; people wait for it, so less than the front end waits."""

    catalog_allow_local: str = ""
    """Development only: `127.0.0.1:PORT,…`, from which files may be fetched over plain http."""

    catalog_metadata_licence: LicenceId = "CC0-1.0"
    """The licence of what the open data says about solutions."""

    catalog_exports_at_once: int = Field(default=4, ge=1, le=1000)
    """How many files with all solutions a process sends at once; more are asked to come back later."""

    catalog_export_seconds: float = Field(default=1800, gt=0, le=86_400)
    """After how long a file that is still being sent is broken off, so that slow readers keep nobody out."""

    catalog_publisher: str = Field(default="Marktplatz für digitale Lösungen", min_length=1, max_length=300)
    """Who publishes the open data."""

    catalog_contributor: HttpUrl | None = None
    """The address that GovData gave the publisher (`dcatde:contributorID`), if it did."""

    @field_validator("catalog_allow_local")
    @classmethod
    def _on_loopback(cls, value: str) -> str:
        allowed_origins(value)
        return value

    catalog_media_max_bytes: int = Field(default=20_971_520, ge=1024, le=104_857_600)
    """The largest picture or document that may be uploaded; the gateway lets 26 MB through."""
    catalog_media_max_kept: int = Field(default=100, ge=1)
    """How many files are kept for one solution, all versions and recent uploads together."""
    catalog_media_abandoned_hours: float = Field(default=24, gt=0)
    """How long an upload is kept that no version shows."""
    catalog_media_s3_bucket: str | None = None
    """Bucket of an S3-compatible store for media; without it they are kept in the database (GridFS)."""
    catalog_media_s3_endpoint: str | None = None
    """Address of that store; without it that of AWS."""
    catalog_media_s3_region: str = "eu-central-1"
    catalog_media_s3_access_key: str | None = None
    catalog_media_s3_secret_key: str | None = None

    def production_faults(self) -> list[str]:
        """Return what must not run in production, a sentence each."""
        faults = super().production_faults()
        if self.catalog_allow_local:
            faults.append("CATALOG_ALLOW_LOCAL is set: files on loopback are for development only")
        if self.catalog_media_s3_endpoint and not self.catalog_media_s3_endpoint.startswith("https://"):
            faults.append("CATALOG_MEDIA_S3_ENDPOINT must be an https address")
        return faults

    @property
    def open_data_terms(self) -> Terms:
        """What every file of the open data states."""
        contributor = str(self.catalog_contributor) if self.catalog_contributor else None
        return Terms(self.public_url, self.catalog_publisher, LICENCES[self.catalog_metadata_licence], contributor)
