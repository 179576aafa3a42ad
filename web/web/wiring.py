"""The only place that builds things; the app and its tests share it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from contracts.profile import questionnaire
from contracts.profile.questionnaire import Questionnaire
from jinja2 import Environment

from web import assets
from web.api import caller
from web.auth.oidc import OidcClient
from web.auth.session import SessionCodec
from web.flash import FlashCodec
from web.rendering.templates import environment
from web.settings import WebSettings

IDENTITY_SECONDS = 10.0


@dataclass(frozen=True)
class Container:
    """Everything the pages use."""

    settings: WebSettings
    http: httpx.AsyncClient
    oidc: OidcClient
    sessions: SessionCodec
    flashes: FlashCodec
    templates: Environment
    profile: Questionnaire


@asynccontextmanager
async def build(
    settings: WebSettings,
    *,
    gateway: httpx.AsyncBaseTransport | None = None,
    identity: httpx.AsyncBaseTransport | None = None,
    profile: Questionnaire | None = None,
) -> AsyncIterator[Container]:
    """Build what the pages use; the transports stand in for the network in tests, `profile` for the current one.

    Raises AssetsMissingError when the style sheets are not there.
    """
    assets.require()
    async with (
        caller.client(
            settings.gateway_url, host=settings.public_host, seconds=settings.gateway_seconds, transport=gateway
        ) as http,
        httpx.AsyncClient(timeout=IDENTITY_SECONDS, transport=identity, trust_env=False) as identity_http,
    ):
        yield Container(
            settings=settings,
            http=http,
            oidc=OidcClient(settings, identity_http),
            sessions=SessionCodec(settings),
            flashes=FlashCodec(settings),
            templates=environment(reload=settings.web_reload),
            profile=profile or questionnaire.load(),
        )
