"""Sends a file with everything while there is room for one."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from fastapi.responses import StreamingResponse
from servicekit import logging
from starlette.types import Receive, Scope, Send

from catalog.application.exports import Exports

log = logging.get(__name__)


class ExportResponse(StreamingResponse):
    """Takes its room when it begins to be sent and gives it back at the end, whatever that is.

    Raises ProblemError `exports-busy` (503) without room. A reader too slow for the time of a file gets an answer that
    breaks off, which HTTP tells from a whole one.
    """

    def __init__(self, exports: Exports, content: AsyncIterator[bytes], headers: Mapping[str, str]) -> None:
        super().__init__(content, headers=headers)
        self._exports = exports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._exports.one():
            try:
                async with asyncio.timeout(self._exports.seconds):
                    await super().__call__(scope, receive, send)
            except TimeoutError:
                log.warning("export took too long", path=scope["path"], seconds=self._exports.seconds)
                raise
