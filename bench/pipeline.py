"""milliseconds from `POST submit` to found in search, approved at once: 200 submissions one by one."""

import asyncio
import tempfile
import time
from pathlib import Path

from contracts.ids import uuid7
from servicekit.testing.stack import Stack
from servicekit.testing.story import Story, listing

from bench import figures

SUBMISSIONS = 200
WARM_UP = 10


async def once(story: Story, user: str, organisation: str) -> float:
    """Submit, approve as soon as the case is there, search until found; return the milliseconds."""
    token = await story.token(user)
    name = f"Messung {uuid7()[-12:]}"
    body = {"organisation_id": organisation, "listing": listing(name)}
    made = await story.expect(201, "POST", "/api/catalog/solutions", token=token, json=body)
    started = time.perf_counter()
    await story.expect(202, "POST", f"/api/catalog/solutions/{made['id']}/submit", token=token)
    await story.approve(made["id"])
    await story.found(name, made["slug"])
    return (time.perf_counter() - started) * 1000


async def measure(stack: Stack) -> None:
    """Run the submissions and print the percentiles."""
    status = stack.status()
    async with Story(status["gateway"], status["oidc"]) as story:
        user = f"bench-{uuid7()}"
        organisation = await story.onboard(user, f"Messung {user[-6:]}", "provider")
        for _ in range(WARM_UP):
            await once(story, user, organisation)
        times = [await once(story, user, organisation) for _ in range(SUBMISSIONS)]
    figures.row("milliseconds from submit to found", "p50", "p99", "max", "aim")
    figures.row(
        f"{SUBMISSIONS} submissions",
        f"{figures.percentile(times, 50):.0f} ms",
        f"{figures.percentile(times, 99):.0f} ms",
        f"{max(times):.0f} ms",
        "p99 < 500",
    )


async def run() -> None:
    """Start the whole system, measure, stop."""
    with tempfile.TemporaryDirectory(prefix="marktplatz-bench-", ignore_cleanup_errors=True) as directory:
        stack = Stack(Path(directory))
        try:
            await asyncio.to_thread(stack.start, "--no-demo")
            await measure(stack)
        finally:
            await asyncio.to_thread(stack.stop)
