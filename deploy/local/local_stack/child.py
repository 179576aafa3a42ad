"""One supervised process: started, watched, its output kept, started again when it dies."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Literal

import psutil
from servicekit.testing.process import ServerSpec

from local_stack.launch import Launcher, Output, Process, Programs
from local_stack.output import Console, LogFile, last_lines

State = Literal["waiting", "starting", "ready", "restarting", "stopping", "stopped", "failed"]

START_ATTEMPTS = 3
READY_SECONDS = 120.0
STEADY_SECONDS = 60.0
"""After so long without dying, earlier deaths are forgotten."""
_DELAYS = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
_PROBE_SECONDS = 0.1
_LAST_WORDS_SECONDS = 2.0
_NO_SPACE = ("no space left on device", "disk quota exceeded", "errno 28")


class StartError(RuntimeError):
    """Something did not come up; the message names it and quotes its last log lines."""


def back_off(deaths: int) -> float:
    """Seconds to wait before the next start after so many deaths in a row (1 or more)."""
    return _DELAYS[min(deaths, len(_DELAYS)) - 1]


def how_it_ended(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"signal {signal.Signals(-code).name}"
    return f"signal {-code}"


class Child:
    """Keeps one process running between `start()` and `stop()`."""

    def __init__(
        self,
        spec: ServerSpec,
        log: Path,
        console: Console,
        changed: Callable[[], None],
        launcher: Launcher | None = None,
    ) -> None:
        self.spec = spec
        self.state: State = "waiting"
        self.restarts = 0
        self._log_path = log
        self._console = console
        self._changed = changed
        self._launcher = launcher or Programs()
        self._process: Process | None = None
        self._created: float | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()  # ready for the first time, or failed
        self._stopping = False
        self._deaths = 0

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @property
    def created(self) -> float | None:
        """Start time of the process (seconds since the epoch): with the pid it identifies the process for ever."""
        return self._created

    def tail(self, count: int = 15) -> str:
        """Its last log lines, indented, with a hint where they tell of a full disk."""
        lines = last_lines(self._log_path, count)
        hint = ""
        if any(sign in line.lower() for line in lines for sign in _NO_SPACE):
            hint = f"\n  The disk is full: free some space under {self._log_path.parent.parent}."
        return "\n".join(f"    {line}" for line in lines) + f"\n  Log: {self._log_path}{hint}"

    def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def until_ready(self) -> None:
        """Wait until it is ready for the first time; raises StartError when it does not come up."""
        await self._settled.wait()
        if self.state == "failed":
            raise StartError(self._failure)

    async def stop(self, grace: float) -> None:
        """SIGTERM, and SIGKILL for the whole process group after `grace` seconds."""
        self._stopping = True
        if self.state == "failed":
            return
        self._move("stopping")
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(self.spec.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), grace)
            except TimeoutError:
                self._console.warn(f"{self.name} did not stop within {grace:g} s: killed")
                self._kill_group(process.pid)
        if self._keeper is not None:
            if process is None or process.returncode is None:
                self._keeper.cancel()
            await asyncio.wait({self._keeper}, timeout=5)
            self._keeper.cancel()
        self._move("stopped")

    async def _keep(self) -> None:
        with LogSink(self._log_path, self.name, self._console) as sink:
            while not self._stopping:
                self._move("starting" if not self.restarts else "restarting")
                began = monotonic()
                code = await self._run_once(sink)
                if self._stopping:
                    return
                self._deaths = 1 if monotonic() - began > STEADY_SECONDS else self._deaths + 1
                if not self._settled.is_set() and self._deaths >= START_ATTEMPTS:
                    self._fail(f"{self.name} does not start: it ended with {how_it_ended(code)}. Its last lines:")
                    return
                self.restarts += 1
                delay = back_off(self._deaths)
                self._console.warn(f"{self.name} died ({how_it_ended(code)}): starting it again in {delay:g} s")
                if code > 0:
                    self._console.say(self.tail(6))
                self._move("restarting")
                await asyncio.sleep(delay)

    async def _run_once(self, sink: "LogSink") -> int:
        async with Output() as output:
            try:
                process = await self._launcher.launch(self.spec, output.writing)
            except OSError as error:
                sink.line(f"cannot start {self.spec.argv[0]}: {error}".encode())
                return 127
            output.given_away()
            self._process = process
            with suppress(psutil.Error):
                self._created = psutil.Process(process.pid).create_time()
            self._changed()
            watcher = asyncio.create_task(self._watch_readiness(process))
            reader = asyncio.create_task(sink.drain(output.stream))
            try:
                return await process.wait()
            finally:
                watcher.cancel()
                self._kill_group(process.pid)  # what it may have left behind, and what would keep its output open
                await asyncio.wait({reader}, timeout=_LAST_WORDS_SECONDS)
                reader.cancel()

    async def _watch_readiness(self, process: Process) -> None:
        deadline = monotonic() + READY_SECONDS
        while (problem := await asyncio.to_thread(self.spec.ready.problem)) is not None:
            if monotonic() > deadline:
                message = f"{self.name} was not ready within {READY_SECONDS:g} s ({problem})"
                if not self._settled.is_set():
                    self._fail(f"{message}. Its last lines:")
                else:
                    self._console.warn(f"{message}: starting it again")
                    self._kill_group(process.pid)
                return
            await asyncio.sleep(_PROBE_SECONDS)
        again = self._settled.is_set()
        self._move("ready")
        self._settled.set()
        if again:
            self._console.good(f"{self.name} is back (pid {process.pid})")

    def _fail(self, headline: str) -> None:
        self._stopping = True
        self._failure = f"{headline}\n{self.tail()}"
        if self._process is not None:
            self._kill_group(self._process.pid)
        self._move("failed")
        self._settled.set()

    def _move(self, state: State) -> None:
        self.state = state
        self._changed()

    @staticmethod
    def _kill_group(pid: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


class LogSink:
    """Takes what one process writes: all of it into its log, what matters to the terminal too."""

    def __init__(self, path: Path, name: str, console: Console) -> None:
        self._file = LogFile(path)
        self._name = name
        self._console = console
        self._told_full = False

    def __enter__(self) -> "LogSink":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def line(self, line: bytes) -> None:
        self._file.write(line)
        if self._file.full and not self._told_full:
            self._console.fail("the disk is full: logs are being dropped; free some space")
        self._told_full = self._file.full
        self._console.line_of(self._name, line.decode(errors="replace"))

    async def drain(self, stream: asyncio.StreamReader) -> None:
        """Until the process closes its output; lines may have any length."""
        rest = b""
        while chunk := await stream.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self.line(line)
        if rest:
            self.line(rest)
