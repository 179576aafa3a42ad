"""The supervisor builds an index again when it is made with what this process does not need, and not in turn."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from search.application.rebuild_ports import IndexState, Made, Run
from search.application.supervision import Supervisor
from search.testing import NOON


class FixedClock:
    def now(self) -> Any:
        return NOON


@dataclass
class Surroundings:
    """Administration, event log, runs and rebuilder in one, for a process that began at noon."""

    state_now: IndexState
    schema: int = 2
    vectors: str = "model"
    reasons: list[str] = field(default_factory=list)

    async def state(self) -> IndexState:
        return self.state_now

    async def identity(self) -> str:
        return "stream"

    async def unfinished(self) -> list[Run]:
        return []

    async def rebuild(self, run: Run, owner: str) -> None:
        self.reasons.append(run.reason)

    async def look(self) -> list[str]:
        """Look once; return why the index was built again."""
        supervisor = Supervisor(
            administration=self,  # type: ignore[arg-type]
            event_log=self,  # type: ignore[arg-type]
            runs=self,  # type: ignore[arg-type]
            rebuilder=self,  # type: ignore[arg-type]
            clock=FixedClock(),  # type: ignore[arg-type]
            interval_seconds=1,
        )
        await supervisor.look()
        return self.reasons


EARLIER, LATER = NOON - timedelta(hours=1), NOON + timedelta(seconds=1)
LIVE = "solutions-v2-1"


@pytest.mark.parametrize(
    "made",
    [Made(2, "stream", "", EARLIER), Made(2, "stream", "other", EARLIER), Made(1, "stream", "model", LATER)],
)
async def test_an_index_that_was_made_otherwise_is_built_again(made: Made) -> None:
    assert len(await Surroundings(IndexState(LIVE, made, targets=(LIVE,))).look()) == 1


async def test_an_index_that_ranks_vectors_gives_way_when_they_are_ranked_in_memory() -> None:
    state = IndexState(LIVE, Made(2, "stream", "model", EARLIER), targets=(LIVE,))
    assert len(await Surroundings(state, vectors="").look()) == 1


@pytest.mark.parametrize(
    "made", [Made(2, "stream", "model", EARLIER), Made(2, "stream", "", LATER), Made(3, "stream", "", EARLIER)]
)
async def test_an_index_that_fits_or_that_a_newer_process_made_stays(made: Made) -> None:
    """Otherwise processes with old and with new settings would undo each other's work during an update."""
    assert await Surroundings(IndexState(LIVE, made, targets=(LIVE,))).look() == []
