"""Media in the service's own database (GridFS): nothing else to run."""

from collections.abc import AsyncIterator, Collection
from pathlib import Path

from gridfs.errors import FileExists, NoFile
from motor.motor_asyncio import AsyncIOMotorGridFSBucket, AsyncIOMotorGridOut
from servicekit.mongo import Database

from catalog.application.media_ports import Blob

BUCKET = "media"
PIECE = 255 * 1024


class GridFsStore:
    """Files in the collections `media.files` and `media.chunks`; the key is the file's id."""

    def __init__(self, db: Database) -> None:
        self._bucket = AsyncIOMotorGridFSBucket(db, bucket_name=BUCKET, chunk_size_bytes=PIECE)

    async def put(self, key: str, file: Path, *, media_type: str) -> None:
        """Keep a file; one that was cut off while it was written counts as missing, and is written anew."""
        if await self.open(key) is not None:
            return
        await self.delete([key])  # pieces that an upload left behind when it was cut off
        try:
            with file.open("rb") as stream:
                await self._bucket.upload_from_stream_with_id(key, key, stream, metadata={"media_type": media_type})
        except FileExists:
            return  # the same bytes, uploaded twice at once

    async def open(self, key: str) -> Blob | None:
        """Return the bytes, or None."""
        try:
            found = await self._bucket.open_download_stream(key)
        except NoFile:
            return None
        return Blob(found.length, _pieces(found))

    async def delete(self, keys: Collection[str]) -> None:
        """Forget bytes; missing ones are no fault."""
        for key in keys:
            try:
                await self._bucket.delete(key)
            except NoFile:
                continue


async def _pieces(found: AsyncIOMotorGridOut) -> AsyncIterator[bytes]:
    while piece := await found.readchunk():
        yield piece
