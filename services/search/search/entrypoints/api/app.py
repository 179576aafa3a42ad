"""The HTTP API of the search service."""

from fastapi import FastAPI
from servicekit import http
from servicekit.http import Lifespan

from search.entrypoints.api import facets, insights, rebuilds, saved_searches, solutions, suggest
from search.settings import SearchSettings


def create_app(settings: SearchSettings, lifespan: Lifespan) -> FastAPI:
    """Build the application."""
    return http.create_app(
        settings,
        title="Marktplatz search",
        description="Full-text search and facets over published solutions.",
        lifespan=lifespan,
        routers=[
            solutions.router,
            suggest.router,
            facets.router,
            insights.router,
            saved_searches.router,
            rebuilds.router,
        ],
    )
