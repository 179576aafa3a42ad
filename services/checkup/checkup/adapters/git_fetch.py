"""Fetches a repository as a bare, bounded clone: pinned address, no redirects, no credentials, no configuration."""

import asyncio
import contextlib
import json
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from servicekit import logging
from servicekit.addresses import Origin, Target

from checkup.adapters import clone_refs, work_folder, zygote
from checkup.adapters.address_guard import checked
from checkup.adapters.analysis_process import empty, interrupted
from checkup.adapters.confined import Limits, Outcome
from checkup.adapters.git_failures import failure_of
from checkup.analysis.git_process import config_arguments, hardened_environment
from checkup.application.ports import Refs
from checkup.domain.failure import CheckupFailure

log = logging.get(__name__)

HISTORY = timedelta(days=760)  # 24 months and a margin: what the metrics of activity look at
SHALLOW_COMMITS = 50  # when nothing is that recent
NO_SHALLOW = re.compile(
    r"does not support shallow|no commits selected|shallow (file|info|since|requests)", re.IGNORECASE
)
BIG_FILE = "8m"
UNBORN = re.compile(r"empty repository|nonexistent ref|unborn", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Wall time, bytes on disk, and loopback addresses that are allowed in development."""

    seconds: float = 120
    disk_bytes: int = 500_000_000
    allowed: frozenset[Origin] = frozenset()


class GitFetch:
    """Clones into folders of its own below one work folder, and clears away what dead workers left there."""

    def __init__(self, folder: Path, limits: FetchLimits) -> None:
        self._folder, self._limits = folder, limits

    def prepare(self) -> None:
        """Make the work folder and remove clones whose worker is gone."""
        work_folder.clear_abandoned(self._folder)

    @asynccontextmanager
    async def fetched(self, url: str, as_of: datetime) -> AsyncIterator[Path]:
        """A bare clone that exists inside the block. Raises CheckupFailure."""
        target = await checked(url, self._limits.allowed)
        async with work_folder.leased(self._folder) as place:
            yield await self._clone(target, place, as_of)

    async def refs(self, url: str) -> Refs:
        """Ask the server for HEAD and tags, without a clone. Raises CheckupFailure."""
        target = await checked(url, self._limits.allowed)
        async with work_folder.leased(self._folder) as place:
            arguments = ["ls-remote", "--", target.url, "HEAD", "refs/tags/*"]
            outcome = await self._git(arguments, target, place, self._limits.seconds)
        if outcome.code != 0 or outcome.stopped_by is not None:
            raise self._failure(outcome, target)
        return clone_refs.listed(outcome.output)

    async def refs_in(self, git_dir: Path) -> Refs | None:
        """HEAD and tags of a clone, without asking its server; None where the history was cut, and with it tags."""
        return await asyncio.to_thread(clone_refs.held, git_dir)

    async def _clone(self, target: Target, place: Path, as_of: datetime) -> Path:
        """Two years of history; fewer or all commits where the server cannot cut or has nothing that recent."""
        since = (as_of - HISTORY).date().isoformat()
        deadline = asyncio.get_running_loop().time() + self._limits.seconds
        outcome: Outcome | None = None
        for bound in (f"--shallow-since={since}", f"--depth={SHALLOW_COMMITS}", None):
            git_dir = place / "repository.git"
            await asyncio.to_thread(shutil.rmtree, git_dir, ignore_errors=True)
            options = ["--bare", "--single-branch", "--no-recurse-submodules", *([bound] if bound else [])]
            left = deadline - asyncio.get_running_loop().time()
            outcome = await self._git(["clone", *options, "--", target.url, str(git_dir)], target, place, left)
            if outcome.code == 0 and outcome.stopped_by is None:
                if UNBORN.search(outcome.errors) or clone_refs.head_of(git_dir) is None:
                    raise await self._without_head(target, place, left)
                return git_dir
            if not NO_SHALLOW.search(outcome.errors) or outcome.stopped_by:
                break
        assert outcome is not None  # noqa: S101
        raise self._failure(outcome, target)

    def _failure(self, outcome: Outcome, target: Target) -> CheckupFailure:
        log.info("git failed", host=target.host, code=outcome.code, stopped_by=outcome.stopped_by,
                 errors=outcome.errors[-300:])  # fmt: skip
        return failure_of(outcome, seconds=self._limits.seconds, disk_bytes=self._limits.disk_bytes)

    async def _without_head(self, target: Target, place: Path, left: float) -> CheckupFailure:
        """Empty, or branches without the one that HEAD names."""
        outcome = await self._git(["ls-remote", "--heads", "--", target.url], target, place, left)
        if outcome.code == 0 and outcome.output.strip():
            return CheckupFailure(
                "no_default_branch",
                "Das Repository hat keinen gültigen Standardzweig: HEAD zeigt auf einen Zweig, den es nicht gibt.",
                "HEAD names no existing branch",
            )
        return empty()

    async def _git(self, arguments: list[str], target: Target, place: Path, seconds: float) -> Outcome:
        config = config_arguments(
            {
                "protocol.allow": "never",
                f"protocol.{target.scheme}.allow": "always",
                "http.followRedirects": "false",
                "http.curloptResolve": target.pin(),
                "http.proxy": "",
                "http.lowSpeedLimit": "1000",
                "http.lowSpeedTime": "30",
                "http.userAgent": "marktplatz-checkup",
                "transfer.fsckObjects": "true",
                "fetch.fsck.missingSpaceBeforeDate": "ignore",
                "fetch.fsck.badTimezone": "ignore",
                "fetch.fsck.zeroPaddedFilemode": "ignore",
                "transfer.bundleURI": "false",
                "fetch.unpackLimit": "1",
                "pack.threads": "1",
                "core.bigFileThreshold": BIG_FILE,  # larger objects are checked as a stream, not in memory
                "advice.detachedHead": "false",
                "init.templateDir": "",
            }
        )
        environment = {**hardened_environment(home=str(place)), "GIT_ALLOW_PROTOCOL": target.scheme, "LC_ALL": "C"}
        bytes_allowed = self._limits.disk_bytes
        try:
            return await zygote.of_programs().run(
                [json.dumps(environment), "git", *config, *arguments],
                limits=Limits(
                    memory=2_000_000_000, cpu=int(self._limits.seconds), file_bytes=bytes_allowed, network=True
                ),
                directory=place,
                seconds=max(seconds, 1.0),
                most_output=1_000_000,
                watch=_disk_watch(place, bytes_allowed),
            )
        except ConnectionError as error:
            raise interrupted() from error


def _disk_watch(place: Path, most: int) -> Callable[[int], str | None]:
    return lambda _: "disk" if disk_usage(place) > most else None


def disk_usage(place: Path) -> int:
    """Bytes of all files below a folder; files that vanish meanwhile do not count."""
    total = 0
    for folder, _, names in os.walk(place):
        for name in names:
            with contextlib.suppress(OSError):
                total += (Path(folder) / name).lstat().st_size
    return total
