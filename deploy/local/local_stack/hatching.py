"""The supervisor's side of the hatchery: asks it for processes, hears of their deaths, starts it again when it dies."""

import asyncio
import itertools
import json
import os
import signal
import socket
import sys
from pathlib import Path

from servicekit.testing.process import ServerSpec, dies_with_parent

from local_stack.hatchery import LARGEST_ORDER
from local_stack.launch import Process


class Hatched:
    """A process that the hatchery forked."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def pid(self) -> int:
        return self._pid

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def send_signal(self, signal: int) -> None:
        """ProcessLookupError when it has ended."""
        if self._ended.done():
            raise ProcessLookupError(self._pid)
        os.kill(self._pid, signal)

    def ended(self, code: int) -> None:
        if not self._ended.done():
            self._ended.set_result(code)


class Hatchery:
    """Launches processes by forking them off an interpreter that has the shared libraries already."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._channel: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._numbers = itertools.count()
        self._orders: dict[int, asyncio.Future[Hatched]] = {}
        self._living: dict[int, Hatched] = {}
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def warm_up(self) -> None:
        """Start it if it does not live: it imports while others are busy, and forks when that is done."""
        async with self._starting:
            if self._channel is not None:
                return
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._log.parent.mkdir(parents=True, exist_ok=True)
            with theirs, self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "local_stack.hatchery", str(theirs.fileno())),
                    pass_fds=(theirs.fileno(),),
                    env={**os.environ, "PYTHONUNBUFFERED": "1"},
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=dies_with_parent(),
                )
            ours.setblocking(False)
            self._channel = ours
            asyncio.get_running_loop().add_reader(ours, self._heard)

    async def launch(self, spec: ServerSpec, output: int) -> Process:
        """Fork `spec.entry`; raises OSError when the hatchery dies over it."""
        await self.warm_up()
        if self._channel is None or spec.entry is None:
            raise ConnectionError(f"the hatchery cannot start {spec.name}")
        number = next(self._numbers)
        promise: asyncio.Future[Hatched] = asyncio.get_running_loop().create_future()
        self._orders[number] = promise
        content = {
            "id": number,
            "entry": spec.entry,
            "argv": [spec.name, *spec.argv[1:]],
            "env": {**os.environ, **spec.env},
            "cwd": None if spec.cwd is None else str(spec.cwd),
        }
        socket.send_fds(self._channel, [json.dumps(content).encode()], [output])
        return await promise

    async def close(self) -> None:
        """End it, and with it whatever it has forked and nobody has stopped."""
        process = self._process
        self._lost()
        if process is not None and process.returncode is None:
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                os.killpg(process.pid, signal.SIGKILL)

    def _heard(self) -> None:
        while self._channel is not None:
            try:
                message = self._channel.recv(LARGEST_ORDER)
            except BlockingIOError:
                return
            except OSError:
                message = b""
            if not message:
                self._lost()
                return
            content = json.loads(message)
            if "id" in content:
                hatched = self._living[content["pid"]] = Hatched(content["pid"])
                promise = self._orders.pop(content["id"])
                if not promise.done():
                    promise.set_result(hatched)
            elif (dead := self._living.pop(content["pid"], None)) is not None:
                dead.ended(content["code"])

    def _lost(self) -> None:
        """The hatchery is gone, and what it has forked dies with it."""
        if self._channel is None:
            return
        asyncio.get_running_loop().remove_reader(self._channel)
        self._channel.close()
        self._channel = None
        for promise in self._orders.values():
            if not promise.done():
                promise.set_exception(ConnectionError("the process that starts the services died"))
        self._orders.clear()
        for hatched in self._living.values():
            hatched.ended(-signal.SIGKILL)
        self._living.clear()
