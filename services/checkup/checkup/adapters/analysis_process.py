"""Analyses a bare repository in a confined child without network."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from servicekit import logging

from checkup.adapters import work_folder, zygote
from checkup.adapters.confined import NO_ISOLATION, Limits, Outcome
from checkup.adapters.zygote import Zygote
from checkup.analysis import toolset
from checkup.application.ports import Analysed, GroupsDone
from checkup.domain.failure import CheckupFailure
from checkup.domain.measurement import Analysis, toolset_of

EMPTY = 3  # exit code of the child
MOST_OUTPUT = 8_000_000
LARGEST_FILE = 50_000_000  # of the copies and reports of the programs it runs
SHARE_FOR_GROUPS = 0.8  # of the time is for the metrics; what is left of it is for reading and answering
log = logging.get(__name__)
_ANALYSIS: TypeAdapter[Analysis] = TypeAdapter(Analysis)


class AnalysisProcess:
    """Starts one child per analysis; what it prints is validated, since it has read a stranger's files."""

    def __init__(
        self, folder: Path, *, seconds: float, memory_bytes: int, isolation: bool = False, forks: Zygote | None = None
    ) -> None:
        """Work below `folder`, where programs find copies of the code and nothing else may be written.

        Children come of `forks`, by default those of this process.
        """
        self._folder, self._seconds = folder, seconds
        self._zygote = forks or zygote.of_analysis()
        self._limits = Limits(
            memory=memory_bytes, cpu=max(int(seconds), 1), file_bytes=LARGEST_FILE, network=False, isolation=isolation
        )

    async def toolset(self) -> str:
        """Return what measures, as an analysis names it."""
        return toolset_of(await asyncio.to_thread(toolset.tools))

    async def analyse(self, git_dir: Path, as_of: datetime, *, told: GroupsDone | None = None) -> Analysed:
        """Measure HEAD. Raises CheckupFailure `empty`, `analysis_timeout`, `analysis_failed`, `not_isolated`."""
        async with work_folder.leased(self._folder) as place:
            outcome = await self._outcome(
                [str(git_dir), as_of.isoformat(), str(place), f"{self._seconds * SHARE_FOR_GROUPS:.1f}"], told
            )
        log.info("repository analysed", code=outcome.code, **_effort(outcome.errors))
        if outcome.code == NO_ISOLATION:
            raise CheckupFailure(
                "not_isolated",
                "Auf diesem Prüfrechner fehlt die Abschottung, ohne die nichts untersucht wird.",
                "the kernel gives the analysis no network namespace, and CHECKUP_REQUIRE_ISOLATION is set",
                transient=True,
            )
        if outcome.code == EMPTY:
            raise empty()
        if outcome.stopped_by == "time" or outcome.code in (-9, -24):  # SIGKILL, SIGXCPU
            raise CheckupFailure(
                "analysis_timeout",
                f"Die Analyse wurde nach {self._seconds:.0f} Sekunden abgebrochen: Das Repository ist zu aufwendig.",
                f"analysis stopped (code {outcome.code}, {outcome.stopped_by or 'cpu limit'})",
            )
        try:
            return Analysed(_ANALYSIS.validate_json(outcome.output), outcome.isolated)
        except ValidationError as error:
            raise CheckupFailure(
                "analysis_failed",
                "Die Analyse ist an diesem Repository gescheitert; das Marktplatz-Team sieht sich das an.",
                f"analysis ended with code {outcome.code}: {_complaint(outcome.errors)}",
            ) from error

    async def _outcome(self, arguments: list[str], told: GroupsDone | None) -> Outcome:
        try:
            return await self._zygote.run(
                arguments,
                limits=self._limits,
                directory=Path("/"),
                seconds=self._seconds,
                most_output=MOST_OUTPUT,
                told=_telling(told) if told else None,
            )
        except ConnectionError as error:
            raise interrupted() from error


def interrupted() -> CheckupFailure:
    return CheckupFailure(
        "interrupted",
        "Der Checkup wurde auf dem Prüfrechner unterbrochen.",
        "a process of the worker was killed",
        transient=True,
    )


def _effort(told: str) -> dict[str, Any]:
    """Seconds by dimension (the first letter of a metric) and the peak of memory in bytes, as the child told them."""
    seconds: dict[str, float] = {}
    peak = 0
    for group in _groups(told):
        dimension = str(group["ids"][0])[0]
        seconds[dimension] = round(seconds.get(dimension, 0.0) + group["seconds"], 3)
        peak = max(peak, group["peak_bytes"])
    return {"seconds": seconds, "peak_bytes": peak}


def _groups(told: str) -> Iterator[dict[str, Any]]:
    for line in told.splitlines():
        if line.startswith('{"ids"') and line.endswith("}"):
            yield json.loads(line)


def _telling(told: GroupsDone) -> Callable[[str], None]:
    """Hand on how many groups are through, as the child tells it line by line."""

    def read(line: str) -> None:
        for group in _groups(line):
            told(int(group["done"]), int(group["total"]))

    return read


def _complaint(told: str) -> str:
    return "\n".join(line for line in told.splitlines() if not line.startswith('{"ids"'))[-500:]


def empty() -> CheckupFailure:
    return CheckupFailure(
        "empty", "Das Repository ist leer: Es enthält noch keinen Stand, der gemessen werden könnte.", "no commit"
    )
