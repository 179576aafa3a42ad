"""Starting one process with its output on a pipe: an ordinary program, or one that the hatchery forks."""

import asyncio
import os
from typing import Protocol

from servicekit.testing.process import ServerSpec, dies_with_parent


class Process(Protocol):
    """What the supervisor needs of a process, however it came to be."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None:
        """Exit code, the negative signal number when a signal ended it, None while it lives."""
        ...

    async def wait(self) -> int: ...

    def send_signal(self, signal: int) -> None: ...


class Launcher(Protocol):
    """Starts a process whose output and errors go to a file descriptor."""

    async def launch(self, spec: ServerSpec, output: int) -> Process: ...


class Programs:
    """The ordinary way: an own interpreter or binary for each process. It cannot outlive us."""

    async def launch(self, spec: ServerSpec, output: int) -> Process:
        """Start `spec.argv` in a session of its own; raises OSError when it cannot be started."""
        return await asyncio.create_subprocess_exec(
            *spec.argv,
            env={**os.environ, **spec.env},
            cwd=spec.cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=dies_with_parent(),
        )


class Output:
    """The reading end of a pipe whose writing end is given to one process: a context manager."""

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()
        self.stream = asyncio.StreamReader()
        self._transport: asyncio.ReadTransport | None = None

    async def __aenter__(self) -> "Output":
        protocol = asyncio.StreamReaderProtocol(self.stream)
        reading = os.fdopen(self._reading, "rb", buffering=0)
        self._transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, reading)
        return self

    def given_away(self) -> None:
        """Close our copy of the writing end, so that the stream ends with the process."""
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1

    async def __aexit__(self, *_: object) -> None:
        self.given_away()
        if self._transport is not None:
            self._transport.close()
