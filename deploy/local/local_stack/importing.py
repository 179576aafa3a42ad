"""`python -m local_stack.importing GATEWAY ISSUER DIRECTORY`: the demo import as a process that can be interrupted."""

import sys
from pathlib import Path

from local_stack.demo.importer import ImportFailed, run_import


def main() -> int:
    """Exit code 0 when all are there, 130 when interrupted, 1 with the reason otherwise."""
    gateway, issuer, directory = sys.argv[1:]
    state = Path(directory)
    state.mkdir(parents=True, exist_ok=True)
    try:
        report = run_import(gateway, issuer, state, progress=True)
    except KeyboardInterrupt:
        return 130
    except ImportFailed as failure:
        print(f"demo listings: {failure}", file=sys.stderr)
        return 1
    if report.imported:
        print(f"demo listings: {report.imported} imported in {report.seconds:.0f} s, {report.published} are online")
    return 0


if __name__ == "__main__":
    sys.exit(main())
