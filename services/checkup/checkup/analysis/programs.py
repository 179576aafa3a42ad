"""Runs a program that came with the service on copies of code: no configuration, no home, bounded time and output."""

import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from checkup.analysis import processor_time

MOST_OUTPUT = 30_000_000  # bytes of a program's answer that are read


class ProgramFailed(Exception):
    """The program ended with an error or without an answer."""


def path_of(name: str) -> Path | None:
    """Where the program was installed together with this service; None on a platform it does not exist for."""
    found = Path(sysconfig.get_path("scripts")) / name
    return found if found.is_file() else None


def run(program: Path, *arguments: str, scratch: Path, seconds: float, allowed: Sequence[int] = (0,)) -> bytes:
    """What the program prints, within so many seconds of the processor. Raises TimeoutError, ProgramFailed.

    It starts in `/` with nothing of the machine in its environment, so that no file of a repository configures it; the
    limits of this child hold for it as well.
    """
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(scratch), "TMPDIR": str(scratch), "LC_ALL": "C.UTF-8",
                   "TZ": "UTC", "NO_COLOR": "1", "MALLOC_ARENA_MAX": "2", "GOMAXPROCS": "2", "GOMEMLIMIT": "600MiB",
                   "RAYON_NUM_THREADS": "1"}  # fmt: skip
    with subprocess.Popen(
        [str(program), *arguments], cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            processor_time.limit(process, seconds)
            answer, _ = process.communicate()
        except BaseException:
            process.kill()
            raise
    if process.returncode == processor_time.USED_UP:
        raise TimeoutError
    if process.returncode not in allowed or len(answer) > MOST_OUTPUT:
        raise ProgramFailed(f"{program.name} ended with code {process.returncode}")
    return answer
