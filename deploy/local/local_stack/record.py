"""The record of what runs now: written by the supervisor, read by `status`, `stop` and the next `run`."""

import fcntl
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import psutil

from local_stack.checkout import Checkout, read_json

_SAME_START_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Known:
    """A process that cannot be mistaken for another one: pid and start time."""

    pid: int
    created: float

    @classmethod
    def read(cls, entry: object) -> "Known | None":
        if not isinstance(entry, Mapping) or not entry.get("pid") or not entry.get("created"):
            return None
        return cls(int(entry["pid"]), float(entry["created"]))

    @classmethod
    def myself(cls) -> "Known":
        return cls(os.getpid(), psutil.Process().create_time())

    def process(self) -> psutil.Process | None:
        """The process if it is still that one and not a zombie."""
        with suppress(psutil.Error):
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < _SAME_START_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        return None


def read(checkout: Checkout) -> dict[str, Any]:
    """What the last supervisor wrote; empty when there was none."""
    return read_json(checkout.run_file)


def supervisor(checkout: Checkout) -> Known | None:
    """The supervisor of this checkout if it lives."""
    known = Known.read(read(checkout).get("supervisor"))
    return known if known is not None and known.process() is not None else None


@contextmanager
def only_one(checkout: Checkout) -> Iterator[bool]:
    """Holds this checkout's lock while inside (the kernel frees it on any death); False when another one has it."""
    checkout.directory.mkdir(parents=True, exist_ok=True)
    with checkout.lock_file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def end_orphans(checkout: Checkout, grace: float = 10.0) -> list[str]:
    """End what a supervisor that was killed has left behind, by pid and start time; the names of those ended."""
    left: dict[str, psutil.Process] = {}
    for name, entry in read(checkout).get("processes", {}).items():
        known = Known.read(entry)
        process = known.process() if known is not None else None
        if process is not None:
            left[name] = process
    for process in left.values():
        with suppress(psutil.Error):
            process.terminate()
    _gone, alive = psutil.wait_procs(left.values(), timeout=grace)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    return sorted(left)


def stop(checkout: Checkout, grace: float = 60.0) -> bool:
    """Ask the supervisor to stop and wait; kill it and its processes after `grace` seconds. False when none ran."""
    known = supervisor(checkout)
    if known is None:
        return bool(end_orphans(checkout))
    os.kill(known.pid, signal.SIGTERM)
    deadline = monotonic() + grace
    while known.process() is not None:
        if monotonic() > deadline:
            os.kill(known.pid, signal.SIGKILL)
            break
        sleep(0.05)
    end_orphans(checkout)
    return True
