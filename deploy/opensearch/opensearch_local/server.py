"""Starts the server, finds it again, and stops it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil
from servicekit.testing.process import Probe, dies_with_parent

from opensearch_local import place
from opensearch_local.faults import ProvisionError
from opensearch_local.java import Java

LOOPBACK = "127.0.0.1"
READY_SECONDS = 300.0
STOP_SECONDS = 30.0
_HEAP = re.compile(r"^\d+[kmgKMG]$")
_LAUNCHER = "org.opensearch.tools.launchers.JvmOptionsParser"
_ELSEWHERE = ("logs/", "HeapDump", "OPENSEARCH_TMPDIR")
"""Lines of the shipped `jvm.options` that write below the server's folder, which several servers share."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One server: its configuration, data and log lie in a folder of its own."""

    directory: Path
    cluster: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        return self.directory / "output.log"


def heap(environ: Mapping[str, str] = os.environ) -> str:
    """Return the size of the heap: OPENSEARCH_HEAP, else 1g."""
    size = environ.get("OPENSEARCH_HEAP") or "1g"
    if not _HEAP.match(size):
        raise ProvisionError(f"OPENSEARCH_HEAP is {size!r}, but has to look like 512m or 2g")
    return size


def start(instance: Instance, home: Path, java: Java, *, attached: bool) -> subprocess.Popen[bytes]:
    """Start a server and return when it can be used; an attached one ends with this process."""
    _lay_out(instance, home)
    argv = [java.command, *_jvm_options(instance, home, java), *_own_options(instance, home)]
    with instance.log.open("ab") as output:
        process = subprocess.Popen(
            argv,
            cwd=home,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent() if attached else None,  # noqa: PLW1509 -- it only makes one system call
            user=place.user(),
            group=place.user(),
            extra_groups=place.groups(),
        )
    try:
        _wait_ready(instance, process)
    except BaseException:
        process.kill()
        raise
    return process


@contextmanager
def running(instance: Instance, home: Path, java: Java) -> Iterator[str]:
    """Address of a server that lives while inside; its data is deleted afterwards."""
    try:
        process = start(instance, home, java, attached=True)
        try:
            yield instance.url
        finally:
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(instance.directory, ignore_errors=True)


def found(directory: Path) -> tuple[psutil.Process, str] | None:
    """Return the process that serves from a folder, and its address."""
    mark = f"-Dopensearch.path.conf={directory / 'config'}"
    for process in psutil.process_iter():
        try:
            arguments = process.cmdline()
        except psutil.Error:
            continue
        if mark in arguments:
            port = next(each for each in arguments if each.startswith("-Ehttp.port=")).partition("=")[2]
            return process, f"http://{LOOPBACK}:{port}"
    return None


def stop(process: psutil.Process) -> None:
    """End a server that was started in the background."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()


def _lay_out(instance: Instance, home: Path) -> None:
    config = instance.directory / "config"
    shutil.copytree(home / "config", config, dirs_exist_ok=True)
    options = (home / "config" / "jvm.options").read_text().splitlines()
    kept = [line for line in options if not any(word in line for word in _ELSEWHERE)]
    (config / "jvm.options").write_text("\n".join(kept) + "\n")
    for name in ("data", "logs", "tmp"):
        (instance.directory / name).mkdir(exist_ok=True)
    place.hand_over(instance.directory)


def _jvm_options(instance: Instance, home: Path, java: Java) -> list[str]:
    """Ask OpenSearch's own launcher; its start script does the same, but starts four more JVMs."""
    size = heap()
    asked = subprocess.run(
        [java.command, "-cp", f"{home}/lib/*", _LAUNCHER, instance.directory / "config"],
        cwd=home,
        env=_environment()
        | {"OPENSEARCH_JAVA_OPTS": f"-Xms{size} -Xmx{size}", "OPENSEARCH_TMPDIR": str(instance.directory / "tmp")},
        capture_output=True,
        text=True,
        check=False,
        user=place.user(),
        group=place.user(),
        extra_groups=place.groups(),
    )
    if asked.returncode != 0:
        raise ProvisionError(f"OpenSearch does not accept this Java or heap:\n{asked.stdout}{asked.stderr[-2000:]}")
    return asked.stdout.split()


def _own_options(instance: Instance, home: Path) -> list[str]:
    here = instance.directory
    settings = {
        "cluster.name": instance.cluster,
        "node.name": "marktplatz",
        "network.host": LOOPBACK,
        "http.port": instance.port,
        "discovery.type": "single-node",
        "path.data": here / "data",
        "path.logs": here / "logs",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    return [
        f"-Djava.io.tmpdir={here / 'tmp'}",
        f"-Dopensearch.path.home={home}",
        f"-Dopensearch.path.conf={here / 'config'}",
        *("-Dopensearch.distribution.type=zip", "-Dopensearch.bundled_jdk=false"),
        *("-cp", f"{home}/lib/*", "org.opensearch.bootstrap.OpenSearch"),
        *(f"-E{name}={value}" for name, value in settings.items()),
    ]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.endswith(("JAVA_OPTS", "JAVA_TOOL_OPTIONS"))}


def _wait_ready(instance: Instance, process: subprocess.Popen[bytes]) -> None:
    probe = Probe(f"{instance.url}/_cluster/health?wait_for_status=yellow&timeout=1s")
    deadline = monotonic() + READY_SECONDS
    while (problem := probe.problem()) is not None:
        if process.poll() is not None or monotonic() > deadline:
            tail = "\n".join(instance.log.read_text(errors="replace").splitlines()[-20:])
            what = f"ended with {process.returncode}" if process.poll() is not None else f"is not ready: {problem}"
            raise ProvisionError(f"OpenSearch {what}; the end of {instance.log}:\n{tail}")
        sleep(0.1)
