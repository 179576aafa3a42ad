"""The catalog service: pictures and documents of listings."""

from dataclasses import dataclass
from typing import BinaryIO

import httpx

from web.api.caller import Caller
from web.api.catalog import BASE, UPLOAD_SECONDS


@dataclass(frozen=True)
class MediaFiles:
    """Calls about media; every one may raise ApiProblem."""

    call: Caller

    async def upload(self, solution_id: str, file: BinaryIO, *, alt: str, caption: str) -> None:
        """Add a file to the draft."""
        texts = {"alt": alt, "caption": caption}
        await self.call.upload_file(f"{BASE}/solutions/{solution_id}/media", file, texts, seconds=UPLOAD_SECONDS)

    async def describe(
        self, solution_id: str, media_id: str, *, alt: str, caption: str | None, position: int | None
    ) -> None:
        """Say something else about a file of the draft, or move it to a position from 0."""
        body = {"alt": alt, "caption": caption, "position": position}
        await self.call.put(f"{BASE}/solutions/{solution_id}/media/{media_id}", body)

    async def remove(self, solution_id: str, media_id: str) -> None:
        """Take a file out of the draft."""
        await self.call.delete(f"{BASE}/solutions/{solution_id}/media/{media_id}")

    async def open(self, media_id: str, *, width: int | None, tag: str | None) -> httpx.Response:
        """Begin to read a file; whoever reads it closes it."""
        return await self.call.open(f"{BASE}/media/{media_id}", {"width": width}, tag=tag)
