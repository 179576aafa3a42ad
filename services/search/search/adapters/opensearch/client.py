"""The connection to the engine, and the translation of its failures."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from logging import CRITICAL, getLogger
from typing import Any

import orjson
from opensearchpy import AsyncOpenSearch, JSONSerializer, NotFoundError, TransportError
from opensearchpy import ConnectionError as EngineConnectionError
from servicekit import errors, logging
from servicekit.errors import ProblemError

log = logging.get(__name__)

RETRY_AFTER_SECONDS = 5
UNWATCHED = {"request_timeout": 120}
"""Seconds that a step of a rebuild may take, more than any other call: nobody waits for it."""
_BUSY = (429, 502, 503, 504)


class OrjsonSerializer(JSONSerializer):
    """Reads and writes JSON about ten times as fast as the client's own serializer."""

    def dumps(self, data: Any) -> Any:
        """Return JSON; bytes and strings pass through."""
        return data if isinstance(data, bytes | str) else orjson.dumps(data)

    def loads(self, s: str | bytes) -> Any:
        """Read JSON."""
        return orjson.loads(s)


@asynccontextmanager
async def connect(url: str, *, timeout_seconds: float) -> AsyncIterator[AsyncOpenSearch]:
    """Open a client; nothing is sent yet, so a missing engine is noticed by the first call."""
    getLogger("opensearch").setLevel(
        CRITICAL
    )  # it logs a traceback per failed call; `translated` says the same in a line
    client = AsyncOpenSearch(
        hosts=[url],
        serializer=OrjsonSerializer(),
        maxsize=64,
        timeout=timeout_seconds,
        max_retries=0,
        retry_on_timeout=False,
    )
    try:
        yield client
    finally:
        await client.close()


def unavailable(why: str) -> ProblemError:
    """The answer while the engine or the index is away."""
    return errors.unavailable("search-unavailable", f"the search is not available: {why}", RETRY_AFTER_SECONDS)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the client raises into `search-unavailable` where waiting may help; faults of ours pass through."""
    try:
        yield
    except NotFoundError as error:
        log.warning("index missing", error=str(error)[:500])
        raise unavailable("the index is being built") from error
    except EngineConnectionError as error:
        log.warning("engine unreachable", error=str(error)[:500])
        raise unavailable("the engine does not answer") from error
    except TransportError as error:
        if error.status_code not in _BUSY:
            raise
        log.warning("engine busy", status=error.status_code, error=str(error)[:500])
        raise unavailable("the engine is busy") from error
