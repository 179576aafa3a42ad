"""Starts everything in order, keeps it running, and stops it in the opposite order."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Literal

from servicekit.testing.process import ServerSpec, dies_with_parent

from local_stack.checkout import Checkout, write_json
from local_stack.child import Child, StartError, how_it_ended
from local_stack.hatching import Hatchery
from local_stack.output import Console, last_lines
from local_stack.plan import Plan
from local_stack.reach import problem_at
from local_stack.record import Known
from local_stack.summary import summary

Phase = Literal["starting", "importing", "ready", "incomplete", "stopping", "stopped", "failed"]

SERVICE_GRACE, SERVER_GRACE = 30.0, 10.0
DISK_NEEDED, DISK_LOW = 200_000_000, 100_000_000
_DISK_SECONDS = 5.0
_PROVISION_SECONDS = 60.0
_GIVEN_SECONDS, _GIVEN_PAUSE = 5.0, 0.2


class Supervisor:
    """One run of the whole system; `run()` returns the exit code."""

    def __init__(self, checkout: Checkout, plan: Plan, console: Console, *, demo: bool) -> None:
        self._checkout = checkout
        self._plan = plan
        self._console = console
        self._demo = demo
        self._phase: Phase = "starting"
        self._message = ""
        self._me = Known.myself()
        self._hatchery = Hatchery(checkout.log("hatchery"))
        self._backing = [self._child(spec) for spec in plan.backing]
        self._applications = [self._child(spec) for spec in plan.applications]
        self._tool: asyncio.subprocess.Process | None = None

    async def run(self) -> int:
        """Until SIGINT, SIGTERM or SIGHUP; a second one does not wait for anybody."""
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        up = asyncio.create_task(self._bring_up())

        def stop() -> None:
            if asked.is_set():
                self._console.fail("stopping at once")
                os._exit(1)  # the kernel, or else the next run, ends the processes
            asked.set()

        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(name, stop)
        disk = asyncio.create_task(self._watch_disk())
        waiting = asyncio.create_task(asked.wait())
        code = 0
        try:
            await asyncio.wait({up, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if up.done():
                up.result()
                await waiting
            self._console.say("")
            self._console.headline("Stopping …")
        except StartError as error:
            code = 1
            self._move("failed", str(error))
            self._console.fail(str(error))
        except Exception as error:
            self._move("failed", repr(error))
            raise
        finally:
            for task in (up, disk, waiting):
                task.cancel()
            await self._shut_down()
            if code == 0:
                self._move("stopped")
                self._console.say("Stopped. The data stays: `make run` goes on from here, `make reset` deletes it.")
        return code

    def _child(self, spec: ServerSpec) -> Child:
        launcher = self._hatchery if spec.entry is not None else None
        return Child(spec, self._checkout.log(spec.name), self._console, self._record, launcher)

    async def _bring_up(self) -> None:
        self._check_disk()
        self._console.headline(f"Starting {len(self._backing) + len(self._applications)} processes …")
        for child in self._backing:
            child.start()
        if any(child.spec.entry is not None for child in self._applications):
            await self._hatchery.warm_up()
        await self._check_given()
        nats = [child for child in self._backing if child.name == "nats"]
        await _all_ready(nats)
        provision = asyncio.create_task(self._provision())
        try:
            await _all_ready(self._backing)
            await provision
        finally:
            provision.cancel()
        for child in self._applications:
            child.start()
        await _all_ready(self._applications)
        complete = await self._import() if self._demo else True
        self._move("ready" if complete else "incomplete", "" if complete else "the demo listings are not complete")
        for line in summary(self._plan, self._checkout):
            self._console.say(line)

    async def _check_given(self) -> None:
        """Wait a moment for servers that somebody else runs: they may be starting, too."""
        for variable, url in self._plan.given.items():
            deadline = monotonic() + _GIVEN_SECONDS
            while (problem := await asyncio.to_thread(problem_at, url)) is not None:
                if monotonic() > deadline:
                    raise StartError(f"{variable} points to a server that does not answer: {problem}")
                await asyncio.sleep(_GIVEN_PAUSE)

    async def _provision(self) -> None:
        code = await self._run_tool("servicekit.provision", env=self._plan.provision_env, seconds=_PROVISION_SECONDS)
        if code != 0:
            lines = "\n".join(f"    {line}" for line in last_lines(self._checkout.log("provision"), 15))
            raise StartError(f"provisioning the streams failed ({how_it_ended(code)}). Its last lines:\n{lines}")

    async def _import(self) -> bool:
        self._move("importing")
        where = (self._plan.gateway, self._plan.addresses["oidc"], str(self._checkout.data("demo")))
        env = {"DEMO_REPOSITORIES_URL": self._plan.addresses["repos"]}
        code = await self._run_tool("local_stack.importing", *where, env=env, terminal=True)
        if code != 0:
            self._console.warn(
                f"the demo listings were not imported completely ({how_it_ended(code)}). "
                "The system runs without the rest; `make stop` and `make run` again goes on where it stopped."
            )
        return code == 0

    async def _run_tool(
        self,
        module: str,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        seconds: float | None = None,
        terminal: bool = False,
    ) -> int:
        """Run one of our modules to its end; its output goes to the terminal, or to its log."""
        log = self._checkout.log(module.rpartition(".")[2])
        with log.open("ab") as output:
            self._tool = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", module, *arguments),
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=None if terminal else output,
                stderr=None if terminal else asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dies_with_parent(),
            )
        try:
            return await asyncio.wait_for(self._tool.wait(), seconds)
        except TimeoutError:
            self._tool.kill()
            return await self._tool.wait()

    async def _shut_down(self) -> None:
        self._console.quiet = True
        if self._phase != "failed":
            self._move("stopping")
        if self._tool is not None and self._tool.returncode is None:
            with suppress(ProcessLookupError):
                self._tool.send_signal(signal.SIGINT)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._tool.wait(), 5)
        gateway = [child for child in self._applications if child.name == "gateway"]
        others = [child for child in self._applications if child.name != "gateway"]
        for group, grace in ((gateway, SERVER_GRACE), (others, SERVICE_GRACE), (self._backing, SERVER_GRACE)):
            await asyncio.gather(*(child.stop(grace) for child in group))
        await self._hatchery.close()

    def _check_disk(self) -> None:
        free = shutil.disk_usage(self._checkout.directory).free
        if free < DISK_NEEDED:
            raise StartError(
                f"the disk is full: {free / 1e6:.0f} MB are free under {self._checkout.directory}, "
                f"{DISK_NEEDED / 1e6:.0f} MB are needed. Free some space and try again."
            )

    async def _watch_disk(self) -> None:
        low = False
        while True:
            await asyncio.sleep(_DISK_SECONDS)
            free = shutil.disk_usage(self._checkout.directory).free
            if free < DISK_LOW and not low:
                self._console.fail(
                    f"the disk is nearly full: {free / 1e6:.0f} MB are free under {self._checkout.directory}. "
                    "The servers refuse to write when nothing is left: free some space."
                )
            low = free < DISK_LOW

    def _move(self, phase: Phase, message: str = "") -> None:
        self._phase, self._message = phase, message
        self._record()

    def _record(self) -> None:
        children = (*self._backing, *self._applications)
        with suppress(OSError):  # a full disk is told by _watch_disk
            write_json(
                self._checkout.run_file,
                {
                    "phase": self._phase,
                    "message": self._message,
                    "supervisor": {"pid": self._me.pid, "created": self._me.created},
                    "hatchery": self._hatchery.pid,
                    "gateway": self._plan.gateway,
                    "addresses": dict(self._plan.addresses),
                    "pages": dict(self._plan.pages),
                    "processes": {child.name: _entry(child) for child in children},
                },
            )


def _entry(child: Child) -> dict[str, object]:
    return {
        "pid": child.pid,
        "created": child.created if child.pid is not None else None,
        "state": child.state,
        "restarts": child.restarts,
        "address": child.spec.url,
        "probe": child.spec.ready.url,
    }


async def _all_ready(children: Sequence[Child]) -> None:
    """Wait for all; raises the first StartError."""
    await asyncio.gather(*(child.until_ready() for child in children))
