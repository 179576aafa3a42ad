"""Makes documents of messages: here while they are few, in processes of their own when there are many."""

import asyncio
import pickle
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import islice
from typing import cast

from servicekit import background, logging

from search.adapters import maker_process
from search.adapters.lexicon import load_splitter, load_thesaurus
from search.adapters.maker_process import LENGTH, Chunk, framed, made
from search.adapters.opensearch.source import stored_of
from search.application.rebuild_ports import Logged, Making, Stored
from search.domain.document import SolutionDocument

log = logging.get(__name__)

FEWEST_MESSAGES = 50_000
"""Some 10,000 solutions. A helper takes a second to start, and learns the words for itself: fewer do not repay it."""
CHUNK = 100
AHEAD = 2
"""Chunks under way for each process: it has the next one before it is done."""
BUFFER = 1024 * 1024


class HelperGone(Exception):
    """A process that makes documents has ended."""


class DocumentMaker:
    """`Maker`: with so many processes at most, 0 for none."""

    def __init__(self, processes: int) -> None:
        self._processes = processes

    def stored(self, document: SolutionDocument) -> Stored:
        """See `Maker.stored`."""
        return stored_of(document, load_splitter(), load_thesaurus())

    @asynccontextmanager
    async def making(self, messages: int) -> AsyncIterator[Making]:
        """See `Maker.making`."""
        helpers: list[Helper] = []
        try:
            with suppress(OSError):  # there is no room for one more process: the others do it, or this one
                while messages >= FEWEST_MESSAGES and len(helpers) < self._processes:
                    helpers.append(await Helper.start())
            yield MakingWithHelpers(helpers) if helpers else MakingHere()
        finally:
            for helper in helpers:
                await helper.end()


class MakingHere:
    """`Making` in this process."""

    async def each(self, solutions: Iterator[list[Logged]]) -> AsyncIterator[tuple[list[Logged], Stored | None]]:
        """See `Making.each`."""
        for messages in solutions:
            yield messages, made(messages)


class MakingWithHelpers:
    """`Making` in other processes, which get chunks in turn."""

    def __init__(self, helpers: Iterable["Helper"]) -> None:
        self._helpers = deque(helpers)

    async def each(self, solutions: Iterator[list[Logged]]) -> AsyncIterator[tuple[list[Logged], Stored | None]]:
        """See `Making.each`. What a helper dies over is made here, and the others do the rest."""
        under_way: deque[tuple[Chunk, asyncio.Task[list[Stored | None]]]] = deque()
        try:
            while True:
                while len(under_way) < AHEAD * len(self._helpers) and (further := list(islice(solutions, CHUNK))):
                    self._helpers.rotate()
                    under_way.append((further, asyncio.create_task(self._made(self._helpers[0], further))))
                if not under_way:
                    break
                chunk, task = under_way[0]
                for messages, stored in zip(chunk, await task, strict=True):
                    yield messages, stored
                under_way.popleft()
        finally:
            await background.end(*(task for _, task in under_way))
        async for messages, stored in MakingHere().each(solutions):  # no helper is left
            yield messages, stored

    async def _made(self, helper: "Helper", chunk: Chunk) -> list[Stored | None]:
        try:
            return await helper.made(chunk)
        except HelperGone as error:
            if helper in self._helpers:
                self._helpers.remove(helper)
                log.warning("a process that makes documents is gone", error=str(error), left=len(self._helpers))
            return list(map(made, chunk))


class Helper:
    """A process that makes documents."""

    def __init__(self, process: Process, chunks: StreamWriter, answers: StreamReader) -> None:
        self.pid = process.pid
        self._process = process
        self._chunks, self._answers = chunks, answers
        self._sending, self._receiving = asyncio.Lock(), asyncio.Lock()

    @classmethod
    async def start(cls) -> "Helper":
        """Start one; raises OSError."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", maker_process.__name__, stdin=PIPE, stdout=PIPE, limit=BUFFER
        )
        return cls(process, cast(StreamWriter, process.stdin), cast(StreamReader, process.stdout))

    async def made(self, chunk: Chunk) -> list[Stored | None]:
        """Return what is stored of each solution. Chunks are answered in the order in which they came.

        Raises HelperGone.
        """
        try:
            async with self._sending:
                self._chunks.write(framed(chunk))
                await self._chunks.drain()
            async with self._receiving:
                (length,) = LENGTH.unpack(await self._answers.readexactly(LENGTH.size))
                answer: list[Stored | None] = pickle.loads(await self._answers.readexactly(length))  # noqa: S301
        except (OSError, EOFError) as error:
            raise HelperGone(f"{error!r}, exit code {self._process.returncode}") from error
        return answer

    async def end(self) -> None:
        """End the process, whatever it does."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
