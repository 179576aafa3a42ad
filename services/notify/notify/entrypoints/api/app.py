"""The HTTP application of notify."""

from fastapi import FastAPI
from servicekit import http
from servicekit.http import Lifespan

from notify.entrypoints.api import inbox, preferences
from notify.settings import NotifySettings


def create_app(settings: NotifySettings, lifespan: Lifespan) -> FastAPI:
    """Build the application; the lifespan builds what stands behind it."""
    return http.create_app(
        settings,
        title="Marktplatz: notify",
        description="E-mail and in-app notifications.",
        lifespan=lifespan,
        routers=[inbox.router, preferences.router],
    )
