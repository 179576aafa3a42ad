"""Keeps computed vectors by model and content, so that neither a rebuild nor a restart computes them again."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
from bson import Binary
from pymongo.errors import PyMongoError
from servicekit import errors
from servicekit.mongo import Database

from search.application.meaning_ports import Vector

COLLECTION = "embeddings"


class MongoEmbeddings:
    """`EmbeddingStore` in MongoDB: `{_id: "<model>:<content hash>", vector: 16-bit floats}`, 800 bytes each."""

    def __init__(self, db: Database, model: str) -> None:
        self._collection = db[COLLECTION]
        self._model = model

    async def known(self, hashes: Collection[str]) -> set[str]:
        """Return those whose vector is there."""
        with _translated():
            cursor = self._collection.find({"_id": {"$in": [self._key(each) for each in hashes]}}, {"_id": 1})
            return {self._hash(document["_id"]) async for document in cursor}

    async def get(self, hashes: Collection[str]) -> Mapping[str, Vector]:
        """Return the vectors that are there."""
        with _translated():
            cursor = self._collection.find({"_id": {"$in": [self._key(each) for each in hashes]}})
            return {
                self._hash(document["_id"]): np.frombuffer(document["vector"], dtype=np.float16).astype(np.float32)
                async for document in cursor
            }

    async def put(self, content_hash: str, vector: Vector) -> None:
        """Store a vector."""
        with _translated():
            await self._collection.update_one(
                {"_id": self._key(content_hash)},
                {"$set": {"vector": Binary(vector.astype(np.float16).tobytes())}},
                upsert=True,
            )

    def _key(self, content_hash: str) -> str:
        return f"{self._model}:{content_hash}"

    def _hash(self, key: str) -> str:
        return key.removeprefix(f"{self._model}:")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PyMongoError as error:
        raise errors.unavailable("embeddings-unavailable", f"the vectors cannot be reached: {error!r}") from error
