"""The supervisor as a process: order, healing, being told to stop, being killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from local_stack import record
from local_stack.checkout import Checkout, read_json
from local_stack.status import collect
from servicekit.testing import wait
from servicekit.testing.process import Probe, RunningServer, ServerSpec, free_ports, installed
from servicekit.testing.servers import NatsServer

PROGRAM = Path(__file__).with_name("fake_stack.py")


@dataclass
class Stack:
    """A supervisor under test in a directory of its own."""

    directory: Path
    nats_url: str
    ports: list[int]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def checkout(self) -> Checkout:
        return Checkout(self.directory, self.directory)

    @property
    def output(self) -> str:
        return (self.directory / "terminal").read_text()

    def start(self) -> "subprocess.Popen[bytes]":
        with (self.directory / "terminal").open("ab") as terminal:
            self.process = subprocess.Popen(
                [sys.executable, str(PROGRAM), str(self.directory), *map(str, self.ports)],
                stdout=terminal,
                stderr=subprocess.STDOUT,
                env={**os.environ, "NATS_URL": self.nats_url},
                start_new_session=True,
            )
        return self.process

    def run_file(self) -> dict[str, Any]:
        return read_json(self.checkout.run_file)

    def ready(self) -> bool:
        run = self.run_file()
        return run.get("phase") == "ready" and run["supervisor"]["pid"] == (self.process.pid if self.process else 0)

    async def until_ready(self) -> None:
        try:
            await wait.until(self.ready, timeout=30, message="the system to be ready")
        except TimeoutError as error:
            log = self.checkout.log("provision")
            details = f"{self.output}\n{log.read_text() if log.exists() else ''}\n{self.run_file()}"
            raise AssertionError(f"{error}\n{details}") from None

    def pid_of(self, name: str) -> int:
        return int(self.run_file()["processes"][name]["pid"])


@pytest.fixture
def stack(tmp_path: Path, nats_server: NatsServer) -> Iterator[Stack]:
    it = Stack(tmp_path, nats_server.url, free_ports(3))
    yield it
    if it.process is not None and it.process.poll() is None:
        it.process.kill()
        it.process.wait()
    record.end_orphans(it.checkout)


async def test_everything_starts_is_shown_and_stops_in_the_opposite_order(stack: Stack) -> None:
    process = stack.start()
    await stack.until_ready()
    status = collect(stack.checkout)
    assert status["running"] is True
    assert status["gateway"] == f"http://127.0.0.1:{stack.ports[2]}"
    assert {name: entry["health"] for name, entry in status["processes"].items()} == {
        "mongo": "ready",
        "catalog": "ready",
        "gateway": "ready",
        "oidc": "down",  # an address from the environment where nobody is
    }
    assert all(status["processes"][name]["memory"] > 1_000_000 for name in ("mongo", "catalog", "gateway"))
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert (stack.directory / "stopped").read_text().split() == ["gateway", "catalog", "mongo"]
    assert collect(stack.checkout)["running"] is False
    assert "Marktplatz is ready: http://127.0.0.1:" in stack.output


async def test_a_killed_process_is_healed_and_counted(stack: Stack) -> None:
    stack.start()
    await stack.until_ready()
    before = stack.pid_of("catalog")
    os.kill(before, signal.SIGKILL)
    await wait.until(lambda: "catalog is back" in stack.output, message="the service to be back")
    entry = collect(stack.checkout)["processes"]["catalog"]
    assert entry["health"] == "ready"
    assert entry["restarts"] == 1
    assert entry["pid"] != before
    assert "catalog died (signal SIGKILL)" in stack.output


async def test_a_second_one_in_the_same_checkout_does_not_start(stack: Stack) -> None:
    stack.start()
    await stack.until_ready()
    second = subprocess.run(
        [sys.executable, str(PROGRAM), str(stack.directory), "1", "2", "3"],
        env={**os.environ, "NATS_URL": "-"},
        check=False,
    )
    assert second.returncode == 4
    assert stack.ready()


async def test_nothing_survives_a_supervisor_that_is_killed_and_the_next_one_starts(stack: Stack) -> None:
    process = stack.start()
    await stack.until_ready()
    pids = [stack.pid_of(name) for name in ("mongo", "catalog", "gateway")]
    process.kill()
    process.wait()
    await wait.until(lambda: not any(map(psutil.pid_exists, pids)), message="the processes to be gone")
    assert record.supervisor(stack.checkout) is None
    assert collect(stack.checkout)["running"] is False
    stack.start()
    await stack.until_ready()


async def test_stop_ends_it_and_says_when_there_is_nothing(stack: Stack) -> None:
    stack.start()
    await stack.until_ready()
    assert record.stop(stack.checkout) is True
    assert record.stop(stack.checkout) is False


def test_a_recorded_pid_that_now_belongs_to_somebody_else_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        checkout = Checkout(tmp_path, tmp_path)
        checkout.run_file.write_text(f'{{"processes": {{"catalog": {{"pid": {other.pid}, "created": 1.0}}}}}}')
        assert record.end_orphans(checkout) == []
        assert other.poll() is None
        created = psutil.Process(other.pid).create_time()
        checkout.run_file.write_text(f'{{"processes": {{"catalog": {{"pid": {other.pid}, "created": {created}}}}}}}')
        assert record.end_orphans(checkout) == ["catalog"]
        assert not psutil.pid_exists(other.pid)
    finally:
        other.kill()
        other.wait()


async def test_a_server_of_somebody_else_that_is_not_there_is_named_by_its_variable(stack: Stack) -> None:
    stack.nats_url = "nats://127.0.0.1:1"
    process = stack.start()
    assert process.wait(30) == 1
    assert "NATS_URL points to a server that does not answer: tcp://127.0.0.1:1: [Errno 111]" in stack.output
    assert stack.run_file()["phase"] == "failed"
    assert (stack.directory / "stopped").read_text().split() == ["mongo"]


async def test_a_provisioning_that_fails_ends_the_start_with_its_reason(stack: Stack) -> None:
    (port,) = free_ports(1)
    argv = (installed("nats-server"), "--addr", "127.0.0.1", "--port", str(port))  # without JetStream
    stack.nats_url = f"nats://127.0.0.1:{port}"
    spec = ServerSpec(name="nats", argv=argv, url=stack.nats_url, ready=Probe(f"tcp://127.0.0.1:{port}"))
    with RunningServer(spec, stack.directory / "nats.log"):
        process = stack.start()
        assert process.wait(60) == 1
    assert "provisioning the streams failed (exit code 1)" in stack.output
