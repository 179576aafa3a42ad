"""One commit as a list of files and their contents, read out of the object database; nothing is ever checked out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from types import TracebackType
from typing import IO, Self

from checkup.analysis import git_process, limits

LFS_POINTER = b"version https://git-lfs.github.com/spec/"
REGULAR = {b"100644", b"100755", b"100664"}


class EmptyRepository(Exception):
    """There is no commit to look at."""


@dataclass(frozen=True, slots=True)
class File:
    """A regular file of the commit; `path` is for display and rules, the content is found by `oid` alone."""

    path: str
    oid: str
    size: int

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(slots=True)
class Skipped:
    """What was left out, and why, as counts."""

    symlinks: int = 0
    submodules: int = 0
    strange_paths: int = 0
    oversize: int = 0
    missing: int = 0
    elsewhere: int = 0
    """Text files whose content lies in a Git LFS store: the repository holds a pointer only."""
    over_limit: bool = False


@dataclass(slots=True)
class Repository:
    """A commit of a bare repository. Use as a context manager: it keeps one `git cat-file` running."""

    git_dir: Path
    commit: str
    files: list[File] = field(default_factory=list)
    skipped: Skipped = field(default_factory=Skipped)
    _reader: Popen[bytes] | None = None
    _read_bytes: int = 0
    _texts: dict[str, str] = field(default_factory=dict)
    _kept: int = 0
    _pointers: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, git_dir: Path) -> Self:
        """Look at HEAD; EmptyRepository if it points to no commit."""
        repository = cls(git_dir, "")
        header = repository._asked(b"info HEAD^{commit}")
        if len(header) != 3:
            repository._end()
            raise EmptyRepository
        repository.commit = header[0].decode()
        repository._list()
        return repository

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def _end(self) -> None:
        if self._reader is not None:
            self._reader.kill()
            self._reader.communicate()
            self._reader = None

    def _asked(self, command: bytes) -> list[bytes]:
        """The header of what `git cat-file` answers, empty when it died of it; the next question starts another one."""
        if self._reader is None:
            self._reader = git_process.start(self.git_dir, "cat-file", "--batch-command")
        ask, answer = self._reader.stdin, self._reader.stdout
        assert ask is not None  # noqa: S101
        assert answer is not None  # noqa: S101
        try:
            ask.write(command + b"\n")
            ask.flush()
            header = answer.readline().split()
        except OSError:
            header = []
        if not header:
            self._end()
        return header

    def _list(self) -> None:
        """Fill `files`, in path order. Streams with a cap, because a tree of a few kilobytes can name 10^10 paths."""
        process = git_process.start(self.git_dir, "ls-tree", "-r", "-l", "-z", "--full-tree", self.commit)
        seen = 0
        try:
            for record in _records(process):
                seen += 1
                if record is None or seen > limits.MAX_FILES:
                    self.skipped.over_limit = True
                    break
                self._take(record)
        finally:
            process.kill()
            process.communicate()
        self.files.sort(key=lambda file: file.path)

    def _take(self, record: bytes) -> None:
        head, _, raw_path = record.partition(b"\t")
        mode, kind, oid, size = head.split()
        if mode == b"120000":
            self.skipped.symlinks += 1
        elif kind != b"blob":
            self.skipped.submodules += 1
        elif mode not in REGULAR or is_strange(raw_path):
            self.skipped.strange_paths += 1
        elif not size.isdigit():
            self.skipped.missing += 1
        elif int(size) > limits.MAX_FILE_BYTES:
            self.skipped.oversize += 1
        else:
            self.files.append(File(printable(raw_path.decode("utf-8", "replace")), oid.decode(), int(size)))

    def read(self, file: File) -> bytes:
        """The content, or nothing when the object is missing or the total limit is reached (both are counted)."""
        if self._read_bytes + file.size > limits.MAX_TOTAL_BYTES:
            self.skipped.over_limit = True
            return b""
        header = self._asked(b"contents " + file.oid.encode())
        if self._reader is None or len(header) != 3 or header[1] != b"blob":
            self.skipped.missing += 1
            return b""
        assert self._reader.stdout is not None  # noqa: S101
        content = _exactly(self._reader.stdout, int(header[2]) + 1)[:-1]
        self._read_bytes += len(content)
        return content

    def text(self, file: File) -> str:
        """The content as text with plain line ends; empty for binary files. Kept, because many metrics ask again."""
        kept = self._texts.get(file.oid)
        if kept is not None:
            return kept
        content = self.read(file)
        if content.startswith(LFS_POINTER):
            self._pointers.add(file.oid)
            self.skipped.elsewhere = len(self._pointers)
            content = b""
        text = "" if b"\0" in content[:8_000] else content.decode("utf-8", "replace").replace("\r\n", "\n")
        if self._kept + len(text) <= limits.MAX_KEPT_TEXT:
            self._texts[file.oid] = text
            self._kept += len(text)
        return text

    def share_read(self) -> float:
        """1.0, or the documented share when a limit cut the listing (the rest is of unknown size: counted as half)."""
        return 0.5 if self.skipped.over_limit else 1.0


def is_strange(raw_path: bytes) -> bool:
    """Paths no honest tree has: too long or deep, dots, `.git`, absolute, control characters, backslashes."""
    parts = raw_path.split(b"/")
    return (
        len(raw_path) > limits.MAX_PATH_BYTES
        or len(parts) > limits.MAX_DEPTH
        or any(part in (b"", b".", b"..") or part.lower() == b".git" for part in parts)
        or any(byte < 32 or byte == 127 for byte in raw_path)
        or b"\\" in raw_path
    )


def printable(text: str, longest: int = 300) -> str:
    """Text of a stranger for a report: no control or direction characters (neither is printable), bounded length."""
    cleaned = "".join(character if character.isprintable() else "?" for character in text)
    return cleaned if len(cleaned) <= longest else cleaned[: longest - 1] + "…"


def _records(process: Popen[bytes]) -> Iterator[bytes | None]:
    """NUL-ended records of ls-tree; None when one is longer than any honest path."""
    assert process.stdout is not None  # noqa: S101
    rest = b""
    while chunk := process.stdout.read1(65_536):  # type: ignore[attr-defined]
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
        if len(rest) > 1_000_000:
            yield None
            return


def _exactly(stream: IO[bytes], count: int) -> bytes:
    parts = []
    while count > 0 and (part := stream.read(count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
