"""`make logs`: print the end of a process's log and follow it, also over rotation and restarts."""

from collections.abc import Iterator
from pathlib import Path
from time import sleep

from local_stack.checkout import Checkout
from local_stack.output import last_lines

_POLL_SECONDS = 0.2


def names(checkout: Checkout) -> list[str]:
    """The processes that have a log."""
    return sorted(file.stem for file in checkout.logs.glob("*.log"))


def end_of(checkout: Checkout, name: str, count: int = 100) -> list[str]:
    return last_lines(checkout.log(name), count)


def following(file: Path) -> Iterator[str]:
    """Text as it is appended from now on, for ever."""
    now = file.stat()
    return _appended(file, now.st_size, now.st_ino)


def _appended(file: Path, position: int, inode: int) -> Iterator[str]:
    while True:
        if file.exists():
            now = file.stat()
            if now.st_ino != inode or now.st_size < position:
                position, inode = 0, now.st_ino
            if now.st_size > position:
                with file.open("rb") as log:
                    log.seek(position)
                    added = log.read()
                position += len(added)
                yield added.decode(errors="replace")
                continue
        sleep(_POLL_SECONDS)
