"""Settings of the search service."""

import os
from datetime import time
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from servicekit.settings import ServiceSettings


class SearchSettings(ServiceSettings):
    """Field names in upper case are the environment variables."""

    service_name: ClassVar[str] = "search"

    opensearch_url: str = "http://127.0.0.1:9200"
    search_timeout_seconds: float = Field(default=5.0, gt=0)
    """A search that takes longer is answered with 503."""
    engine_timeout_seconds: float = Field(default=10.0, gt=0)
    """Any other call to the engine."""
    index_refresh_interval: str = "200ms"
    """How soon a written document can be found (OpenSearch's `refresh_interval`)."""
    search_vectors: Literal["memory", "engine"] = "memory"
    """Where vectors are ranked: in the memory of each API process, or by the k-NN plugin of a real OpenSearch."""
    mirror_seconds: float = Field(default=0.5, gt=0)
    """How often an API process looks for changes of what it keeps in memory."""
    supervise_seconds: float = Field(default=1.0, gt=0)
    """How often a worker looks after the index."""
    rebuild_lease_seconds: float = Field(default=30.0, gt=0)
    """After this long without renewal a rebuild counts as dead."""
    rebuild_processes: int = Field(default_factory=lambda: min(4, os.cpu_count() or 1), ge=0, le=64)
    """So many processes make documents in a large rebuild, 160 MiB each; 0: the one that carries it out does."""
    search_log_days: int = Field(default=90, ge=1, le=365)
    """After so many days a search is forgotten."""
    search_log_write_seconds: float = Field(default=1.0, gt=0)
    """How often searches are written down; until then they wait in memory."""
    suggested_query_minimum: int = Field(default=3, ge=2)
    """So many searches make a query known enough to be suggested to others; two do when a result was opened."""
    suggested_query_seconds: float = Field(default=30.0, gt=0)
    """How often past queries are read for suggestions."""

    alerts_at: time = time(7)
    """Local time at which collected alerts of saved searches are sent."""
    alerts_weekday: int = Field(default=0, ge=0, le=6)
    """Day of weekly alerts; 0 is Monday."""
    alerts_timezone: str = "Europe/Berlin"
    """Whose clock counts for alerts."""
    alerts_poll_seconds: float = Field(default=15.0, gt=0)
    """How often a worker looks for alerts that are due."""

    @field_validator("alerts_timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError(f"there is no time zone {value!r}") from error
        return value

    @field_validator("alerts_at")
    @classmethod
    def _is_local(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("alerts_at is a local time such as 07:00, its zone is alerts_timezone")
        return value

    def production_faults(self) -> list[str]:
        """Return what must not run in production."""
        faults = super().production_faults()
        if "127.0.0.1" in self.opensearch_url or "localhost" in self.opensearch_url:
            faults.append("OPENSEARCH_URL still has its development default")
        return faults
