"""A live copy of a key-value bucket, so that what lies in it can be asked without a call."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any, Generic, Self, TypeVar

from nats.js import JetStreamContext

from servicekit import background, logging

T = TypeVar("T")
LOADING_SECONDS = 20
log = logging.get(__name__)


class BucketWatch(ABC, Generic[T]):
    """Follows a bucket; what it makes of the entries is `held`. Subclasses say what that is."""

    def __init__(self, js: JetStreamContext, bucket: str) -> None:
        self._js = js
        self._bucket = bucket
        self.held: T = self.empty()
        self._resync = asyncio.Event()
        self._loaded = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @staticmethod
    @abstractmethod
    def empty() -> T:
        """Return what an empty bucket is made into."""

    @staticmethod
    @abstractmethod
    def apply(held: T, key: str, value: bytes | None) -> None:
        """Take an entry over; None was deleted."""

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch(), name=self._bucket)
        await asyncio.wait_for(self._loaded.wait(), timeout=LOADING_SECONDS)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            await background.end(self._task)

    def resync(self) -> None:
        """Read everything again: called when the connection was lost and is back."""
        self._resync.set()

    async def ready(self) -> bool:
        """True once the bucket was read completely."""
        return self._loaded.is_set()

    async def _watch(self) -> None:
        while True:
            self._resync.clear()
            try:
                await self._follow()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("bucket watch interrupted", bucket=self._bucket, error=repr(error))
                await asyncio.sleep(0.5)

    async def _follow(self) -> None:
        bucket = await self._js.key_value(self._bucket)
        watcher: Any = await bucket.watchall()
        collected: T | None = self.empty()
        try:
            while not self._resync.is_set():
                try:
                    entry = await watcher.updates(timeout=1.0)
                except TimeoutError:
                    continue
                if entry is None:  # everything that was there has been delivered
                    if collected is not None:
                        self.held, collected = collected, None
                    self._loaded.set()
                    continue
                self.apply(self.held if collected is None else collected, entry.key, entry.value)
        finally:
            await watcher.stop()
