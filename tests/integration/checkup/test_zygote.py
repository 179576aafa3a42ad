"""The process that analyses by forks: what a fork may, what it knows, and what happens when it dies."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from checkup.adapters import confined
from checkup.adapters.analysis_process import AnalysisProcess
from checkup.adapters.confined import Limits
from checkup.adapters.zygote import LOST, Fork, Zygote, for_analysis
from checkup.domain.failure import CheckupFailure
from checkup.testing.repositories import RepositoryMaker
from servicekit.testing import wait

from .conftest import AT
from .test_confined import alive, namespaces

LIMITS = Limits(memory=1_100_000_000, cpu=60, file_bytes=50_000_000, files=200)


@pytest.fixture
def zygote(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zygote]:
    monkeypatch.setenv("NATS_PASSWORD", "geheim")
    with contextlib.closing(for_analysis()) as made:
        yield made


@pytest.fixture
def repository(small_app: RepositoryMaker, tmp_path: Path) -> Path:
    return small_app.make(tmp_path / "app.git")


@contextlib.asynccontextmanager
async def halted(zygote: Zygote, repository: Path) -> AsyncIterator[Fork]:
    """A fork that was stopped in the midst of its work."""
    fork = await zygote.fork([str(repository), AT.isoformat()], limits=LIMITS, directory=Path("/"))
    with contextlib.closing(fork):
        assert (await fork.stderr.readline()).startswith(b"network: ")
        assert (await fork.stderr.readline()).startswith(b'{"ids"')  # the first group of metrics is through
        os.kill(fork.pid, signal.SIGSTOP)
        yield fork
        confined.end_family(fork.pid)


async def test_a_fork_is_confined_and_knows_no_secrets(zygote: Zygote, repository: Path) -> None:
    async with halted(zygote, repository) as fork:
        proc = Path(f"/proc/{fork.pid}")
        assert b"geheim" not in (proc / "environ").read_bytes()
        limits = {line[:26].strip(): line[26:].split()[0] for line in (proc / "limits").read_text().splitlines()}
        assert limits["Max address space"] == str(LIMITS.memory)
        assert limits["Max cpu time"] == str(LIMITS.cpu)
        assert limits["Max file size"] == str(LIMITS.file_bytes)
        assert limits["Max open files"] == str(LIMITS.files)
        assert "NoNewPrivs:\t1" in (proc / "status").read_text()
        assert os.getsid(fork.pid) == fork.pid
        assert not any(os.readlink(fd).startswith("socket:") for fd in (proc / "fd").iterdir())
        assert (os.readlink(proc / "ns" / "net") != os.readlink("/proc/self/ns/net")) is namespaces()


async def test_forks_are_apart_and_work_at_the_same_time(zygote: Zygote, repository: Path, tmp_path: Path) -> None:
    process = AnalysisProcess(tmp_path, seconds=60, memory_bytes=1_500_000_000, forks=zygote)
    found = await asyncio.gather(*(process.analyse(repository, AT) for _ in range(3)))
    assert found[0] == found[1] == found[2]


async def test_what_a_dead_zygote_forked_dies_with_it_and_another_one_starts(
    zygote: Zygote, repository: Path, tmp_path: Path
) -> None:
    async with halted(zygote, repository) as fork:
        (first,) = [int(line.split(":")[1]) for line in status(fork.pid) if line.startswith("PPid:")]
        os.kill(first, signal.SIGKILL)
        assert await fork.wait() == LOST
        await wait.until(lambda: not alive(fork.pid), message="the fork is gone")
    process = AnalysisProcess(tmp_path, seconds=60, memory_bytes=1_500_000_000, forks=zygote)
    assert (await process.analyse(repository, AT)).analysis.commit


async def test_an_analysis_that_lost_its_zygote_may_be_tried_again(
    zygote: Zygote, repository: Path, tmp_path: Path
) -> None:
    def kill(done: int, total: int) -> None:
        zygote.close()

    process = AnalysisProcess(tmp_path, seconds=60, memory_bytes=1_500_000_000, forks=zygote)
    with pytest.raises(CheckupFailure) as caught:
        await process.analyse(repository, AT, told=kill)
    assert (caught.value.kind, caught.value.transient) == ("interrupted", True)


async def test_a_program_that_cannot_be_prepared_is_told(repository: Path) -> None:
    with contextlib.closing(Zygote("checkup.domain", {})) as broken, pytest.raises(ConnectionError):
        await broken.fork([], limits=LIMITS, directory=Path("/"))


def status(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/status").read_text().splitlines()
