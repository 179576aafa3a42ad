"""Runs a program in a confined child: own session, limits, no secrets in its environment, killed as a group."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from checkup.sandbox import __file__ as _sandbox

LAUNCHER = str(Path(_sandbox).with_name("launch.py"))
LOOK_SECONDS = 0.2
LONGEST_LINE = 1_000
ISOLATED, NOT_ISOLATED = "network: none", "network: shared"
"""The first line on standard error of a child without a network, written before it becomes the program."""
NO_ISOLATION = 96
"""Exit code of a child that must be isolated where the kernel does not allow it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: bytes of memory and per file, CPU seconds, open files, and whether it has a network.

    Without a network, `isolation` says that it shall rather not run at all where the kernel gives it no namespace.
    """

    memory: int
    cpu: int
    file_bytes: int
    files: int = 256
    network: bool = False
    isolation: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a child ended: its exit code (negative: signal), what it printed, or the limit that stopped it.

    `isolated` is True when it had a network namespace of its own, with nothing in it.
    """

    code: int
    output: bytes
    errors: str
    stopped_by: str | None = None
    isolated: bool = False


async def run(
    command: Sequence[str],
    *,
    limits: Limits,
    environment: Mapping[str, str],
    directory: Path,
    seconds: float,
    most_output: int,
    watch: Callable[[], str | None] | None = None,
    told: Callable[[str], None] | None = None,
) -> Outcome:
    """Run to the end, to `seconds`, or until `watch` names a limit; the whole group is gone when this returns.

    `told` is handed each line that the child writes to its standard error, as it comes.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", LAUNCHER, json.dumps(asdict(limits)), *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environment),
        cwd=directory,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None  # noqa: S101
    assert process.stderr is not None  # noqa: S101
    stopped: list[str] = []
    readers = asyncio.gather(
        _bounded(process.stdout, most_output), _bounded(process.stderr, 64_000, told), process.wait()
    )
    watcher = asyncio.create_task(_watch(process.pid, watch, stopped)) if watch else None
    try:
        async with asyncio.timeout(seconds):
            output, errors, code = await readers
    except TimeoutError:
        stopped.append("time")
        output, errors, code = b"", b"", -signal.SIGKILL
    finally:
        if watcher:
            watcher.cancel()
        kill_group(process.pid)
        readers.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await readers
        with contextlib.suppress(ProcessLookupError):
            await process.wait()
    first, _, said = errors.decode("utf-8", "replace").partition("\n")
    if first not in (ISOLATED, NOT_ISOLATED):
        return Outcome(code, output, f"{first}\n{said}", stopped[0] if stopped else None)
    return Outcome(code, output, said, stopped[0] if stopped else None, first == ISOLATED)


def kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


async def _watch(pid: int, watch: Callable[[], str | None], stopped: list[str]) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if limit := await asyncio.to_thread(watch):
            stopped.append(limit)
            kill_group(pid)
            return


async def _bounded(stream: asyncio.StreamReader, most: int, told: Callable[[str], None] | None = None) -> bytes:
    """All that comes, of which the first `most` bytes are kept; whole lines of at most LONGEST_LINE bytes are told."""
    kept, line = bytearray(), b""
    while chunk := await stream.read(65_536):
        if len(kept) < most:
            kept += chunk[: most - len(kept)]
        if told is not None:
            *whole, line = (line + chunk).split(b"\n")
            line = line[: LONGEST_LINE + 1]
            for each in whole:
                if len(each) <= LONGEST_LINE:
                    told(each.decode("utf-8", "replace"))
    return bytes(kept)
