"""Spares the garbage collector what stays in memory anyway."""

import gc
from collections.abc import Sequence

from search.domain.entry import Entry

ENTRIES = 1000


class SettledMemory:
    """Listens to the mirror, after everybody who keeps something.

    With 100,000 solutions there are millions of objects, none in a cycle. The collector would walk through all of them
    again and again while they are filled in, which took most of the time and let requests wait for up to a second.
    Frozen objects are freed as all others when nobody refers to them any more.
    """

    def __init__(self) -> None:
        self._entries = 0

    def changed(self, added: Sequence[Entry], removed: Sequence[str]) -> None:
        """See `Listener.changed`."""
        self._entries += len(added)
        if self._entries >= ENTRIES:
            self._entries = 0
            gc.freeze()
