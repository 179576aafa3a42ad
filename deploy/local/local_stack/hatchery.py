"""`python -m local_stack.hatchery FD`: imports once what all services share, and forks itself into each of them.

A service spends two seconds of processor time on importing libraries and a fraction of one on itself; five of them on
two cores are most of what a start takes. Each fork is a process of its own, with its own pid, session, environment and
output.
"""

import array
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from servicekit.testing.process import dies_with_parent

SHARED = (
    "servicekit.process",
    "servicekit.delivery",
    "servicekit.idempotency",
    "contracts.registry",
    "motor.motor_asyncio",
    "faststream.nats",
    "uvloop",
    "httptools",
    "jinja2",
    "structlog.dev",
)
"""Libraries only: two services in one interpreter would share metrics and settings."""
LARGEST_ORDER = 200_000


@dataclass(frozen=True, slots=True)
class Order:
    """One process to be: `entry` is `module:function`, `argv` what it finds in `sys.argv`."""

    entry: str
    argv: list[str]
    env: dict[str, str]
    cwd: str | None

    def run(self) -> Any:
        """Become that process; returns what its entry returns."""
        os.environ.clear()
        os.environ.update(self.env)
        if self.cwd is not None:
            os.chdir(self.cwd)
        sys.argv = self.argv
        module, _, function = self.entry.partition(":")
        entry: Callable[[], Any] = getattr(importlib.import_module(module), function)
        return entry()


def import_shared() -> None:
    """Import what the services have in common; what is missing fails in the service that misses it."""
    for name in SHARED:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # keeps the pages of what is imported shared among the forks


def _fork(order: Order, output: int, ours: list[int]) -> int:
    """Fork; 0 in the child, which by then has the order's output and none of our descriptors."""
    prepare = dies_with_parent()
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setsid()
        prepare()
        os.dup2(output, 1)
        os.dup2(output, 2)
        for descriptor in (output, *ours):
            os.close(descriptor)
    return pid


def _receive(channel: socket.socket) -> tuple[dict[str, Any] | None, int]:
    """The next order with the descriptor of its output; None when the supervisor is gone."""
    message, ancillary, _flags, _address = channel.recvmsg(LARGEST_ORDER, socket.CMSG_SPACE(array.array("i").itemsize))
    if not message:
        return None, -1
    descriptors = array.array("i")
    for _level, _kind, data in ancillary:
        descriptors.frombytes(data)
    return json.loads(message), descriptors[0]


def serve(channel: socket.socket) -> Order | None:
    """Fork for every order and report deaths; returns in a fork with its order, or None when the supervisor is gone."""
    woken, wake = os.pipe()
    for descriptor in (woken, wake):
        os.set_blocking(descriptor, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    living: set[int] = set()
    heard = channel.fileno()
    while True:
        ready, _, _ = select.select([heard, woken], [], [])
        if woken in ready:
            with suppress(BlockingIOError):
                os.read(woken, 4096)
            _report_deaths(channel, living)
        if heard in ready:
            content, output = _receive(channel)
            if content is None:
                for pid in living:
                    with suppress(ProcessLookupError):
                        os.killpg(pid, signal.SIGKILL)
                return None
            order = Order(content["entry"], content["argv"], content["env"], content["cwd"])
            pid = _fork(order, output, [heard, woken, wake])
            if pid == 0:
                return order
            os.close(output)
            living.add(pid)
            channel.send(json.dumps({"id": content["id"], "pid": pid}).encode())


def _report_deaths(channel: socket.socket, living: set[int]) -> None:
    while living:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        living.discard(pid)
        channel.send(json.dumps({"pid": pid, "code": os.waitstatus_to_exitcode(status)}).encode())


def main() -> Any:
    channel = socket.socket(fileno=int(sys.argv[1]))
    import_shared()
    order = serve(channel)
    if order is None:
        return 0
    channel.detach()  # closed in the fork already
    return order.run()


if __name__ == "__main__":
    sys.exit(main())
