"""The command line in processes of their own, forked off one that has imported it already.

A process spends two seconds of processor time on imports and a fraction of one on itself; a test that kills three
workers need not pay that three times. Each is a process with its own pid, environment, output and signals.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from checkup.main import main


@cache
def _forks() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


class Started:
    """A process that runs `marktplatz-checkup` with the arguments; what it prints goes to the files."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], output: Path, errors: Path) -> None:
        """Start it."""
        self._process: ForkServerProcess = _forks().Process(
            target=_become, args=(list(arguments), dict(environment), str(output), str(errors)), daemon=False
        )
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it lives."""
        return self._process.exitcode

    def kill(self) -> None:
        """Send SIGKILL."""
        self._process.kill()

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.terminate()

    async def wait(self) -> int:
        """Wait for its end and return the exit code."""
        await asyncio.to_thread(self._process.join)
        return self._process.exitcode or 0


def _become(arguments: list[str], environment: dict[str, str], output: str, errors: str) -> None:
    for descriptor, path in ((1, output), (2, errors)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["marktplatz-checkup", *arguments]
    main()
