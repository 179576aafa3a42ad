"""seconds and memory of a checkup by size and dimension; runs per minute with 1 and 2 workers; the price of the queue.

`BENCH_CHECKUP_LINES=500,50000,500000` are the sizes, `BENCH_CHECKUP_RUNS=24` the runs of a round (a sixth from 10,000
lines on, none from 200,000 on), `BENCH_ROUNDS=3`. The bare call is `analyze` without its own start: fetch, start the
process that analyses, analyse; the warm one has that process already, as a worker has from its second run on.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from checkup.adapters import zygote
from checkup.adapters.analysis_process import AnalysisProcess
from checkup.adapters.zygote import Zygote
from checkup.domain.run import Run, Trigger
from checkup.settings import CheckupSettings
from checkup.wiring import Container, build, fetcher
from contracts.checkup import CheckupFailed, CheckupScored
from contracts.ids import uuid7
from contracts.registry import parse
from nats.aio.msg import Msg
from servicekit.testing.process import Probe, RunningServer, ServerSpec, free_ports

from bench import checkup_repositories, figures, processor_time
from bench.servers import servers

LINES = tuple(int(each) for each in os.environ.get("BENCH_CHECKUP_LINES", "500,50000,500000").split(","))
RUNS = int(os.environ.get("BENCH_CHECKUP_RUNS", "24"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
DIMENSIONS = {"U": "usability", "C": "community", "D": "documentation", "A": "architecture", "Q": "code quality"}
MIB = 1024 * 1024
LARGE, HUGE = 10_000, 200_000  # lines
LONGEST_SECONDS = 600  # for one round


@dataclass(frozen=True)
class Bench:
    """The servers and repositories of one measurement; `urls` by lines."""

    container: Container
    settings: CheckupSettings
    directory: Path
    urls: dict[int, str]

    def worker(self, number: int) -> ServerSpec:
        """A worker process with one run at a time."""
        (port,) = free_ports(1)
        command = str(Path(sys.executable).with_name("marktplatz-checkup"))
        return ServerSpec(
            name=f"worker-{number}",
            argv=(command, "worker", "--port", str(port), "--concurrency", "1"),
            url=f"http://127.0.0.1:{port}",
            ready=Probe(f"http://127.0.0.1:{port}/health/ready"),
            cwd=self.directory,
            env={
                **os.environ,
                "ENV": "test",
                "LOG_LEVEL": "error",
                "NATS_URL": self.settings.nats_url,
                "MONGODB_URL": self.settings.mongodb_url,
                "MONGODB_DATABASE": self.settings.mongodb_database,
                "CHECKUP_WORK_DIR": str(self.directory / "work"),
                "CHECKUP_ALLOW_LOCAL": self.settings.checkup_allow_local,
                "CHECKUP_FORGE_SECONDS": "0",
            },
        )


@asynccontextmanager
async def bench(lines: Sequence[int]) -> AsyncIterator[Bench]:
    """Make the repositories, serve them, start bus and database."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="marktplatz-bench-")))
        root = directory / "repositories"
        root.mkdir()
        for count in lines:
            await asyncio.to_thread(checkup_repositories.make, root / f"lines{count}.git", count)
        (port,) = free_ports(1)
        git = ServerSpec(
            name="git",
            argv=(sys.executable, "-m", "local_stack.demo.gitserver", "--root", str(root), "--port", str(port),
                  "--serve-only"),
            url=f"http://127.0.0.1:{port}",
            ready=Probe(f"http://127.0.0.1:{port}/"),
            cwd=directory,
        )  # fmt: skip
        stack.enter_context(RunningServer(git, directory / "git.log"))
        held = await stack.enter_async_context(servers())
        settings = CheckupSettings(
            env="test",
            nats_url=held.nats_url,
            mongodb_url=held.mongo_url,
            mongodb_database="bench_checkup",
            checkup_work_dir=directory / "bare",
            checkup_allow_local=f"127.0.0.1:{port}",
        )
        container = await stack.enter_async_context(build(settings))
        yield Bench(container, settings, directory, {count: f"{git.url}/lines{count}.git" for count in lines})


async def by_dimension(repository: Path) -> tuple[dict[str, float], int]:
    """Analyse in a child; return seconds by dimension, and the most memory in bytes."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", "checkup.analysis", str(repository), checkup_repositories.NOW.isoformat(),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, told = await child.communicate()
    if child.returncode:
        raise RuntimeError(f"the analysis failed: {told.decode()[-500:]}")
    if late := [one["id"] for one in json.loads(printed)["measurements"] if one["status"] == "timeout"]:
        figures.row(f"cut off by their time, so the seconds below are too few: {', '.join(late)}")
    groups = [json.loads(line) for line in told.splitlines() if line.startswith(b'{"ids"')]
    seconds = dict.fromkeys(DIMENSIONS, 0.0)
    for group in groups:
        seconds[group["ids"][0][0]] += group["seconds"]
    return seconds, max(group["peak_bytes"] for group in groups)


async def bare(held: Bench, url: str, times: int, *, warm: Zygote | None = None) -> float:
    """Fetch and analyse one after another without queue and storage; return the seconds."""
    fetch, limits = fetcher(held.settings), held.settings
    started = time.perf_counter()
    for _ in range(times):
        with ExitStack() as stack:
            measure = AnalysisProcess(
                limits.checkup_work_dir,
                seconds=limits.checkup_analysis_seconds,
                memory_bytes=limits.checkup_analysis_memory_bytes,
                forks=warm or stack.enter_context(closing(zygote.for_analysis())),
            )
            async with fetch.fetched(url, checkup_repositories.NOW) as git_dir:
                await measure.analyse(git_dir, checkup_repositories.NOW)
    return time.perf_counter() - started


async def queued(held: Bench, url: str, times: int) -> float:
    """Queue so many runs at once for the workers that wait; return the seconds until the last is scored."""
    left = {uuid7() for _ in range(times)}
    done = asyncio.Event()

    async def heard(message: Msg) -> None:
        event = parse(message.data)
        if isinstance(event, CheckupFailed):
            raise RuntimeError(f"a run failed: {event.data.kind}")
        if isinstance(event, CheckupScored):
            left.discard(event.data.run_id)
        if not left:
            done.set()

    listening = await held.container.platform.nats.subscribe("events.checkup.>", cb=heard)
    started = time.perf_counter()
    try:
        for run_id in tuple(left):
            await held.container.ports.runs.add(_run(run_id, url))
        await asyncio.wait_for(done.wait(), LONGEST_SECONDS)
        return time.perf_counter() - started
    finally:
        await listening.unsubscribe()


def _run(run_id: str, url: str) -> Run:
    now = checkup_repositories.NOW
    return Run(run_id, run_id, "bench", 1, "bench", url, Trigger.REQUEST, None, now, now, forced=True)


async def sizes(held: Bench) -> None:
    """Print seconds by dimension and the peak of memory for each size."""
    figures.row("seconds of the analysis", *DIMENSIONS.values(), "together", "memory")
    for count in held.urls:
        found = [
            await by_dimension(held.directory / "repositories" / f"lines{count}.git")
            for _ in range(1 if count >= HUGE else ROUNDS)
        ]
        medians = [statistics.median(seconds[letter] for seconds, _ in found) for letter in DIMENSIONS]
        peak = max(memory for _, memory in found)
        cells = [f"{value:.2f}" for value in (*medians, sum(medians))]
        figures.row(f"{count:,} lines", *cells, f"{peak / MIB:,.0f} MiB")


async def throughput(held: Bench, count: int) -> None:
    """Print runs per minute with one and two workers beside each other, and one worker beside the bare call.

    Two calls at once beside one tell what the machine itself gives to two processes.
    """
    url, runs = held.urls[count], RUNS if count < LARGE else max(RUNS // 6, 2)
    one, two, alone, warm, both = (list[float]() for _ in range(5))
    spent: list[dict[str, float]] = []
    with closing(zygote.for_analysis()) as first, closing(zygote.for_analysis()) as second:
        for forks in (first, second):
            await bare(held, url, 1, warm=forks)  # what is loaded once is not what is measured
        for _ in range(ROUNDS):
            with RunningServer(held.worker(1), held.directory / "worker-1.log"):
                await queued(held, url, 1)
                with processor_time.spent(runs) as by_process:
                    one.append(runs * 60 / await queued(held, url, runs))
                spent.append(by_process)
                with RunningServer(held.worker(2), held.directory / "worker-2.log"):
                    await queued(held, url, 2)
                    two.append(runs * 60 / await queued(held, url, runs))
            alone.append(runs * 60 / await bare(held, url, runs))
            warm.append(runs * 60 / await bare(held, url, runs, warm=first))
            halves = (bare(held, url, runs // 2, warm=each) for each in (first, second))
            both.append(runs // 2 * 2 * 60 / max(await asyncio.gather(*halves)))
    figures.row(f"runs per minute, {count:,} lines", "ours", "other", "ratio")
    figures.paired("2 workers beside 1", two, one, "/min", 1.8)
    figures.paired("2 warm calls at once beside 1", both, warm, "/min", 1.8)
    figures.paired("1 worker beside the bare call", one, alone, "/min", 0.91)
    figures.paired("1 worker beside the warm call", one, warm, "/min", 0.91)
    figures.row("processor time of a run with 1 worker", *(f"{name} " for name in spent[0]))
    figures.row("", *(f"{statistics.median(each[name] for each in spent) * 1000:,.0f} ms" for name in spent[0]))


async def run() -> None:
    """Measure and print."""
    async with bench(LINES) as held:
        await sizes(held)
        for count in sorted(LINES):
            if count < HUGE:
                await throughput(held, count)
