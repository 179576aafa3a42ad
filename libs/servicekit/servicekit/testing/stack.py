"""The whole system as real processes, with its data in a directory of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("marktplatz-local")


class StackError(RuntimeError):
    """The system could not be started; the message holds what it printed."""


@dataclass(frozen=True)
class Stack:
    """A running system; `directory` holds its data, logs and secrets."""

    directory: Path

    def status(self) -> dict[str, Any]:
        """Return what `make status JSON=1` prints."""
        done = self._run("status", "--json")
        return dict(json.loads(done.stdout))

    @property
    def gateway(self) -> str:
        """Address of the gateway."""
        return str(self.status()["gateway"])

    def nats_password(self, user: str) -> str:
        """Return the password of a NATS user of this system."""
        return str(json.loads((self.directory / "secrets.json").read_text())["nats"][user])

    def pid(self, name: str) -> int | None:
        """Return the process id of one part now; None while it is down."""
        pid: int | None = self.status()["processes"][name]["pid"]
        return pid

    def start(self, *options: str) -> None:
        """Start everything and return when it is ready; raises StackError with the output otherwise."""
        done = self._run("run", "--detach", *options)
        if done.returncode != 0:
            raise StackError(f"exit code {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")

    def stop(self) -> None:
        """Stop everything."""
        self._run("stop")

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "MARKTPLATZ_LOCAL_DIR": str(self.directory)}
        return subprocess.run(
            [str(COMMAND), *arguments], env=environment, capture_output=True, text=True, timeout=300, check=False
        )
