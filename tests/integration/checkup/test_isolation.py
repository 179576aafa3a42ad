"""Where the kernel gives the analysis no network namespace: that is a recorded fact, or a reason to refuse."""

import asyncio
import os
import shlex
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from checkup.adapters import confined
from checkup.adapters.analysis_process import AnalysisProcess
from checkup.settings import CheckupSettings
from checkup.testing.repositories import RepositoryMaker

from .conftest import AT, Bus, GitServer, Headers, running
from .test_confined import namespaces
from .test_interruption import COMMAND, environment

FORBID = "echo 0 > /proc/sys/user/max_user_namespaces && exec "
needs_namespaces = pytest.mark.skipif(
    not namespaces(), reason="this kernel allows no namespaces that could be forbidden"
)


async def where_forbidden(*command: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Run a program where children get no namespace of their own."""
    process = await asyncio.create_subprocess_exec(
        "unshare",
        "-Ur",
        "sh",
        "-c",
        FORBID + shlex.join(command),
        env=env or dict(os.environ),
        stdout=PIPE,
        stderr=PIPE,
    )
    output, errors = await asyncio.wait_for(process.communicate(), 90)
    return process.returncode or 0, output.decode(), errors.decode()


@needs_namespaces
async def test_it_is_told_whether_a_child_is_isolated() -> None:
    assert await confined.can_isolate()
    ask = "import asyncio; from checkup.adapters import confined; print(asyncio.run(confined.can_isolate()))"
    assert (await where_forbidden(sys.executable, "-c", ask))[:2] == (0, "False\n")


@needs_namespaces
async def test_an_analysis_without_isolation_says_so_or_does_not_happen(
    small_app: RepositoryMaker, tmp_path: Path
) -> None:
    made = small_app.make(tmp_path / "app.git")
    assert (await AnalysisProcess(tmp_path, seconds=60, memory_bytes=1_500_000_000).analyse(made, AT)).network_isolated
    script = (
        "import asyncio, sys\nfrom datetime import datetime\nfrom pathlib import Path\n"
        "from checkup.adapters.analysis_process import AnalysisProcess\n"
        "from checkup.domain.failure import CheckupFailure\n"
        f"place, made, at = Path({str(tmp_path)!r}), Path({str(made)!r}), datetime.fromisoformat({AT.isoformat()!r})\n"
        "for isolation in (False, True):\n"
        "    process = AnalysisProcess(place, seconds=60, memory_bytes=1_500_000_000, isolation=isolation)\n"
        "    try:\n        print(asyncio.run(process.analyse(made, at)).network_isolated, file=sys.stderr)\n"
        "    except CheckupFailure as failure:\n        print(failure.kind, failure.transient, file=sys.stderr)\n"
    )
    code, _, told = await where_forbidden(sys.executable, "-c", script)
    assert (code, told.splitlines()[-2:]) == (0, ["False", "not_isolated True"])


@needs_namespaces
async def test_a_worker_that_must_isolate_and_cannot_does_not_start(settings: CheckupSettings) -> None:
    code, output, errors = await where_forbidden(
        str(COMMAND), "worker", "--port", "0", env=environment(settings, CHECKUP_REQUIRE_ISOLATION="1")
    )
    assert code == 3
    assert "CHECKUP_REQUIRE_ISOLATION is set, and this kernel gives children no network namespace" in output + errors


async def test_a_run_tells_whether_its_analysis_was_isolated(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    async with running(settings) as api:
        run_id = await bus.submit(git_server.add("app", small_app))
        await bus.heard("checkup_scored")
        assert (await api.get(f"/runs/{run_id}", headers=team)).json()["network_isolated"] is namespaces()
