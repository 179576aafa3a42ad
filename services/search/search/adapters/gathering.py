"""Sorts the messages of a stream by solution: in memory while they are few, in temporary files beyond that."""

import struct
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Self
from zlib import crc32

from search.application.rebuild_ports import Logged

MOST_BYTES = 64 * 1024 * 1024
"""Held in memory, with what Python needs around it."""
OVERHEAD_BYTES = 350
PARTITIONS = 64
_HEAD = struct.Struct("<QHI")


class SubjectGathering:
    """`Gathering`: the newest message of each subject.

    When the memory is full, messages go to one of some files, chosen by the solution, and in the end one file after
    the other is read: memory is bounded by the limit or the largest file. The files have no name, so nothing of them
    remains when the process dies.
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES, partitions: int = PARTITIONS) -> None:
        self._most_bytes = most_bytes
        self._partitions = partitions
        self._held: dict[str, Logged] = {}
        self._bytes = 0
        self._spilled = 0
        self._files: list[_Partition] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def messages(self) -> int:
        """How many are kept, about (in files, one that was replaced counts until the file is tidied)."""
        return len(self._held) + sum(partition.messages for partition in self._files)

    def add(self, batch: Iterable[Logged]) -> None:
        """See `Gathering.add`. Raises OSError when there is no room for temporary files."""
        for logged in batch:
            known = self._held.get(logged.subject)
            if known is None or known.sequence < logged.sequence:
                self._held[logged.subject] = logged
                self._bytes += len(logged.data) - len(known.data) if known else len(logged.data) + OVERHEAD_BYTES
        if self._bytes > self._most_bytes:
            self._spill()

    def solutions(self) -> Iterator[list[Logged]]:
        """See `Gathering.solutions`."""
        if not self._files:
            held, self._held = self._held, {}
            yield from _by_solution(held)
            return
        self._spill()
        for partition in self._files:
            yield from _by_solution(partition.newest())
            partition.empty()

    def _spill(self) -> None:
        if not self._files:
            opened = [tempfile.TemporaryFile() for _ in range(self._partitions)]  # noqa: SIM115 -- closed on exit
            self._files = [_Partition(self._open.enter_context(file), self._most_bytes) for file in opened]
        pieces: list[list[Logged]] = [[] for _ in self._files]
        for logged in self._held.values():
            pieces[crc32(logged.solution_id.encode()) % self._partitions].append(logged)
        self._held, self._bytes = {}, 0
        for partition, piece in zip(self._files, pieces, strict=True):
            partition.append(piece)


class _Partition:
    """One temporary file of messages."""

    def __init__(self, file: IO[bytes], most_bytes: int) -> None:
        self.messages = 0
        self._file = file
        self._least_bytes = self._tidy_bytes = most_bytes // 4

    def append(self, piece: list[Logged]) -> None:
        """Write messages at the end, and leave out those that were replaced once the file has become large."""
        self._write(piece)
        if self._file.tell() > self._tidy_bytes:
            newest = list(self.newest().values())
            self.empty()
            self._write(newest)
            self._tidy_bytes = max(self._least_bytes, 2 * self._file.tell())

    def _write(self, piece: list[Logged]) -> None:
        for logged in piece:
            subject = logged.subject.encode()
            self._file.write(_HEAD.pack(logged.sequence, len(subject), len(logged.data)) + subject + logged.data)
        self.messages += len(piece)

    def newest(self) -> dict[str, Logged]:
        """Read the newest message of each subject."""
        found: dict[str, Logged] = {}
        self._file.seek(0)
        while head := self._file.read(_HEAD.size):
            sequence, subject_bytes, data_bytes = _HEAD.unpack(head)
            subject, data = self._file.read(subject_bytes).decode(), self._file.read(data_bytes)
            known = found.get(subject)
            if known is None or known.sequence < sequence:
                found[subject] = Logged(sequence, subject, data)
        return found

    def empty(self) -> None:
        """Forget everything."""
        self._file.seek(0)
        self._file.truncate()
        self.messages = 0


def _by_solution(held: dict[str, Logged]) -> Iterator[list[Logged]]:
    """Group messages, and forget each group once it is handed over."""
    groups: dict[str, list[Logged]] = {}
    for logged in held.values():
        groups.setdefault(logged.solution_id, []).append(logged)
    held.clear()
    while groups:
        yield groups.popitem()[1]
