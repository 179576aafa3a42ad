"""Serves an application with uvicorn, and tells its long answers when the process is to stop."""

import asyncio
import socket
import sys
from typing import Any

import uvicorn
from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    """Says that it stops before it waits for the answers that are under way."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, tell the streams, wait for the rest."""
        self._stopping.set()
        await super().shutdown(sockets)


def serve(app: ASGIApp, *, host: str, port: int, grace_seconds: int, stopping: asyncio.Event, **options: Any) -> None:
    """Serve until SIGTERM or SIGINT; then set `stopping`, which ends streams, and finish requests in `grace_seconds`.

    Exits with 3 when it cannot start.
    """
    server = _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            access_log=False,
            log_config=None,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=grace_seconds,
            proxy_headers=True,
            **options,
        ),
        stopping,
    )
    try:
        server.run()
    except KeyboardInterrupt:
        return
    if not server.started:
        sys.exit(3)
