"""The worker's side of `checkup.sandbox.zygote`: orders confined children of it, and starts it again when it died."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from checkup.adapters import confined
from checkup.adapters.confined import Limits, Outcome
from checkup.sandbox.zygote import LARGEST_ORDER

LOST = -1000
"""What stands for an exit code when the zygote died, and its forks with it."""
START_SECONDS = 60
"""For the first fork, which waits for the imports."""


class Closable(Protocol):
    """A pipe or a socket."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Fork:
    """A child that works already; `wait` returns its exit code (negative: signal), or LOST."""

    pid: int
    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    news: asyncio.StreamReader
    held: tuple[Closable, ...]

    async def wait(self) -> int:
        """Wait for the end; once."""
        line = await self.news.readline()
        return int(line) if line.endswith(b"\n") else LOST

    def close(self) -> None:
        """Let go of the pipes."""
        for each in self.held:
            each.close()


class Zygote:
    """Children that need not import anything: each is a fork of one process that has done so, with a clean environment.

    The process starts with the first order and ends with this one.
    """

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self._module, self._environment = module, dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None

    async def fork(self, arguments: Sequence[str], *, limits: Limits, directory: Path) -> Fork:
        """Return a child that runs `main(*arguments)` of the module within the limits, in a session of its own.

        Raises ConnectionError when the zygote died over it.
        """
        order = json.dumps(
            {"arguments": list(arguments), "limits": asdict(limits), "directory": str(directory)}
        ).encode()
        if len(order) > LARGEST_ORDER:
            raise ValueError("an order is too long")
        ours, theirs = socket.socketpair()
        stdout, output = os.pipe()
        stderr, errors = os.pipe()
        with theirs, open(output, "wb") as out, open(errors, "wb") as err:  # noqa: ASYNC230 - pipes
            self._send(order, [out.fileno(), err.fileno(), theirs.fileno()])
        news, writer = await asyncio.open_connection(sock=ours)
        readers = [await _reader(descriptor) for descriptor in (stdout, stderr)]
        held: tuple[Closable, ...] = (writer, *(transport for _, transport in readers))
        try:
            pid = await news.readline()
            if not pid.endswith(b"\n"):
                raise ConnectionResetError("the zygote died")
        except BaseException:
            for each in held:
                each.close()
            raise
        return Fork(int(pid), readers[0][0], readers[1][0], news, held)

    async def run(
        self,
        arguments: Sequence[str],
        *,
        limits: Limits,
        directory: Path,
        seconds: float,
        most_output: int,
        watch: Callable[[int], str | None] | None = None,
        told: Callable[[str], None] | None = None,
    ) -> Outcome:
        """Fork, and see the child to its end as `confined.run` does.

        Raises ConnectionError when the zygote died, whether or not the child had begun.
        """
        try:
            async with asyncio.timeout(START_SECONDS):
                child = await self.fork(arguments, limits=limits, directory=directory)
        except TimeoutError as error:
            raise ConnectionAbortedError("the zygote does not answer") from error
        with contextlib.closing(child):
            outcome = await confined.attend(child, seconds=seconds, most_output=most_output, watch=watch, told=told)
        if outcome.code == LOST:
            raise ConnectionResetError("the zygote died")
        return outcome

    def close(self) -> None:
        """End it, and whatever it has forked."""
        if self._orders is not None:
            self._orders.close()
            self._orders = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _send(self, order: bytes, descriptors: list[int]) -> None:
        if self._process is not None and self._orders is not None and self._process.poll() is None:
            with contextlib.suppress(OSError):  # it is just dying
                socket.send_fds(self._orders, [order], descriptors)
                return
        self.close()
        socket.send_fds(self._started(), [order], descriptors)

    def _started(self) -> socket.socket:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "checkup.sandbox.zygote", str(theirs.fileno()), self._module,
                 str(os.getpid())],
                pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                env=self._environment, cwd="/", start_new_session=True,
            )  # fmt: skip
        return self._orders


async def _reader(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.BaseTransport]:
    reader = asyncio.StreamReader()
    pipe = open(descriptor, "rb", buffering=0)  # noqa: ASYNC230, SIM115 - closed by the transport
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    return reader, transport


def for_analysis() -> Zygote:
    """A new one that analyses."""
    return Zygote("checkup.analysis.__main__", _environment())


def for_programs() -> Zygote:
    """A new one whose forks become other programs: the arguments are their environment as JSON and their command."""
    return Zygote("checkup.sandbox.program", _environment())


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@cache
def of_analysis() -> Zygote:
    """The one of this process that analyses, for all who do."""
    return for_analysis()


@cache
def of_programs() -> Zygote:
    """The one of this process that starts programs, for all who do."""
    return for_programs()
