"""What solutions are called that an address names by their slugs, and whether they are online."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from web.page import Page
from web.partly import part

READ_AT_ONCE = 8


@dataclass(frozen=True)
class Named:
    """A solution; `gone`: it is certainly not online. Its slug stands for a name that is not known."""

    slug: str
    name: str
    provider: str = ""
    gone: bool = False


async def named(page: Page, slugs: Sequence[str]) -> list[Named]:
    """Return them in the same order."""
    few = asyncio.Semaphore(READ_AT_ONCE)

    async def one(slug: str) -> Named:
        async with few:
            found = await part(page.services.catalog.solution(slug))
        if found.value is None:
            return Named(slug, slug, gone=not found.down)
        return Named(slug, found.value.listing.name, found.value.organisation_name)

    return list(await asyncio.gather(*(one(slug) for slug in slugs)))
