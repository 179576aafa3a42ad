"""Processor time by process: unlike wall time, hardly moved by what else the machine does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psutil

PARTS: Mapping[str, tuple[str, ...]] = {
    "worker": ("marktplatz-checkup",),
    "git": ("checkup.sandbox.program",),
    "analysis": ("checkup.sandbox.zygote",),
    "database": ("mongo",),
    "bus": ("nats",),
    "repositories": ("gitserver",),
}
"""Part to what one of its command lines contains. `git` is the process that starts git for a worker."""


@contextmanager
def spent(times: int) -> Iterator[dict[str, float]]:
    """Fill a mapping, at the end of the block, with seconds by part, divided by `times`; ended children count."""
    found: dict[str, float] = {}
    before = _seconds()
    yield found
    after = _seconds()
    found.update({part: sum(after[part].values()) / times - sum(before[part].values()) / times for part in after})


def _seconds() -> dict[str, dict[int, float]]:
    seconds: dict[str, dict[int, float]] = {part: {} for part in PARTS}
    for process in psutil.Process().children(recursive=True):
        try:
            line, used = " ".join(process.cmdline()), process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        part = next((part for part, words in PARTS.items() if any(word in line for word in words)), None)
        if part is None:
            continue
        seconds[part][process.pid] = used.user + used.system
        if part != "worker":  # whose children count by themselves
            seconds[part][process.pid] += used.children_user + used.children_system
    return seconds
