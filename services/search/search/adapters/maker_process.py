"""A process that makes documents for a rebuild: `python -m search.adapters.maker_process`, told by its standard input.

Frames both ways: the length in 4 bytes, then a pickle. In comes a chunk (messages by solution), out what is stored of
each, None where a message cannot be read. It ends with its input, so also with the process that started it.
"""

import gc
import pickle
import signal
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO

from search.adapters.lexicon import load_splitter, load_thesaurus
from search.adapters.opensearch.source import stored_of
from search.application.reading import Unreadable, document_of
from search.application.rebuild_ports import Logged, Stored

LENGTH = struct.Struct("<I")

Chunk = Sequence[list[Logged]]


def made(messages: Sequence[Logged]) -> Stored | None:
    """Return what is stored of one solution; None when a message cannot be read."""
    try:
        document = document_of(messages)
    except Unreadable:
        return None
    return None if document is None else stored_of(document, load_splitter(), load_thesaurus())


def framed(value: object) -> bytes:
    """Return a frame."""
    pickled = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(pickled)) + pickled


def work(chunks: BinaryIO, answers: BinaryIO) -> None:
    """Answer chunk after chunk until there are no more."""
    while len(head := chunks.read(LENGTH.size)) == LENGTH.size:
        chunk: Chunk = pickle.loads(chunks.read(*LENGTH.unpack(head)))  # noqa: S301 -- of the process that started this
        answers.write(framed([made(messages) for messages in chunk]))
        answers.flush()


def main() -> None:
    """Load what is needed once, then work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; who started this decides
    load_splitter(), load_thesaurus()
    gc.freeze()  # it is never freed, so the collector need not look through it
    with suppress(BrokenPipeError):  # who started this is gone
        work(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
