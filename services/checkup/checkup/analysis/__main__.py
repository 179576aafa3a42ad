"""The child: `python -I -m checkup.analysis GIT_DIR AS_OF [SCRATCH [SECONDS]]` prints the analysis as JSON.

A line of JSON on the error stream tells of each group of metrics that is through; exit code 3 means empty.
"""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from checkup.analysis import licences, limits, toolset
from checkup.analysis.analyse import analyse
from checkup.analysis.groups import GroupDone
from checkup.analysis.repository import EmptyRepository


def prepare() -> None:
    """Load what every analysis needs, for forks to come."""
    licences.prepare()
    toolset.tools()


def main(git_dir: str, as_of: str, scratch: str | None = None, seconds: str | None = None) -> int:
    try:
        found = analyse(
            Path(git_dir),
            datetime.fromisoformat(as_of),
            scratch=Path(scratch) if scratch else None,
            seconds=float(seconds or limits.ANALYSIS_SECONDS),
            tell=_tell,
        )
    except EmptyRepository:
        return 3
    json.dump(asdict(found), sys.stdout, ensure_ascii=True)
    return 0


def _tell(group: GroupDone) -> None:
    print(json.dumps(asdict(group)), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
