"""The child: `python -I -m checkup.analysis GIT_DIR AS_OF` prints the analysis as JSON; exit code 3 means empty."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from checkup.analysis.analyse import analyse
from checkup.analysis.repository import EmptyRepository


def main() -> int:
    try:
        found = analyse(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
    except EmptyRepository:
        return 3
    json.dump(asdict(found), sys.stdout, ensure_ascii=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
