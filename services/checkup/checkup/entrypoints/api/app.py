"""The HTTP application of the checkup."""

from fastapi import FastAPI
from servicekit import http
from servicekit.http import Lifespan

from checkup.entrypoints.api import insights, operations, reports, runs
from checkup.entrypoints.api.people import checks, contests, disclosures, sources
from checkup.settings import CheckupSettings


def create_app(settings: CheckupSettings, lifespan: Lifespan) -> FastAPI:
    """Build the application; the lifespan builds what stands behind it."""
    return http.create_app(
        settings,
        title="Marktplatz: checkup",
        description="Quality checkup of repositories in five dimensions, with evidence and coverage.",
        lifespan=lifespan,
        routers=[
            reports.router,
            runs.router,
            insights.router,
            disclosures.router,
            checks.router,
            contests.router,
            sources.router,
            operations.router,
        ],
    )
