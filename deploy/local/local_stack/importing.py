"""`python -m local_stack.importing GATEWAY ISSUER DIRECTORY`: the demo import as a process that can be interrupted."""

import signal
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
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is there: nothing is left to interrupt
    except KeyboardInterrupt:
        return 130
    except ImportFailed as error:
        print(error, file=sys.stderr)
        return 1
    if report.imported:
        print(f"{report.published} demo listings are online, {report.imported} of them new, in {report.seconds:.0f} s")
    if report.checkups_failed:
        print(f"{report.checkups_failed} checkups failed: `make logs S=checkup` tells why")
    return 0


if __name__ == "__main__":
    sys.exit(main())
