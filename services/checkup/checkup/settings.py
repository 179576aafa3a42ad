"""Settings of the checkup service."""

import tempfile
from pathlib import Path

from pydantic import Field, field_validator
from servicekit.settings import ServiceSettings

from checkup.adapters.address_guard import allowed_origins


class CheckupSettings(ServiceSettings):
    """Shared settings and the bounds of runs; sizes in bytes, times in seconds."""

    service_name = "checkup"

    checkup_rubric_version: str = "2026.2"
    checkup_concurrency: int = Field(default=1, ge=1, le=64)
    """Runs that one worker process carries out at the same time."""
    checkup_work_dir: Path = Path(tempfile.gettempdir()) / "marktplatz-checkup"
    checkup_fetch_seconds: float = Field(default=120, gt=0)
    checkup_fetch_bytes: int = Field(default=500_000_000, ge=1_000_000)
    checkup_fetch_attempts: int = Field(default=6, ge=1)
    """Attempts at a repository that cannot be reached; with the queue's pauses six take about a quarter of a minute."""
    checkup_analysis_seconds: float = Field(default=300, gt=0)
    checkup_analysis_memory_bytes: int = Field(default=1_500_000_000, ge=200_000_000)
    checkup_request_interval_seconds: int = Field(default=600, ge=0)
    """The shortest time between two runs that people ask for, per solution."""
    checkup_comparison_seconds: float = Field(default=60, ge=0)
    """For how long the medians of a field of action are kept in memory."""
    checkup_allow_local: str = ""
    """Development only: `127.0.0.1:PORT,…`, from which repositories may be fetched over plain http."""

    @field_validator("checkup_allow_local")
    @classmethod
    def _on_loopback(cls, value: str) -> str:
        allowed_origins(value)
        return value

    def production_faults(self) -> list[str]:
        """Return what must not run in production, a sentence each."""
        faults = super().production_faults()
        if self.checkup_allow_local:
            faults.append("CHECKUP_ALLOW_LOCAL is set: repositories on loopback are for development only")
        return faults
