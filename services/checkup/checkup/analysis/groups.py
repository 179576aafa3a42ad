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
    """The time all groups have together; `seconds` from its making on."""

    seconds: float = limits.ANALYSIS_SECONDS
    started: float = 0.0

    def __post_init__(self) -> None:
        self.started = time.monotonic()

    def for_group(self) -> float:
        """The seconds the next group may take; 0 when the time is used up."""
        return max(min(limits.GROUP_SECONDS, self.started + self.seconds - time.monotonic()), 0.0)


def taken(ids: tuple[str, ...], detector: Detector, survey: Survey, seconds: float) -> list[Measurement]:
    """What the detector says, or for each of its metrics why there is nothing."""
    if not seconds:
        reason = "Die Zeit für diesen Checkup war aufgebraucht."
        return [Measurement(metric, Status.TIMEOUT, reason=reason) for metric in ids]
    try:
        with deadline(seconds):
            return [safe_to_show(measurement) for measurement in detector(survey)]
    except TimeoutError:
        reason = f"Nach {seconds:.0f} Sekunden abgebrochen."
        return [Measurement(metric, Status.TIMEOUT, reason=reason) for metric in ids]
    except Exception as error:  # a repository may be malformed in any way
        reason = f"Die Messung ist an diesem Repository gescheitert ({type(error).__name__})."
        return [Measurement(metric, Status.ERROR, reason=reason) for metric in ids]


def probed(probe: Callable[[Survey], Probe], survey: Survey, seconds: float) -> Probe:
    """What the probe says, or why it says nothing."""
    try:
        with deadline(seconds or 1):
            return safe_to_show(probe(survey))
    except Exception as error:  # a repository may be malformed in any way
        reason = f"Die Prüfung ist an diesem Repository gescheitert ({type(error).__name__})."
        return Probe(Presence.NOT_AVAILABLE, reason=reason)


def safe_to_show(found: Shown) -> Shown:
    """Evidence quotes a stranger's files: what is shown of it is free of control characters and short."""
    shown = (Evidence(printable(e.text), e.path and printable(e.path), e.line) for e in found.evidence)
    return replace(found, evidence=tuple(shown))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TimeoutError inside the block when it takes longer, even inside a regular expression."""

    def ring(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def peak_bytes() -> int:
    """The most memory that this process or one of its ended children has held so far."""
    return 1024 * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
