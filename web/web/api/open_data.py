"""The catalog service: what there is as open data."""

from dataclasses import dataclass
from datetime import datetime

from web.api.caller import ApiModel, Caller


class Licence(ApiModel):
    """The licence of the data; `attribution`: who uses it must name the publisher."""

    id: str
    title: str = ""
    url: str = ""
    attribution: bool = False


class DataFile(ApiModel):
    """A file with all solutions."""

    format: str
    title: str = ""
    media_type: str = ""
    url: str = ""


class OpenData(ApiModel):
    """What there is and how current it is."""

    publisher: str = ""
    licence: Licence
    solutions: int = 0
    changed_at: datetime | None = None
    files: list[DataFile] = []
    sitemap: str = ""


@dataclass(frozen=True)
class OpenDataFiles:
    """Asks the catalog."""

    call: Caller

    async def overview(self) -> OpenData:
        """Return what there is."""
        return (await self.call.get("/api/catalog/opendata")).as_model(OpenData)
