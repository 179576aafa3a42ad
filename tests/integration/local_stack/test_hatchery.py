"""Processes that are forked off a prepared interpreter behave like any others."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from local_stack import child as child_module
from local_stack.child import Child, StartError
from local_stack.hatching import Hatchery
from local_stack.launch import Output
from local_stack.output import Console
from servicekit.testing import wait
from servicekit.testing.process import Probe, ServerSpec, free_ports

MODULE = """
import http.server, os, sys

def told():
    print("argv", *sys.argv, flush=True)
    print("COLOUR", os.environ["COLOUR"], "session", os.getsid(0) == os.getpid(), flush=True)

def ends():
    told()
    sys.exit(int(sys.argv[1]))

def fails():
    raise ValueError("no such setting")

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *args): pass

def serves():
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


@asynccontextmanager
async def hatchery(directory: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hatchery]:
    (directory / "hatched_for_test.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(directory))
    made = Hatchery(directory / "hatchery.log")
    try:
        yield made
    finally:
        await made.close()


def spec(function: str, argument: str, **env: str) -> ServerSpec:
    url = f"http://127.0.0.1:{argument}/" if function == "serves" else "tcp://127.0.0.1:1"
    entry = f"hatched_for_test:{function}"
    return ServerSpec(name="fake", argv=("unused", argument), env=env, url=url, ready=Probe(url), entry=entry)


async def outcome(hatching: Hatchery, what: ServerSpec) -> tuple[int, str]:
    async with Output() as output:
        process = await hatching.launch(what, output.writing)
        output.given_away()
        code = await process.wait()
        return code, (await output.stream.read()).decode()


async def test_a_process_has_its_own_arguments_environment_session_and_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hatchery(tmp_path, monkeypatch) as hatching:
        red, blue = await asyncio.gather(
            outcome(hatching, spec("ends", "3", COLOUR="red")), outcome(hatching, spec("ends", "0", COLOUR="blue"))
        )
    assert red == (3, "argv fake 3\nCOLOUR red session True\n")
    assert blue == (0, "argv fake 0\nCOLOUR blue session True\n")


async def test_one_that_fails_tells_why_and_one_that_is_killed_by_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (port,) = free_ports(1)
    async with hatchery(tmp_path, monkeypatch) as hatching:
        code, said = await outcome(hatching, spec("fails", "-"))
        assert code == 1
        assert said.endswith("ValueError: no such setting\n")
        async with Output() as output:
            process = await hatching.launch(spec("serves", str(port)), output.writing)
            process.send_signal(signal.SIGKILL)
            assert await process.wait() == process.returncode == -signal.SIGKILL
            with pytest.raises(ProcessLookupError):
                process.send_signal(signal.SIGTERM)


async def test_what_is_missing_is_a_start_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "back_off", lambda _deaths: 0.05)
    async with hatchery(tmp_path, monkeypatch) as hatching:
        console = Console(None, stream=(tmp_path / "terminal").open("w"))
        child = Child(spec("fails", "-"), tmp_path / "fake.log", console, lambda: None, hatching)
        child.start()
        with pytest.raises(StartError, match="ValueError: no such setting"):
            await child.until_ready()


async def test_a_hatchery_that_is_killed_takes_its_processes_with_it_and_all_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "back_off", lambda _deaths: 0.05)
    (port,) = free_ports(1)
    async with hatchery(tmp_path, monkeypatch) as hatching:
        console = Console(None, stream=(tmp_path / "terminal").open("w"))
        child = Child(spec("serves", str(port)), tmp_path / "fake.log", console, lambda: None, hatching)
        child.start()
        await child.until_ready()
        first, mother = child.pid, hatching.pid
        assert first is not None
        assert mother is not None
        os.kill(mother, signal.SIGKILL)
        await wait.until(
            lambda: child.state == "ready" and child.pid not in {None, first}, timeout=30, message="it to be back"
        )
        await wait.until(lambda: not psutil.pid_exists(first), message="the first one to be gone")
        assert hatching.pid not in {None, mother}
        await child.stop(grace=5)
    assert hatching.pid is None


async def test_nothing_is_left_when_it_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (port,) = free_ports(1)
    async with hatchery(tmp_path, monkeypatch) as hatching, Output() as output:
        process = await hatching.launch(spec("serves", str(port)), output.writing)
        mother = hatching.pid
    await wait.until(lambda: not psutil.pid_exists(process.pid), message="the fork to be gone")
    assert mother is not None
    assert not psutil.pid_exists(mother)
