"""A client for an application in the same process, with its lifespan running."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI


@asynccontextmanager
async def client(app: FastAPI, *, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Start the application, give a client for it, stop the application.

    Unexpected errors are answered (500) as they are in a real server instead of being raised into the test.
    """
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers) as http:
            yield http
