"""The HTTP application of the review."""

from fastapi import FastAPI
from servicekit import http
from servicekit.http import Lifespan

from review.entrypoints.api import cases, published
from review.settings import ReviewSettings


def create_app(settings: ReviewSettings, lifespan: Lifespan) -> FastAPI:
    """Build the application; the lifespan builds what stands behind it."""
    return http.create_app(
        settings,
        title="Marktplatz: review",
        description="Review of submissions against published criteria.",
        lifespan=lifespan,
        routers=[cases.router, published.router],
    )
