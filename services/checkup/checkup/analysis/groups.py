"""Takes one group of metrics within its time: a group that fails or runs away costs its own metrics only."""

import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import TypeVar

from checkup.analysis import limits
from checkup.analysis.repository import printable
from checkup.analysis.survey import Survey
from checkup.domain.measurement import Evidence, Measurement, Presence, Probe, Status

Detector = Callable[[Survey], list[Measurement]]
Shown = TypeVar("Shown", Measurement, Probe)


@dataclass(frozen=True, slots=True)
class GroupDone:
    """A group of metrics is through: `done` of `total` groups, its wall seconds, and the most memory so far in bytes.

    It is told to whoever waits and never part of the analysis, which is the same whatever the machine.
    """

    ids: tuple[str, ...]
    done: int
    total: int
    seconds: float
    peak_bytes: int


@dataclass(slots=True)
class Clock:
    """The time that all groups have together; `seconds` on the wall from its making on.

    It is wide: what one group may use is bounded in processor time, so that a busy machine changes no result.
    """

    seconds: float = limits.ANALYSIS_SECONDS
    started: float = 0.0

    def __post_init__(self) -> None:
        self.started = time.monotonic()

    def left(self) -> float:
        """The seconds that are left; 0 when the time is used up."""
        return max(self.started + self.seconds - time.monotonic(), 0.0)


def taken(ids: tuple[str, ...], detector: Detector, survey: Survey, clock: Clock) -> list[Measurement]:
    """What the detector says, or for each of its metrics why there is nothing."""
    try:
        with deadline(limits.GROUP_SECONDS, wall=clock.left()):
            return [safe_to_show(measurement) for measurement in detector(survey)]
    except TimeoutError:
        used_up = "Die Zeit für diesen Checkup war aufgebraucht."
        reason = f"Nach {limits.GROUP_SECONDS} Sekunden Rechenzeit abgebrochen." if clock.left() else used_up
        return [Measurement(metric, Status.TIMEOUT, reason=reason) for metric in ids]
    except Exception as error:  # a repository may be malformed in any way
        reason = f"Die Messung ist an diesem Repository gescheitert ({type(error).__name__})."
        return [Measurement(metric, Status.ERROR, reason=reason) for metric in ids]


def probed(probe: Callable[[Survey], Probe], survey: Survey, clock: Clock) -> Probe:
    """What the probe says, or why it says nothing."""
    try:
        with deadline(limits.GROUP_SECONDS, wall=clock.left() or 1):
            return safe_to_show(probe(survey))
    except Exception as error:  # a repository may be malformed in any way
        reason = f"Die Prüfung ist an diesem Repository gescheitert ({type(error).__name__})."
        return Probe(Presence.NOT_AVAILABLE, reason=reason)


def safe_to_show(found: Shown) -> Shown:
    """Evidence quotes a stranger's files: what is shown of it is free of control characters and short."""
    shown = (Evidence(printable(e.text), e.path and printable(e.path), e.line) for e in found.evidence)
    return replace(found, evidence=tuple(shown))


@contextmanager
def deadline(seconds: float, *, wall: float | None = None) -> Iterator[None]:
    """Raise TimeoutError inside the block when this process uses more processor time, even in a regular expression.

    `wall` is a second bound, in seconds on the wall; 0 raises at once. Programs that the block starts have their own.
    """
    if wall == 0:
        raise TimeoutError

    def ring(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError

    bounds = ((signal.SIGPROF, signal.ITIMER_PROF, seconds), (signal.SIGALRM, signal.ITIMER_REAL, wall or 0))
    previous = [signal.signal(rung, ring) for rung, _, _ in bounds]
    try:
        for _, timer, bound in bounds:
            signal.setitimer(timer, bound)
        yield
    finally:
        for (rung, timer, _), before in zip(bounds, previous, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(rung, before)


def peak_bytes() -> int:
    """The most memory that this process or one of its ended children has held so far."""
    return 1024 * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
