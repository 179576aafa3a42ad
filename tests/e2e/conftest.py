"""One whole system for all end-to-end tests, gone after the last: every service a process, real servers and gateway."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from servicekit.testing.stack import Stack
from servicekit.testing.story import Story


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="marktplatz-e2e-", ignore_cleanup_errors=True) as directory:
        running = Stack(Path(directory))
        try:
            running.start("--no-demo")
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="package")
async def story(stack: Stack) -> AsyncIterator[Story]:
    status = stack.status()
    async with Story(status["gateway"], status["oidc"]) as driven:
        yield driven
