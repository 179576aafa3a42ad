"""The child that analyses: the same numbers, no network, limits that hold, nobody left behind."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import pytest
from checkup.adapters import confined
from checkup.adapters.analysis_process import AnalysisProcess
from checkup.adapters.confined import Limits, Outcome
from checkup.analysis.analyse import analyse
from checkup.domain.failure import CheckupFailure
from checkup.testing.repositories import RepositoryMaker, init, raw_repository, write_blob, write_tree
from servicekit.testing import wait

from .conftest import AT

SMALL = Limits(memory=300_000_000, cpu=5, file_bytes=1_000_000, files=64)
ENVIRONMENT = {"PATH": os.environ["PATH"]}


async def child(code: str, *, limits: Limits = SMALL, seconds: float = 10) -> Outcome:
    return await confined.run(
        [sys.executable, "-I", "-S", "-c", code],
        limits=limits,
        environment=ENVIRONMENT,
        directory=Path("/tmp"),
        seconds=seconds,
        most_output=1000,
    )


def process(tmp_path: Path, seconds: float = 60) -> AnalysisProcess:
    return AnalysisProcess(tmp_path / "work", seconds=seconds, memory_bytes=1_500_000_000)


async def test_the_child_finds_what_the_library_finds(small_app: RepositoryMaker, tmp_path: Path) -> None:
    made = small_app.make(tmp_path / "app.git")
    assert (await process(tmp_path).analyse(made, AT)).analysis == analyse(made, AT)


async def test_an_empty_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckupFailure) as caught:
        await process(
            tmp_path,
        ).analyse(init(tmp_path / "empty.git"), AT)
    assert caught.value.kind == "empty"


async def test_an_analysis_that_takes_too_long_is_ended_as_a_group(small_app: RepositoryMaker, tmp_path: Path) -> None:
    made = small_app.make(tmp_path / "app.git")
    with pytest.raises(CheckupFailure) as caught:
        await process(tmp_path, seconds=0.001).analyse(made, AT)  # even a forked analysis takes longer
    assert caught.value.kind == "analysis_timeout"
    assert not caught.value.transient


async def test_a_tree_of_tricky_paths_is_analysed(tmp_path: Path) -> None:
    tricky = init(tmp_path / "tricky.git")
    blob = write_blob(tricky, b"x\n")
    entries = [(b"100644", b"..", blob), (b"100644", b"caf\xe9.py", blob), (b"120000", b"out", blob)]
    raw_repository(tricky, write_tree(tricky, entries), AT)
    assert (await process(tmp_path).analyse(tricky, AT)).analysis.facts["files"] == 1


async def test_memory_processor_and_files_are_limited() -> None:
    assert (
        b"MemoryError" in (await child("try:\n x = bytearray(10**9)\nexcept MemoryError: print('MemoryError')")).output
    )
    assert (
        await child("while True: pass", limits=Limits(memory=300_000_000, cpu=1, file_bytes=0))
    ).code == -signal.SIGKILL
    code = (
        "import tempfile\ntry:\n tempfile.TemporaryFile().write(b'x' * 2_000_000)\nexcept OSError as e: print(e.errno)"
    )
    assert (await child(code)).output.strip() in (b"27", b"")


async def test_wall_time_is_limited_and_children_of_the_child_end_too(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = (
        "import subprocess, time\n"
        f"p = subprocess.Popen(['sleep', '60']); open({str(pid_file)!r}, 'w').write(str(p.pid)); time.sleep(60)"
    )
    outcome = await child(code, seconds=1)
    assert outcome.stopped_by == "time"
    await wait.until(lambda: not alive(int(pid_file.read_text())), message="the grandchild is gone")


async def test_output_beyond_the_bound_is_dropped() -> None:
    assert len((await child("print('x' * 100_000)")).output) == 1000


async def test_secrets_of_the_service_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NATS_PASSWORD", "geheim")
    assert b"geheim" not in (await child("import os; print(os.environ)")).output


def namespaces() -> bool:
    return os.system("unshare -Urn true 2>/dev/null") == 0


@pytest.mark.skipif(not namespaces(), reason="this kernel allows no network namespace of one's own")
async def test_the_child_reaches_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = (
            "import socket\ntry:\n"
            f" socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2); print('reached')\n"
            "except OSError as e: print('no network')"
        )
        assert (await child(code)).output == b"no network\n"
        assert (
            await child(code, limits=Limits(memory=300_000_000, cpu=5, file_bytes=0, network=True))
        ).output == b"reached\n"


async def test_a_killed_worker_takes_its_children_along(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    worker = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom checkup.adapters import confined\n"
        "asyncio.run(confined.run([sys.executable, '-c', "
        f"\"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)\"], "
        "limits=confined.Limits(memory=10**9, cpu=60, file_bytes=10**6), environment={}, directory=Path('/'), "
        "seconds=60, most_output=10))"
    )
    started = await asyncio.create_subprocess_exec(sys.executable, "-c", worker)
    await wait.until(lambda: pid_file.exists() and pid_file.read_text(), message="the child runs")
    started.kill()
    await started.wait()
    await wait.until(lambda: not alive(int(pid_file.read_text())), message="the child is gone")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
