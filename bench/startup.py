"""seconds until `make run` is ready: empty, with the import of the demo, with kept data; memory of each process."""

import asyncio
import tempfile
import time
from pathlib import Path

from servicekit.testing.stack import Stack

from bench import figures


async def run() -> None:
    """Start twice, print times and the memory of each process, stop."""
    with tempfile.TemporaryDirectory(prefix="marktplatz-bench-", ignore_cleanup_errors=True) as directory:
        stack = Stack(Path(directory))
        try:
            for title, options in (
                ("empty, without listings", ["--no-demo"]),
                ("kept data, import of 76 listings", []),
                ("kept data, listings there", []),
            ):
                started = time.perf_counter()
                await asyncio.to_thread(stack.start, *options)
                figures.row(title, f"{time.perf_counter() - started:.1f} s")
                status = await asyncio.to_thread(stack.status)
                await asyncio.to_thread(stack.stop)
            total = 0.0
            for name, process in status["processes"].items():
                megabytes = (process["memory"] or 0) / 1e6
                total += megabytes
                figures.row(f"memory of {name}", f"{megabytes:.0f} MB")
            figures.row("together", f"{total:.0f} MB")
        finally:
            await asyncio.to_thread(stack.stop)
