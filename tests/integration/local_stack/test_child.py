"""A supervised process: what is told when it does not start, and that it comes back when it dies."""

import asyncio
import io
import os
import signal
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from local_stack import child as child_module
from local_stack.child import Child, StartError, back_off
from local_stack.output import Console
from servicekit.testing import wait
from servicekit.testing.process import Probe, ServerSpec, free_ports

SERVER = """
    import http.server, sys
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
        def log_message(self, *args): pass
    print("listening", flush=True)
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


class Scene:
    """Children made from small programs, what they said, and how often something changed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.terminal = io.StringIO()
        self.children: list[Child] = []

    def child(self, program: str, name: str = "fake") -> Child:
        (port,) = free_ports(1)
        script = self.directory / f"{name}.py"
        script.write_text(textwrap.dedent(program))
        url = f"http://127.0.0.1:{port}"
        spec = ServerSpec(name=name, argv=(sys.executable, str(script), str(port)), url=url, ready=Probe(f"{url}/"))
        console = Console(None, stream=self.terminal)
        child = Child(spec, self.directory / "logs" / f"{name}.log", console, lambda: None)
        self.children.append(child)
        return child

    @property
    def said(self) -> str:
        return self.terminal.getvalue()


@asynccontextmanager
async def scene(directory: Path) -> AsyncIterator[Scene]:
    stage = Scene(directory)
    try:
        yield stage
    finally:
        await asyncio.gather(*(child.stop(grace=2) for child in stage.children))


@pytest.fixture(autouse=True)
def _quick_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "back_off", lambda _deaths: 0.05)


async def test_it_gets_ready_and_stops_when_told(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        child = stage.child(SERVER)
        child.start()
        await child.until_ready()
        pid = child.pid
        assert pid is not None
        assert child.created == pytest.approx(psutil.Process(pid).create_time())
        await child.stop(grace=5)
        assert (child.state, child.pid) == ("stopped", None)
        assert not psutil.pid_exists(pid)
    assert stage.said == ""


async def test_one_that_dies_at_the_start_is_named_with_its_last_lines(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        child = stage.child('import sys; print("NATS_URL is not an address", flush=True); sys.exit(2)', name="catalog")
        child.start()
        with pytest.raises(StartError) as failed:
            await child.until_ready()
    assert str(failed.value).startswith("catalog does not start: it ended with exit code 2. Its last lines:\n")
    assert "    NATS_URL is not an address" in str(failed.value)
    assert f"Log: {tmp_path}/logs/catalog.log" in str(failed.value)
    assert child.state == "failed"


async def test_a_full_disk_is_named_as_the_reason(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        child = stage.child('raise OSError(28, "No space left on device")', name="nats")
        child.start()
        with pytest.raises(StartError, match="The disk is full: free some space under"):
            await child.until_ready()


async def test_one_that_does_not_get_ready_in_time_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "READY_SECONDS", 0.3)
    async with scene(tmp_path) as stage:
        child = stage.child("import time; print('thinking', flush=True); time.sleep(60)", name="search")
        child.start()
        with pytest.raises(StartError) as failed:
            await child.until_ready()
    assert str(failed.value).startswith("search was not ready within 0.3 s (http://127.0.0.1:")
    assert "Connection refused" in str(failed.value)
    assert "    thinking" in str(failed.value)


async def test_one_that_is_killed_comes_back(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        child = stage.child(SERVER)
        child.start()
        await child.until_ready()
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await wait.until(lambda: child.state == "ready" and child.pid not in {None, first}, message="it to be back")
        assert child.restarts == 1
        assert "fake died (signal SIGKILL): starting it again in 0.05 s" in stage.said
        assert f"fake is back (pid {child.pid})" in stage.said


async def test_one_that_ignores_being_told_to_stop_is_killed_with_what_it_started(tmp_path: Path) -> None:
    program = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "helper = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(f'helper {helper.pid}', flush=True)\n"
    )
    async with scene(tmp_path) as stage:
        child = stage.child(program + textwrap.dedent(SERVER))
        child.start()
        await child.until_ready()
        log = (tmp_path / "logs" / "fake.log").read_text()
        helper = int(log.splitlines()[0].removeprefix("helper "))
        await child.stop(grace=0.2)
        await wait.until(gone(helper), message="the helper process to be gone")
    assert "fake did not stop within 0.2 s: killed" in stage.said


async def test_a_death_is_noticed_although_a_helper_keeps_the_output_open(tmp_path: Path) -> None:
    program = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    async with scene(tmp_path) as stage:
        child = stage.child(program + textwrap.dedent(SERVER))
        child.start()
        await child.until_ready()
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await wait.until(lambda: child.state == "ready" and child.pid not in {None, first}, message="it to be back")


def gone(pid: int) -> Callable[[], bool]:
    return lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def test_very_long_lines_are_kept(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        child = stage.child("print('x' * 300_000, flush=True)\n" + textwrap.dedent(SERVER))
        child.start()
        await child.until_ready()
    assert "x" * 300_000 in (tmp_path / "logs" / "fake.log").read_text()


def test_the_back_off_grows_and_then_stays() -> None:
    waits = [back_off(deaths) for deaths in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] < 1
    assert waits[-2:] == [30, 30]
