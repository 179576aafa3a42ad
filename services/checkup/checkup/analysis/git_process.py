"""Starts git on an untrusted bare repository with nothing of the machine's or the repository's own configuration."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from checkup.analysis import limits, processor_time

HARDENED_CONFIG: Mapping[str, str] = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.askPass": "",
    "core.attributesFile": "/dev/null",
    "credential.helper": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "log.showSignature": "false",
    "safe.directory": "*",
}


def hardened_environment(home: str = "/nonexistent") -> dict[str, str]:
    """The whole environment git gets: no proxies, no credentials, no user or system configuration, no prompts."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": home,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "none",
    }


def config_arguments(*more: Mapping[str, str]) -> list[str]:
    """`-c key=value` for the hardened configuration and the given additions."""
    merged = dict(HARDENED_CONFIG)
    for extra in more:
        merged.update(extra)
    return [argument for key, value in merged.items() for argument in ("-c", f"{key}={value}")]


def command(git_dir: Path, *arguments: str) -> list[str]:
    return ["git", *config_arguments(), f"--git-dir={git_dir}", *arguments]


def start(git_dir: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A running git with pipes, bounded in processor time; the caller ends it."""
    process = subprocess.Popen(
        command(git_dir, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=hardened_environment(),
    )
    processor_time.limit(process, limits.GROUP_SECONDS)
    return process


def end(process: "subprocess.Popen[bytes]") -> None:
    """End what `start` returned. Raises TimeoutError when it had used up its processor time before."""
    process.kill()
    process.communicate()
    if process.returncode == processor_time.USED_UP:
        raise TimeoutError


def output(git_dir: Path, *arguments: str, limit: int = 1_000_000) -> bytes:
    """What git prints, at most `limit` bytes; empty when git fails (an unborn branch, a missing object)."""
    process = start(git_dir, *arguments)
    try:
        printed, _ = process.communicate()
    finally:
        end(process)
    return printed[:limit] if process.returncode == 0 else b""
