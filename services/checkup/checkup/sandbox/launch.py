"""Applies limits to itself and then becomes the given program: `launch.py '{"memory": …}' program argument…`.

Run as a file with `python -I -S`, so that it starts in a few milliseconds and reads no configuration. Limits:
`memory` and `file_bytes` in bytes, `cpu` in seconds, `files` open at once, `network` false for a network namespace of
its own, with `loopback` switched on in it. Its first line on standard error says whether the kernel gave it one; where
`isolation` is asked for and it did not, the program is not started (exit code 96).
"""

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import signal
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
ORDINARY = 1000  # user and group inside
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
NO_ISOLATION = 96


def main() -> None:
    confine(json.loads(sys.argv[1]), parent=os.getppid())
    os.execvpe(sys.argv[2], sys.argv[2:], os.environ)  # noqa: S606 - the whole point


def die_with(parent: int) -> None:
    """Be killed when the parent ends: a killed worker takes its children along."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def confine(limits: dict[str, int | None], *, parent: int) -> None:
    """Apply the limits to this process, for good."""
    libc = ctypes.CDLL(None, use_errno=True)
    die_with(parent)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if not limits.get("network", True):
        user, group = os.getuid(), os.getgid()
        isolated = libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0
        os.write(2, b"network: none\n" if isolated else b"network: shared\n")
        if limits.get("isolation") and not isolated:
            os._exit(NO_ISOLATION)
        if isolated and limits.get("loopback"):
            open_loopback(user, group)
    for name, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits.get("memory")),
        (resource.RLIMIT_CPU, limits.get("cpu")),
        (resource.RLIMIT_FSIZE, limits.get("file_bytes")),
        (resource.RLIMIT_NOFILE, limits.get("files")),
    ):
        if value is not None:
            resource.setrlimit(name, (value, value))


def open_loopback(user: int, group: int) -> None:
    """Become an ordinary user of the new namespace, so that programs may nest theirs, and switch its loopback on."""
    with contextlib.suppress(OSError):
        lines = {"setgroups": "deny", "uid_map": f"{ORDINARY} {user} 1", "gid_map": f"{ORDINARY} {group} 1"}
        for name, line in lines.items():
            with open(f"/proc/self/{name}", "w") as file:
                file.write(line)
        with socket.socket() as any_socket:
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


if __name__ == "__main__":
    main()
