"""What measures: the detectors and the programs and libraries behind them, each with its version."""

import re
import subprocess
from functools import cache
from importlib import metadata

from checkup.analysis import git_process

DETECTORS = "3"  # raised when one of the own detectors counts differently
LIBRARIES = ("jscpd", "licenseclassifier", "lizard", "markdown-it-py", "PyYAML", "ruff")


@cache
def tools() -> dict[str, str]:
    """Name to version of everything whose change may change a number; the same on every worker of a release."""
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return dict(sorted({**versions, "detectors": DETECTORS, "git": _git()}.items()))


def _git() -> str:
    done = subprocess.run(
        ["git", "--version"], capture_output=True, env=git_process.hardened_environment(), text=True, check=True
    )
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    return found.group() if found else "unknown"
