"""Analyses a bare repository in a confined child without network."""

import os
import sys
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from checkup.adapters import confined
from checkup.adapters.confined import Limits
from checkup.domain.failure import CheckupFailure
from checkup.domain.measurement import Analysis

EMPTY = 3  # exit code of the child
MOST_OUTPUT = 8_000_000
_ANALYSIS: TypeAdapter[Analysis] = TypeAdapter(Analysis)


class AnalysisProcess:
    """Starts one child per analysis; what it prints is validated, since it has read a stranger's files."""

    def __init__(self, *, seconds: float, memory_bytes: int) -> None:
        self._seconds = seconds
        self._limits = Limits(memory=memory_bytes, cpu=int(seconds), file_bytes=0, network=False)

    async def analyse(self, git_dir: Path, as_of: datetime) -> Analysis:
        """Measure HEAD. Raises CheckupFailure `empty`, `analysis_timeout`, `analysis_failed`."""
        outcome = await confined.run(
            [sys.executable, "-I", "-m", "checkup.analysis", str(git_dir), as_of.isoformat()],
            limits=self._limits,
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            directory=Path("/"),
            seconds=self._seconds,
            most_output=MOST_OUTPUT,
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
            return _ANALYSIS.validate_json(outcome.output)
        except ValidationError as error:
            raise CheckupFailure(
                "analysis_failed",
                "Die Analyse ist an diesem Repository gescheitert; das Marktplatz-Team sieht sich das an.",
                f"analysis ended with code {outcome.code}: {outcome.errors[-500:]}",
            ) from error


def empty() -> CheckupFailure:
    return CheckupFailure(
        "empty", "Das Repository ist leer: Es enthält noch keinen Stand, der gemessen werden könnte.", "no commit"
    )
