"""Files with everything take long to send: so many at once in a process, and none for ever."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge
from servicekit import errors

RUNNING = Gauge("catalog_exports_running", "Files with all solutions that are being sent")
REFUSED = Counter("catalog_exports_refused", "Files with all solutions that were asked for while too many were sent")
RETRY_SECONDS = 30


class Exports:
    """Room for `most` files at once, each of which is given `seconds`."""

    def __init__(self, most: int, seconds: float) -> None:
        self.seconds = seconds
        self._most = most
        self._running = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Take room for a file; raises ProblemError `exports-busy` (503) when there is none."""
        if self._running >= self._most:
            REFUSED.inc()
            detail = f"{self._most} files with all solutions are being sent already; the JSON pages can always be read"
            raise errors.unavailable("exports-busy", detail, RETRY_SECONDS)
        self._running += 1
        RUNNING.inc()
        try:
            yield
        finally:
            self._running -= 1
            RUNNING.dec()
