"""The only place where the review service is put together; processes and tests share it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from servicekit.clock import Clock
from servicekit.platform import Platform, open_platform

from review.adapters.cases import MongoCases
from review.adapters.criteria_files import CriteriaFiles
from review.application.ports import Ports
from review.settings import ReviewSettings


@dataclass(frozen=True)
class Container:
    """What the entry points reach for."""

    platform: Platform
    ports: Ports


@asynccontextmanager
async def build(settings: ReviewSettings, clock: Clock | None = None) -> AsyncIterator[Container]:
    """Open connections, create indexes, and hand out the use cases' ports."""
    criteria = CriteriaFiles(settings.review_criteria_version)
    async with open_platform(settings, clock=clock) as platform:
        cases = MongoCases(platform.aggregates("cases"), criteria)
        await cases.prepare()
        yield Container(platform, Ports(cases=cases, criteria=criteria, clock=platform.clock))
