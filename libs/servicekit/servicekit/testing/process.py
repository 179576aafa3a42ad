"""Child processes that end with the process that started them, and probes that tell when they are ready."""

import ctypes
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.02
START_SECONDS = 60.0
"""How long a server may take until it is ready, on a busy machine."""
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServerStartError(RuntimeError):
    """A server died or did not get ready; the message names it and quotes its last log lines."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Asks whether the server at an address is ready: `http(s)://` by a 2xx answer, anything else by an open port."""

    url: str

    def problem(self, timeout: float = 2.0) -> str | None:
        """What is wrong in words, or None when the server is ready."""
        parts = urlsplit(self.url)
        try:
            if parts.scheme in {"http", "https"}:
                return _http_problem(self.url, timeout)
            with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout):
                return None
        except (OSError, http.client.HTTPException) as error:
            return f"{self.url}: {error}"


def _http_problem(url: str, timeout: float) -> str | None:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=timeout)
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        body = answer.read(2000).decode(errors="replace")
        return None if answer.status < 300 else f"{url} answered {answer.status}: {body[:500]}"
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """How one server is started, and where it is reached once it is ready.

    `url` is what clients are configured with; `addresses` holds further ones by name (`monitor`, `page`); `entry`
    (`module:function`) is what `argv` runs when that is a Python program, for those who can start it in another way.
    """

    name: str
    argv: tuple[str, ...]
    url: str
    ready: Probe
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    entry: str | None = None


def free_ports(count: int) -> list[int]:
    """Distinct free TCP ports on the loopback address."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def installed(program: str) -> str:
    """Path of a program that came with a wheel, else of the machine's own; FileNotFoundError when there is none."""
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.exists() else shutil.which(program)
    if found is None:
        raise FileNotFoundError(f"{program} is not installed: run `make setup`")
    return found


def dies_with_parent() -> Callable[[], None]:
    """A `preexec_fn` that has the kernel kill the child when the calling process ends in whatever way (Linux)."""
    parent = os.getpid()

    def prepare() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # it died between fork and prctl
                os._exit(1)

    return prepare


def spawn(
    argv: Sequence[str], *, env: Mapping[str, str], cwd: Path | None, stdout: int, stderr: int = subprocess.STDOUT
) -> subprocess.Popen[bytes]:
    """Start a child in its own session (so Ctrl-C in the terminal reaches only us) that cannot outlive us.

    Call it from the main thread: the kernel's death signal is bound to the thread that forks.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("spawn() must be called from the main thread, else the child dies with the other thread")
    return subprocess.Popen(
        list(argv),
        env={**os.environ, **env},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        preexec_fn=dies_with_parent(),  # noqa: PLW1509 -- it only makes one system call
    )


class RunningServer:
    """One started server, its output in a file: a context manager that stops it."""

    def __init__(self, spec: ServerSpec, log: Path) -> None:
        self.spec = spec
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.spec.url

    @property
    def pid(self) -> int:
        """Process id; RuntimeError when it was never started."""
        if self._process is None:
            raise RuntimeError(f"{self.spec.name} was not started")
        return self._process.pid

    def start(self, timeout: float = START_SECONDS) -> Self:
        """Start and wait until ready; raises ServerStartError with the last log lines."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = spawn(self.spec.argv, env=self.spec.env, cwd=self.spec.cwd, stdout=output.fileno())
        self.wait_ready(timeout)
        return self

    def wait_ready(self, timeout: float = START_SECONDS) -> None:
        """Wait until the probe answers; raises ServerStartError when the process dies first or time is up."""
        process, deadline = self._process, monotonic() + timeout
        if process is None:
            raise RuntimeError(f"{self.spec.name} was not started")
        while (problem := self.spec.ready.problem()) is not None:
            if process.poll() is not None:
                raise ServerStartError(f"{self.spec.name} died with exit code {process.returncode}:\n{self.tail()}")
            if monotonic() > deadline:
                self.kill()
                raise ServerStartError(f"{self.spec.name} was not ready in {timeout:g} s ({problem}):\n{self.tail()}")
            try:
                process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        if process.poll() is not None:  # somebody else answered at its address
            raise ServerStartError(f"{self.spec.name} died with exit code {process.returncode}:\n{self.tail()}")

    def tail(self, lines: int = 20) -> str:
        """The last lines it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def stop(self, grace: float = 10.0) -> None:
        """Ask it to stop, and kill it when it has not done so after `grace` seconds."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(self.spec.stop_signal)
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """`kill -9`."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def restart(self, timeout: float = START_SECONDS) -> None:
        """Start it again at the same address with the same data."""
        self.stop()
        self.start(timeout)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
