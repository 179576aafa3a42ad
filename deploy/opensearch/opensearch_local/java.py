"""Finds a Java that the server runs on, by asking those of the machine for their version."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from opensearch_local.faults import NotHereError

OLDEST = 21
INSTALLED = Path("/usr/lib/jvm")
_VARIABLE = re.compile(r"^(OPENSEARCH_JAVA_HOME|JAVA_HOME|(JDK|JAVA_HOME)_?\d+.*)$")
_VERSION = re.compile(r"java\.specification\.version = (?:1\.)?(\d+)")


@dataclass(frozen=True, slots=True)
class Java:
    """A `java` command and its version."""

    command: str
    version: int


def find(environ: Mapping[str, str] = os.environ, *, installed: Path = INSTALLED, user: int | None = None) -> Java:
    """Return the first fitting one: named in the environment, on the PATH, or the oldest of /usr/lib/jvm.

    `user` has to be able to run it. Raises NotHereError with those that were found.
    """
    named = [Path(environ[name]) / "bin" / "java" for name in sorted(environ, key=_by_intent) if _VARIABLE.match(name)]
    on_path = shutil.which("java", path=environ.get("PATH"))
    seen: list[Java] = []
    for command in [*named, *([Path(on_path)] if on_path else [])]:
        seen += _asked([command], user)
        if seen and seen[-1].version >= OLDEST:
            return seen[-1]
    beside = _asked(sorted(installed.glob("*/bin/java")), user)
    fitting = [each for each in beside if each.version >= OLDEST]
    if fitting:
        return min(fitting, key=lambda each: each.version)
    found = ", ".join(sorted({f"Java {each.version} ({each.command})" for each in [*seen, *beside]}))
    raise NotHereError(
        f"Java {OLDEST} or newer is needed, found {found or 'none'}: install one, or name it in JAVA_HOME"
    )


def version_of(command: Path, user: int | None = None) -> int | None:
    """Return the version a `java` command tells; None when it cannot be run."""
    try:
        asked = subprocess.run(
            [command, "-XshowSettings:properties", "-version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            user=user,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    told = _VERSION.search(asked.stderr)
    return int(told.group(1)) if told else None


def _asked(commands: Iterable[Path], user: int | None) -> list[Java]:
    found = {command.resolve(): command for command in commands if command.exists()}
    versions = [(command, version_of(command, user)) for command in found.values()]
    return [Java(str(command), version) for command, version in versions if version is not None]


def _by_intent(name: str) -> tuple[int, str]:
    order = ("OPENSEARCH_JAVA_HOME", "JAVA_HOME")
    return (order.index(name) if name in order else len(order), name)
