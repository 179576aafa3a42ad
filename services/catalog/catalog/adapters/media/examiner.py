"""Has each upload read by a process of its own, so that a hostile one harms nobody else."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from servicekit import errors

from catalog.adapters.media import examining
from catalog.application.media_ports import Examined, Variant

SECONDS = 40.0
AT_ONCE = 1


class ProcessExaminer:
    """Reads one upload at a time: the largest picture needs about 360 MB."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._places = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def examined(self, upload: Path) -> AsyncIterator[Examined]:
        """Return what is in an upload; its files are there inside the block. Raises ProblemError `media-…` (422)."""
        with tempfile.TemporaryDirectory(prefix="marktplatz-media-") as folder:
            async with self._places:
                told = await self._told(upload, Path(folder))
            if "refused" in told:
                raise errors.ProblemError(
                    f"media-{told['refused']}", "invalid", f"the file is refused: {told['sentence']}"
                )
            variants = tuple(Variant(name, Path(folder) / name) for name in told["variants"])
            yield Examined(
                kind=told["kind"],
                media_type=told["media_type"],
                size=variants[0].path.stat().st_size,
                variants=variants,
                width=told.get("width"),
                height=told.get("height"),
                pages=told.get("pages"),
            )

    async def _told(self, upload: Path, folder: Path) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            examining.__name__,
            str(upload),
            str(folder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(self._seconds):
                output, _ = await process.communicate()
        except TimeoutError:
            output = b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0 or not output:
            return {"refused": "broken", "sentence": "it could not be read within the limits of time and memory"}
        told: dict[str, Any] = json.loads(output)
        return told
