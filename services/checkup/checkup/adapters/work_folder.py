"""Folders for the time of one run below one work folder; what a dead worker left there is cleared away by the next."""

import asyncio
import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


def clear_abandoned(folder: Path) -> None:
    """Make the work folder and remove the folders in it whose worker is gone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob("run-*"):
        with contextlib.suppress(OSError), (left / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)


@asynccontextmanager
async def leased(folder: Path) -> AsyncIterator[Path]:
    """A new folder that exists inside the block and is locked as long as this process lives."""
    place = await asyncio.to_thread(_new, folder)
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            yield place
        finally:
            await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Path(tempfile.mkdtemp(prefix="run-", dir=folder))
