"""What the child is told to do, and the files of axe-core that it needs."""

from dataclasses import dataclass
from pathlib import Path

import checkup

_PACKAGE = Path(checkup.__file__).parent
AXE_PLACES = (_PACKAGE / "vendor" / "axe-core", _PACKAGE.parent / "node_modules" / "axe-core")
"""In an installed package, and in a checkout after `npm ci`."""


@dataclass(frozen=True, slots=True)
class Order:
    """Open `url` and pages it links to with the browser `chromium`, reached only through the proxy behind `socket`.

    `seconds` is the time for all of it. `sandboxed`: only in a network namespace of its own and with Chromium's own
    sandbox, otherwise it is not opened at all.
    """

    url: str
    chromium: str
    axe: str
    socket: str
    seconds: float
    pages: int
    sandboxed: bool


def axe_folder() -> Path | None:
    """Where axe-core lies, None where the set-up did not bring it."""
    return next((place for place in AXE_PLACES if (place / "axe.min.js").is_file()), None)
