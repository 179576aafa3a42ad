"""What the supervisor shows on the terminal, and the log files of its processes."""

import errno
import os
import re
import sys
from collections import deque
from pathlib import Path
from time import monotonic, strftime
from typing import TextIO

_COLOURS = (36, 32, 35, 34, 33, 96, 92, 95, 94)
_RED, _YELLOW, _GREEN, _BOLD, _DIM = 31, 33, 32, 1, 2
_WARNING = re.compile(
    r"\[(?:warning|error|critical|warn|wrn|err|ftl|fatal)\s*\]|\"level\":\s?\"(?:warn|warning|error|critical|fatal|panic)\""
    r"|^(?:WARNING|ERROR|CRITICAL|FATAL)\b|\b(?:WARNING|ERROR|CRITICAL)\b|^Traceback \(|^panic:|^fatal error:",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"Plaintext passwords detected"  # on loopback, in a file that only its owner can read
    r"|admin endpoint disabled|skipped because it requires TLS"  # of the gateway, as wanted
)
_HEAD = 200
_LINES_IN_WINDOW, _WINDOW_SECONDS = 30, 30.0


class LogFile:
    """Appends lines to a file and starts a new one, keeping some old ones, when it has grown too large.

    A full disk does not end the supervisor: the line is dropped and `full` is set until writing works again.
    """

    def __init__(self, path: Path, *, max_bytes: int = 10_000_000, keep: int = 2) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._keep = keep
        self.full = False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)

    def write(self, line: bytes) -> None:
        try:
            if self._file.tell() > self._max_bytes:
                self._rotate()
            self._file.write(line + b"\n")
            self.full = False
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            self.full = True

    def _rotate(self) -> None:
        self._file.close()
        for number in range(self._keep, 0, -1):
            older = self._path.with_name(f"{self._path.name}.{number}")
            newer = self._path.with_name(f"{self._path.name}.{number - 1}") if number > 1 else self._path
            if newer.exists():
                newer.replace(older)
        self._file = self._path.open("ab", buffering=0)

    def close(self) -> None:
        self._file.close()


def last_lines(file: Path, count: int) -> list[str]:
    """The last lines of a log, reading only its end."""
    try:
        with file.open("rb") as log:
            log.seek(max(0, file.stat().st_size - 64_000))
            return log.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []


def is_warning(line: str) -> bool:
    """Whether a log line of any of our servers is a warning or worse."""
    head = line[:_HEAD]
    return _WARNING.search(head) is not None and _HARMLESS.search(head) is None


class Console:
    """The terminal: our own messages, and those lines of the processes that matter (all of them with `verbose`)."""

    def __init__(self, log: LogFile | None, *, verbose: bool = False, stream: TextIO | None = None) -> None:
        self._log = log
        self._verbose = verbose
        self._stream = stream or sys.stdout
        self._colours = self._stream.isatty() and "NO_COLOR" not in os.environ
        self._in_traceback: set[str] = set()
        self._shown: dict[str, deque[float]] = {}
        self.quiet = False
        """While everything is being stopped, what the processes complain of is in their logs only."""

    def paint(self, text: str, *codes: int) -> str:
        return f"\033[{';'.join(map(str, codes))}m{text}\033[0m" if self._colours else text

    def say(self, text: str, *codes: int) -> None:
        """One of our own messages, to the terminal and to the supervisor's log."""
        if self._log is not None:
            self._log.write(f"{strftime('%Y-%m-%dT%H:%M:%S')} {text}".encode())
        try:
            print(self.paint(text, *codes) if codes else text, file=self._stream, flush=True)
        except OSError:  # the terminal is gone
            self._stream = open(os.devnull, "w")  # noqa: SIM115

    def good(self, text: str) -> None:
        self.say(text, _GREEN)

    def warn(self, text: str) -> None:
        self.say(text, _YELLOW)

    def fail(self, text: str) -> None:
        self.say(text, _RED)

    def headline(self, text: str) -> None:
        self.say(text, _BOLD)

    def line_of(self, name: str, line: str) -> None:
        """Show a line that a process wrote if it is a warning, continues one, or everything is wanted."""
        if self.quiet:
            return
        if is_warning(line):
            self._in_traceback.add(name)
        elif not (name in self._in_traceback and line[:1] in {" ", "\t"}):
            self._in_traceback.discard(name)
            if not self._verbose:
                return
        if not self._verbose and not self._may_show(name):
            return
        colour = _COLOURS[sum(name.encode()) % len(_COLOURS)]
        self.say(f"{self.paint(f'{name:>10} |', colour)} {line}")

    def _may_show(self, name: str) -> bool:
        """Whether a process may show one more line now; who shows too many is silenced, and that is told once."""
        now, shown = monotonic(), self._shown.setdefault(name, deque())
        while shown and shown[0] < now - _WINDOW_SECONDS:
            shown.popleft()
        if len(shown) > _LINES_IN_WINDOW:
            return False
        shown.append(now)
        if len(shown) > _LINES_IN_WINDOW:
            self.say(f"{name:>10} | … there is more: make logs S={name}")
            return False
        return True
