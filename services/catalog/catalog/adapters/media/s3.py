"""Media in an S3-compatible object store, for those who run one (`CATALOG_MEDIA_S3_BUCKET`)."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.exceptions import ClientError

from catalog.application.media_ports import Blob

PIECE = 256 * 1024
_MISSING = {"NoSuchKey", "404"}


class S3Store:
    """Objects below `media/` of one bucket, which must be there and private: only the catalog hands them out."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    async def put(self, key: str, file: Path, *, media_type: str) -> None:
        """Keep a file; writing the same bytes again does no harm."""
        with file.open("rb") as stream:
            await self._client.put_object(Bucket=self._bucket, Key=_name(key), Body=stream, ContentType=media_type)

    async def open(self, key: str) -> Blob | None:
        """Return the bytes, or None."""
        try:
            found = await self._client.get_object(Bucket=self._bucket, Key=_name(key))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                return None
            raise
        return Blob(found["ContentLength"], _pieces(found["Body"]))

    async def delete(self, keys: Collection[str]) -> None:
        """Forget bytes; missing ones are no fault."""
        for key in keys:
            await self._client.delete_object(Bucket=self._bucket, Key=_name(key))


@asynccontextmanager
async def s3_store(
    bucket: str, *, endpoint: str | None, region: str, access_key: str | None, secret_key: str | None
) -> AsyncIterator[S3Store]:
    """Open the store inside the block; without keys those of the environment are used, as every S3 client does."""
    options = AioConfig(
        connect_timeout=5, read_timeout=30, retries={"max_attempts": 3}, s3={"addressing_style": "path"}
    )
    session: Any = AioSession()  # type: ignore[no-untyped-call]
    client = session.create_client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=options,
    )
    async with client as opened:
        yield S3Store(opened, bucket)


def _name(key: str) -> str:
    return f"media/{key}"


async def _pieces(body: Any) -> AsyncIterator[bytes]:
    async with body:
        while piece := await body.read(PIECE):
            yield piece
