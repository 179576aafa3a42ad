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
from typing import Protocol

import psutil

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

    `memory` None is for programs that reserve more than they use; `watch` has to bound them. Without a network,
    `isolation` says that it shall rather not run at all where the kernel gives it no namespace, and `loopback` gives it
    at least its own loopback there.
    """

    memory: int | None
    cpu: int
    file_bytes: int
    files: int = 256
    network: bool = False
    isolation: bool = False
    loopback: bool = False


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


class Child(Protocol):
    """A confined process that leads a session of its own."""

    @property
    def pid(self) -> int: ...

    @property
    def stdout(self) -> asyncio.StreamReader | None: ...

    @property
    def stderr(self) -> asyncio.StreamReader | None: ...

    async def wait(self) -> int:
        """Wait for its end and return the exit code (negative: signal)."""
        ...


async def run(
    command: Sequence[str],
    *,
    limits: Limits,
    environment: Mapping[str, str],
    directory: Path,
    seconds: float,
    most_output: int,
    watch: Callable[[int], str | None] | None = None,
    told: Callable[[str], None] | None = None,
) -> Outcome:
    """Run to the end, to `seconds`, or until `watch`, given the pid, names a limit; nothing of it is left then.

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
    return await attend(process, seconds=seconds, most_output=most_output, watch=watch, told=told)


async def attend(
    process: Child,
    *,
    seconds: float,
    most_output: int,
    watch: Callable[[int], str | None] | None = None,
    told: Callable[[str], None] | None = None,
) -> Outcome:
    """Read what a confined child says until it ends, or end it as `run` does."""
    assert process.stdout is not None  # noqa: S101
    assert process.stderr is not None  # noqa: S101
    stopped: list[str] = []
    readers = asyncio.gather(
        _bounded(process.stdout, most_output), _bounded(process.stderr, 64_000, told), _over(process)
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
        end_family(process.pid)
        readers.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await readers
        with contextlib.suppress(ProcessLookupError):
            await process.wait()
    first, _, said = errors.decode("utf-8", "replace").partition("\n")
    if first not in (ISOLATED, NOT_ISOLATED):
        return Outcome(code, output, f"{first}\n{said}", stopped[0] if stopped else None)
    return Outcome(code, output, said, stopped[0] if stopped else None, first == ISOLATED)


async def _over(process: Child) -> int:
    """Its exit code; whatever outlives it, and holds its pipes open, is ended too."""
    code = await process.wait()
    end_family(process.pid)
    return code


async def can_isolate() -> bool:
    """True where the kernel gives a child a network namespace of its own."""
    outcome = await run(
        [sys.executable, "-I", "-S", "-c", ""],
        limits=Limits(memory=1_000_000_000, cpu=10, file_bytes=0),
        environment={},
        directory=Path("/"),
        seconds=30,
        most_output=0,
    )
    return outcome.isolated


def end_family(pid: int) -> None:
    """Kill the group of a process, and its descendants that left the group (a browser does)."""
    descendants: list[psutil.Process] = []
    with contextlib.suppress(psutil.NoSuchProcess):
        descendants = psutil.Process(pid).children(recursive=True)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    for process in descendants:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


async def _watch(pid: int, watch: Callable[[int], str | None], stopped: list[str]) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if limit := await asyncio.to_thread(watch, pid):
            stopped.append(limit)
            end_family(pid)
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
