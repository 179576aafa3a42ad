"""Picks from the lock file what one image needs, with the hashes, so that the image holds nothing else.

`python locked_subset.py requirements.lock wanted.txt` prints the blocks of the lock for each `name==version` of the
second file (as `uv pip compile --constraint requirements.lock` prints them). It fails when the lock has no such
version: then the lock is older than a pyproject.toml.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")


class LockOutdated(Exception):
    """The lock has no hash for something that is wanted."""


def normalised(name: str) -> str:
    """A project's name as in PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[tuple[str, str], str]:
    """Each block of a requirements file by name and version."""
    return {(normalised(match[1]), match[2]): block for match, block in _blocks(text)}


def subset(lock: str, wanted: str) -> str:
    """The blocks of the lock for what is wanted; raises LockOutdated with the names that it does not have."""
    locked, chosen = pins(lock), pins(wanted)
    missing = [f"{name}=={version}" for name, version in chosen if (name, version) not in locked]
    if missing:
        raise LockOutdated(f"not in the lock file: {', '.join(missing)}; run make lock")
    return "".join(locked[key] for key in sorted(chosen))


def _blocks(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", text):
        match = PIN.match(block)
        if match:
            yield match, block


def main() -> int:
    lock, wanted = (Path(name).read_text(encoding="utf-8") for name in sys.argv[1:3])
    try:
        print(subset(lock, wanted), end="")
    except LockOutdated as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
