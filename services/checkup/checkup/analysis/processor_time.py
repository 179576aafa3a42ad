"""Bounds in processor time: unlike seconds on the wall, they do not depend on what else the machine does."""

import contextlib
import resource
import signal
import subprocess
from math import ceil

USED_UP = -signal.SIGXCPU
"""The exit code of a program that has used up its processor time."""


def limit(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Let a program that has just been started use so many seconds of the processor at most, then end it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = ceil(seconds) if hard == resource.RLIM_INFINITY else min(ceil(seconds), hard)
    with contextlib.suppress(ProcessLookupError):
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (soft, hard))
