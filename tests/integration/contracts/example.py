"""Runs the example of a partner's subscriber as the program that it is."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from servicekit.testing import wait

from .conftest import PASSWORDS, Connection

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "partner_subscriber.py"
SECONDS = 30


@asynccontextmanager
async def subscriber(url: str, *options: str, password: str | None = None) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(EXAMPLE), "--nats-url", url, *options),
        env={**os.environ, "NATS_PASSWORD": PASSWORDS["partner"] if password is None else password},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def finished(process: asyncio.subprocess.Process) -> tuple[list[dict[str, Any]], str, int]:
    out, err = await asyncio.wait_for(process.communicate(), SECONDS)
    return [json.loads(line) for line in out.splitlines()], err.decode(), process.returncode or 0


async def public_sequence(operator: Connection, at_least: int = 0) -> int:
    """Wait until the server has copied that many messages into the stream PUBLIC; return its last sequence."""

    async def last() -> int:
        sequence = (await operator.js.stream_info("PUBLIC")).state.last_seq
        return sequence if sequence >= at_least else 0

    return await wait.until(last, message="public events reach the stream PUBLIC") if at_least else await last()
