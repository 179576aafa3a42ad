"""Connections to NATS: a plain client for publishing and key-value watching, a FastStream broker for consuming."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import nats
from faststream.nats import NatsBroker
from faststream.security import SASLPlaintext
from nats.aio.client import Client

from servicekit import logging
from servicekit.settings import ServiceSettings

log = logging.get(__name__)


@asynccontextmanager
async def connect(settings: ServiceSettings, on_reconnect: Sequence[Callable[[], None]] = ()) -> AsyncIterator[Client]:
    """Open a client that reconnects for ever; `on_reconnect` is read at each reconnect, so it may grow later."""

    async def failed(error: Exception) -> None:
        log.warning("nats error", error=repr(error))

    async def reconnected() -> None:
        log.info("nats reconnected")
        for told in on_reconnect:
            told()

    async def disconnected() -> None:
        log.warning("nats disconnected")

    client = await nats.connect(
        settings.nats_url,
        name=settings.service_name,
        error_cb=failed,
        reconnected_cb=reconnected,
        disconnected_cb=disconnected,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.2,
        allow_reconnect=True,
        **_credentials(settings),
    )
    try:
        yield client
    finally:
        if client.is_connected:
            await client.drain()
        else:
            await client.close()


def faststream(settings: ServiceSettings) -> NatsBroker:
    """Return a broker that is not started yet; subscribers are added by `delivery`."""

    async def failed(error: Exception) -> None:
        log.warning("nats consumer error", error=repr(error))

    credentials = _credentials(settings)
    return NatsBroker(
        settings.nats_url,
        name=f"{settings.service_name}-consumer",
        logger=None,
        apply_types=False,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        graceful_timeout=settings.shutdown_seconds,
        error_cb=failed,
        security=SASLPlaintext(credentials["user"], credentials["password"]) if credentials else None,
    )


def _credentials(settings: ServiceSettings) -> dict[str, Any]:
    if settings.nats_user:
        return {"user": settings.nats_user, "password": settings.nats_password or ""}
    return {}
