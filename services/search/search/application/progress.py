"""How far a rebuild is and how long it still takes, from the pace of what is done so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from search.application.rebuild_ports import Phase

WEIGHTS: dict[Phase, float] = {"reading": 1, "writing": 20, "verifying": 1, "catching_up": 20}
"""What one step costs beside reading one event, until it was measured in this run."""


@dataclass
class Stage:
    """Steps of one kind: events that are read, events that are written as parts of documents, and so on."""

    weight: float
    done: int = 0
    total: int = 0
    seconds: float = 0.0

    @property
    def left(self) -> int:
        """Steps to go."""
        return max(self.total - self.done, 0)


def _stages() -> dict[Phase, Stage]:
    return {phase: Stage(weight) for phase, weight in WEIGHTS.items()}


@dataclass
class Progress:
    """What a run counts; the times come from outside, in seconds of any clock."""

    stages: Mapping[Phase, Stage] = field(default_factory=_stages)
    phase: Phase | None = None
    share: float = 0.0
    """0 to 1; never falls."""
    unreadable: int = 0
    refused: int = 0
    written: int = 0
    """Documents."""
    _since: float = 0.0

    @property
    def events(self) -> int:
        """Events read."""
        return self.stages["reading"].done + self.stages["catching_up"].done

    def enter(self, phase: Phase, total: int, now: float) -> None:
        """Begin with the next kind of steps."""
        self.measure(now)
        self.phase, self._since = phase, now
        self.expect(phase, total)

    def step(self, number: int) -> None:
        """Count steps of the current kind."""
        if self.phase is not None:
            self.stages[self.phase].done += number

    def expect(self, phase: Phase, total: int) -> None:
        """Say how many steps of a kind there will be, as far as is known now."""
        self.stages[phase].total = total

    def measure(self, now: float) -> None:
        """Book the time since the last call on the current kind of steps."""
        if self.phase is not None:
            self.stages[self.phase].seconds += now - self._since
            self._since = now
            self.share = max(self.share, self._share())

    def seconds_left(self) -> float | None:
        """Return how long it still takes; None before anything was done.

        Each kind of steps goes on at its own pace. What has not begun yet is taken to cost its weight.
        """
        begun = [stage for stage in self.stages.values() if stage.done]
        if not begun:
            return None
        pace = sum(stage.seconds for stage in begun) / sum(stage.done * stage.weight for stage in begun)
        return sum(
            stage.left * (stage.seconds / stage.done if stage.done else pace * stage.weight)
            for stage in self.stages.values()
        )

    def _share(self) -> float:
        left = self.seconds_left()
        spent = sum(stage.seconds for stage in self.stages.values())
        return spent / (spent + left) if left is not None and spent else 0.0
