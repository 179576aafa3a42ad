"""`make run DETACH=1`: the supervisor in the background, and this process as its reporter until everything is ready."""

import os
import subprocess
import sys
from collections.abc import Sequence
from time import sleep

import typer

from local_stack import record
from local_stack.checkout import Checkout

_POLL_SECONDS = 0.1
_DONE = {"ready": 0, "incomplete": 1, "failed": 1}


def run_in_background(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Start the supervisor detached, show what it says, and return when it is ready (0) or has failed (not 0)."""
    checkout.logs.mkdir(parents=True, exist_ok=True)
    log = checkout.log("supervisor")
    log.touch()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local_stack.main", "run", "--in-background", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=checkout.root,
        )
    with log.open(errors="replace") as lines:
        lines.seek(0, os.SEEK_END)
        try:
            while True:
                ended = process.poll()
                _show(lines.read())
                run = record.read(checkout)
                mine = run.get("supervisor", {}).get("pid") == process.pid
                if ended is not None:
                    return ended or 1
                if mine and run["phase"] in _DONE and run["phase"] != "failed":
                    _show(lines.read())
                    return _DONE[run["phase"]]
                sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            typer.echo("\nIt goes on in the background: `make status` shows how far it is, `make stop` ends it.")
            return 130


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
