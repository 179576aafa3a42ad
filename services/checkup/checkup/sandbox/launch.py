"""Applies limits to itself and then becomes the given program: `launch.py '{"memory": …}' program argument…`.

Run as a file with `python -I -S`, so that it starts in a few milliseconds and reads no configuration. Limits:
`memory` and `file_bytes` in bytes, `cpu` in seconds, `files` open at once, `network` false for a network namespace of
its own. Its first line on standard error says whether the kernel gave it one; where `isolation` is asked for and it
did not, the program is not started (exit code 96).
"""

import ctypes
import json
import os
import resource
import signal
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
NO_ISOLATION = 96


def main() -> None:
    limits = json.loads(sys.argv[1])
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # a killed worker takes its children along
    if os.getppid() != parent:
        os._exit(1)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if not limits.get("network", True):
        isolated = libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0
        os.write(2, b"network: none\n" if isolated else b"network: shared\n")
        if limits.get("isolation") and not isolated:
            os._exit(NO_ISOLATION)
    for name, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits.get("memory")),
        (resource.RLIMIT_CPU, limits.get("cpu")),
        (resource.RLIMIT_FSIZE, limits.get("file_bytes")),
        (resource.RLIMIT_NOFILE, limits.get("files")),
    ):
        if value is not None:
            resource.setrlimit(name, (value, value))
    os.execvpe(sys.argv[2], sys.argv[2:], os.environ)  # noqa: S606 - the whole point


main()
