"""The only place where the catalog is put together; processes and tests share it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from servicekit.clock import Clock
from servicekit.platform import Platform, open_platform

from catalog.adapters.recent import RecentAnswers
from catalog.adapters.repositories import MongoOrganisations, MongoRatingBooks, MongoSolutions
from catalog.application.ports import Ports
from catalog.settings import CatalogSettings


@dataclass(frozen=True)
class Container:
    """What the entry points reach for."""

    platform: Platform
    ports: Ports
    recent: RecentAnswers


@asynccontextmanager
async def build(settings: CatalogSettings, clock: Clock | None = None) -> AsyncIterator[Container]:
    """Open connections, create indexes, and hand out the use cases' ports."""
    recent = RecentAnswers(settings.catalog_recent_seconds)
    async with open_platform(settings, clock=clock) as platform:
        organisations = MongoOrganisations(platform.aggregates("organisations"))
        solutions = MongoSolutions(platform.aggregates("solutions"), recent.forget)
        ratings = MongoRatingBooks(platform.aggregates("ratings"), recent.forget)
        for repository in (organisations, solutions, ratings):
            await repository.prepare()
        yield Container(platform, Ports(organisations, solutions, ratings, platform.clock), recent)
