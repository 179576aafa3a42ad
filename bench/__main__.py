"""`python -m bench [NAME ...]` runs the measurements and prints a table; without a name, all of them."""

import asyncio
import importlib
import sys

from servicekit import logging

NAMES = (
    "relay",
    "handlers",
    "pipeline",
    "search",
    "rebuild",
    "startup",
    "relevance",
    "ablation",
    "spelling",
    "vectors",
    "catalog",
    "export",
    "dossier",
    "checkup",
)


def main(names: list[str]) -> int:
    """Run the named measurements one after another."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.stderr.write(f"no measurement {', '.join(unknown)}; there are: {', '.join(NAMES)}\n")
        return 2
    logging.configure("bench", env="development", level="error", to="stderr")  # the figures are what is to be read
    for name in names or NAMES:
        module = importlib.import_module(f"bench.{name}")
        sys.stdout.write(f"\n## {name}: {(module.__doc__ or '').strip()}\n\n")
        asyncio.run(module.run())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
