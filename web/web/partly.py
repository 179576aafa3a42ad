"""Pages made of several services: each part may be there, missing, or just not answering."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Generic, TypeVar

from web.api.problem import ApiProblem

Value = TypeVar("Value")
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True)
class Part(Generic[Value]):
    """`value` when the service answered; otherwise `down` tells an outage from something that does not exist."""

    value: Value | None = None
    down: bool = False

    @property
    def there(self) -> bool:
        return self.value is not None


async def part(asked: Awaitable[Value], *, seconds: float = PATIENCE_SECONDS) -> Part[Value]:
    """Await an answer that the page can do without, for so long; only a refused token (401) still stops the page."""
    try:
        async with asyncio.timeout(seconds):
            return Part(await asked)
    except TimeoutError:
        return Part(down=True)
    except ApiProblem as problem:
        if problem.status == 401:
            raise
        return Part(down=problem.status not in (403, 404, 410))
