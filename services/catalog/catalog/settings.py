"""Settings of the catalog."""

from typing import ClassVar

from pydantic import Field
from servicekit.settings import ServiceSettings


class CatalogSettings(ServiceSettings):
    """What the catalog reads from the environment beside what every service reads."""

    service_name: ClassVar[str] = "catalog"

    catalog_recent_seconds: float = Field(default=1.0, ge=0, le=60)
    """How long a public view may be answered from memory when another process changed the solution."""
