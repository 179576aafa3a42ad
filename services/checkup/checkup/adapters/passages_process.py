"""Reads the texts for a language model in a confined child without network, like the analysis."""

import os
import sys
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from checkup.adapters import confined
from checkup.adapters.confined import Limits
from checkup.domain.assessment import Gathered, ModelFailure

SECONDS = 60
MOST_OUTPUT = 4_000_000
_GATHERED: TypeAdapter[Gathered] = TypeAdapter(Gathered)


class PassagesProcess:
    """Starts one child per repository; what it prints is validated, since it has read a stranger's files."""

    def __init__(self, *, characters: int, memory_bytes: int) -> None:
        self._characters = characters
        self._limits = Limits(memory=memory_bytes, cpu=SECONDS, file_bytes=0, network=False)

    async def gather(self, git_dir: Path) -> Gathered:
        """Read HEAD. Raises ModelFailure `texts`."""
        outcome = await confined.run(
            [sys.executable, "-I", "-m", "checkup.analysis.passages", str(git_dir), str(self._characters)],
            limits=self._limits,
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            directory=Path("/"),
            seconds=SECONDS,
            most_output=MOST_OUTPUT,
        )
        try:
            return _GATHERED.validate_json(outcome.output)
        except ValidationError:
            raise ModelFailure("texts", f"reading ended with code {outcome.code}: {outcome.errors[-300:]}") from None
