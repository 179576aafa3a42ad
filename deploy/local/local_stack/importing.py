"""`python -m local_stack.importing GATEWAY ISSUER DIRECTORY`: the demo import as a process that can be interrupted."""

import asyncio
import inspect
import sys
from pathlib import Path

from local_stack.demo.importer import run_import


def main() -> int:
    """Exit code 0 when all are there, 130 when interrupted, 1 with the reason otherwise."""
    gateway, issuer, directory = sys.argv[1:]
    state = Path(directory)
    state.mkdir(parents=True, exist_ok=True)
    try:
        outcome = run_import(gateway, issuer, state, progress=True)
        if inspect.isawaitable(outcome):
            asyncio.run(_wait(outcome))
    except KeyboardInterrupt:
        return 130
    return 0


async def _wait(outcome: object) -> None:
    if inspect.isawaitable(outcome):
        await outcome


if __name__ == "__main__":
    sys.exit(main())
