"""Starts git on an untrusted bare repository with nothing of the machine's or the repository's own configuration."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

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
    """A running git with pipes; the caller ends it."""
    return subprocess.Popen(
        command(git_dir, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=hardened_environment(),
    )


def output(git_dir: Path, *arguments: str, limit: int = 1_000_000, seconds: float = 60) -> bytes:
    """What git prints, at most `limit` bytes; empty when git fails (an unborn branch, a missing object)."""
    try:
        done = subprocess.run(
            command(git_dir, *arguments), capture_output=True, env=hardened_environment(), timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout[:limit] if done.returncode == 0 else b""
