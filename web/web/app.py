"""The ASGI application: pages, static files, error pages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from contracts.profile.questionnaire import Questionnaire
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from web import errors
from web.pages import (
    about,
    case,
    checkup_desk,
    checkup_findings,
    claims,
    comparison,
    corrections,
    disclosure,
    dossier_proof,
    dossiers,
    health,
    inbox,
    inquiries,
    invitations,
    joining,
    login,
    media,
    my_checkup,
    my_searches,
    my_solution,
    my_solutions,
    onboarding,
    open_data,
    organisation,
    peers,
    personal_data,
    preferences,
    publiccode,
    queue,
    ratings,
    regional_key,
    reports,
    requirement_profiles,
    search,
    search_reports,
    solution,
    start,
    uses,
    versions,
    watchlist,
)
from web.rendering import static_files
from web.security import Guard
from web.settings import WebSettings
from web.wiring import build

PAGES = (
    start,
    search,
    solution,
    ratings,
    uses,
    peers,
    inquiries,
    invitations,
    joining,
    login,
    publiccode,
    my_solutions,
    my_checkup,
    media,
    my_solution,
    versions,
    corrections,
    disclosure,
    checkup_findings,
    claims,
    my_searches,
    comparison,
    watchlist,
    requirement_profiles,
    dossier_proof,
    dossiers,
    organisation,
    reports,
    queue,
    onboarding,
    regional_key,
    case,
    checkup_desk,
    search_reports,
    inbox,
    preferences,
    personal_data,
    about,
    open_data,
    health,
)
SMALLEST_ZIPPED = 1024


def create_app(
    settings: WebSettings,
    *,
    gateway: httpx.AsyncBaseTransport | None = None,
    identity: httpx.AsyncBaseTransport | None = None,
    stopping: asyncio.Event | None = None,
    profile: Questionnaire | None = None,
) -> ASGIApp:
    """Build the application; the transports stand in for the network in tests, `profile` for the current one.

    `stopping` ends what is streamed.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with build(settings, gateway=gateway, identity=identity, profile=profile) as container:
            app.state.container = container
            yield

    app = FastAPI(title="Marktplatz", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.stopping = stopping or asyncio.Event()
    for page in PAGES:
        app.include_router(page.router)
    files = static_files.own(reload=settings.web_reload)
    app.mount("/static", GZipMiddleware(files, minimum_size=SMALLEST_ZIPPED), "static")
    errors.install(app)
    return Guard(app, settings)  # outside of everything, so that even the page of a crash carries the headers
