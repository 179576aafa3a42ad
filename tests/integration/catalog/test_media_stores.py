"""Both stores of media keep the same promises: GridFS on the database, S3 on a small server in this process."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from catalog.adapters.media.gridfs import GridFsStore
from catalog.adapters.media.s3 import s3_store
from catalog.application.media_ports import MediaStore
from catalog.settings import CatalogSettings
from moto.server import ThreadedMotoServer
from motor.motor_asyncio import AsyncIOMotorClient
from servicekit.testing.servers import MongoServer

CONTENT = bytes(range(256)) * 4000


@pytest.fixture(params=["gridfs", "s3"])
async def store(
    request: pytest.FixtureRequest, mongo_server: MongoServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MediaStore]:
    if request.param == "gridfs":
        client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(mongo_server.url, tz_aware=True)
        name = f"test_media_{uuid4().hex[:8]}"
        yield GridFsStore(client[name])
        await client.drop_database(name)
        client.close()
        return
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(variable, raising=False)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        given = {"endpoint": f"http://{host}:{port}", "region": "eu-central-1", "access_key": "a", "secret_key": "b"}
        async with s3_store("bucket", **given) as made:
            await made._client.create_bucket(
                Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
            )
            yield made
    finally:
        server.stop()


async def read(store: MediaStore, key: str) -> bytes | None:
    blob = await store.open(key)
    if blob is None:
        return None
    content = b"".join([piece async for piece in blob.chunks])
    assert len(content) == blob.size
    return content


async def test_what_is_put_can_be_read_and_is_gone_after_it_was_deleted(store: MediaStore, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    assert await read(store, "one/original") is None
    await store.put("one/original", file, media_type="image/webp")
    await store.put("one/original", file, media_type="image/webp")
    await store.put("two/original", file, media_type="application/pdf")
    assert await read(store, "one/original") == CONTENT
    await store.delete(["one/original", "one/480", "never/there"])
    assert await read(store, "one/original") is None
    assert await read(store, "two/original") == CONTENT
    await store.put("one/original", file, media_type="image/webp")
    assert await read(store, "one/original") == CONTENT


def test_production_wants_an_encrypted_way_to_the_store() -> None:
    settings = CatalogSettings(catalog_media_s3_bucket="b", catalog_media_s3_endpoint="http://s3.example.org")
    assert "CATALOG_MEDIA_S3_ENDPOINT" in " ".join(settings.production_faults())
