"""The catalog's HTTP application."""

from fastapi import FastAPI
from servicekit import http
from servicekit.http import Lifespan

from catalog.application.dossier_record import LARGEST_FILE
from catalog.entrypoints.api import (
    audit,
    deployments,
    dossiers,
    inquiries,
    invitations,
    media,
    onboarding,
    open_data,
    organisations,
    peers,
    personal_data,
    profile,
    publiccode,
    ratings,
    requirement_profiles,
    sitemap,
    solutions,
    versions,
    watchlists,
)
from catalog.settings import CatalogSettings

MULTIPART_BYTES = 64 * 1024
"""What an upload may have beside the file: texts and boundaries."""


def create_app(settings: CatalogSettings, lifespan: Lifespan) -> FastAPI:
    """Return the application; the lifespan brings the container."""
    return http.create_app(
        settings,
        title="Marktplatz catalog",
        description="Organisations and their onboarding, solutions from draft to publication, who uses them, ratings,"
        " market surveys.",
        lifespan=lifespan,
        larger_bodies={
            r"^/(solutions/[^/]+/media|organisations/[^/]+/proof)$": settings.catalog_media_max_bytes + MULTIPART_BYTES,
            r"^/dossiers/verify$": LARGEST_FILE,
        },
        routers=[
            organisations.router,
            onboarding.router,
            onboarding.files,
            solutions.router,
            deployments.router,
            ratings.router,
            peers.router,
            inquiries.router,
            invitations.router,
            personal_data.router,
            profile.router,
            media.router,
            publiccode.router,
            dossiers.router,
            watchlists.router,
            requirement_profiles.router,
            versions.router,
            audit.router,
            open_data.router,
            sitemap.router,
        ],
    )
