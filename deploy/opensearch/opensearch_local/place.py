"""Where the server's files lie, and the user it runs as."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import psutil
from local_stack.checkout import Checkout

USER = 10001
"""What it runs as when we are root, which OpenSearch refuses: the number that our images run as."""


def user() -> int | None:
    """Return the user to run as; None: as ourselves."""
    return USER if os.geteuid() == 0 else None


def groups() -> list[int] | None:
    """Return the further groups to run with."""
    return None if user() is None else []


def base(environ: Mapping[str, str] = os.environ) -> Path:
    """Return `.local/opensearch`; a folder of /var/cache when the server's user could not reach that."""
    directory = Checkout.here(environ).directory / "opensearch"
    if user() is None or _open_to_all(directory):
        return directory
    return Path("/var/cache") / f"marktplatz-opensearch-{hashlib.sha256(bytes(directory)).hexdigest()[:8]}"


def passing() -> Path:
    """Make a folder for a server that lives as long as this process; folders of processes that are gone are deleted."""
    for left in base().glob("instance-*"):
        if not psutil.pid_exists(int(left.name.partition("-")[2])):
            shutil.rmtree(left)
    directory = base() / f"instance-{os.getpid()}"
    directory.mkdir()
    return directory


def hand_over(directory: Path) -> None:
    """Give a folder with all in it to the user the server runs as."""
    owner = user()
    if owner is None:
        return
    for path in (directory, *directory.rglob("*")):
        os.chown(path, owner, owner, follow_symlinks=False)


def _open_to_all(directory: Path) -> bool:
    there = [each for each in (directory, *directory.parents) if each.exists()]
    return all(each.stat().st_mode & 0o001 for each in there)
