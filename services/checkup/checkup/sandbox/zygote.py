"""Imports a program once and forks itself for every order: `python -I -m checkup.sandbox.zygote FD MODULE PARENT`.

`MODULE` has `prepare()`, called once, and `main(*arguments) -> exit code`, called in each fork. It never reads anything
of a repository itself, so every fork begins with the same clean state. Orders come as messages on the socket `FD`, with
the descriptors of standard output, standard error and a socket for news: the pid of the fork, later its exit code. It
lives as long as the process `PARENT`, and its forks as long as it.
"""

import gc
import importlib
import json
import os
import select
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from checkup.sandbox import launch

LARGEST_ORDER = 60_000
Main = Callable[..., int]


def serve(orders: socket.socket, main: Main) -> None:
    """Fork for every order and tell how each fork ended, until whoever orders is gone."""
    poll = select.poll()
    poll.register(orders, select.POLLIN)
    living: dict[int, tuple[int, socket.socket]] = {}
    while True:
        for ready, _ in poll.poll():
            if ready in living:
                poll.unregister(ready)
                pid, news = living.pop(ready)
                os.close(ready)
                _tell(news, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                news.close()
                continue
            message, descriptors, _, _ = socket.recv_fds(orders, LARGEST_ORDER, 3)
            if not message:
                return
            output, errors, told = descriptors
            pid = _fork(json.loads(message), output, errors, main)
            os.close(output)
            os.close(errors)
            watched = os.pidfd_open(pid)
            living[watched] = pid, socket.socket(fileno=told)
            poll.register(watched, select.POLLIN)
            _tell(living[watched][1], pid)


def _tell(news: socket.socket, number: int) -> None:
    with suppress(OSError):  # nobody listens any more
        news.send(b"%d\n" % number)


def _fork(order: dict[str, Any], output: int, errors: int, main: Main) -> int:
    ourselves = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(order, output, errors, main, ourselves)
    return pid


def _become(order: dict[str, Any], output: int, errors: int, main: Main, parent: int) -> NoReturn:
    """Keep nothing but the two outputs, be confined, and do the work."""
    code = 1
    try:
        os.setsid()
        os.dup2(output, 1)
        os.dup2(errors, 2)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.chdir(order["directory"])
        launch.confine(order["limits"], parent=parent)
        code = main(*order["arguments"])
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        os._exit(code)


def main(orders: str, module: str, parent: str) -> None:
    launch.die_with(int(parent))
    program = importlib.import_module(module)
    program.prepare()
    gc.collect()
    gc.freeze()  # keeps the pages of what is imported shared among the forks
    serve(socket.socket(fileno=int(orders)), program.main)


if __name__ == "__main__":
    main(*sys.argv[1:4])
