"""Processor time by process: unlike wall time, hardly moved by what else the machine does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psutil

PARTS: Mapping[str, tuple[str, ...]] = {
    "worker": ("marktplatz-checkup",),
    "analysis": ("checkup.sandbox.zygote",),
    "database": ("mongo",),
    "bus": ("nats",),
    "repositories": ("gitserver",),
}
"""Part to what one of its command lines contains. git, which a worker starts, is the part `git`."""


@contextmanager
def spent(times: int) -> Iterator[dict[str, float]]:
    """Fill a mapping, at the end of the block, with seconds by part, divided by `times`; ended children count."""
    found: dict[str, float] = {}
    before = _seconds()
    yield found
    after = _seconds()
    found.update({part: sum(after[part].values()) / times - sum(before[part].values()) / times for part in after})


def _seconds() -> dict[str, dict[int, float]]:
    seconds: dict[str, dict[int, float]] = {part: {} for part in ("worker", "git", *list(PARTS)[1:])}
    for process in psutil.Process().children(recursive=True):
        try:
            line, used = " ".join(process.cmdline()), process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        part = next((part for part, words in PARTS.items() if any(word in line for word in words)), None)
        if part is None:
            continue
        own, children = used.user + used.system, used.children_user + used.children_system
        seconds[part][process.pid] = own if part == "worker" else own + children
        if part == "worker":
            seconds["git"][process.pid] = children
    return seconds
