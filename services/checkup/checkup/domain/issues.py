"""How a project reacts to issues (C6): pure numbers from the times that a forge tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable

WINDOW = timedelta(days=365)
FEWEST = 5  # issues below which a median says nothing
GRACE = timedelta(days=7)  # an issue this young may still wait for its answer


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue by a human: when it was opened, first answered by somebody else, and closed."""

    opened: datetime
    answered: datetime | None
    closed: datetime | None


def measure(issues: Sequence[Issue], *, as_of: datetime, until: datetime, host: str) -> Measurement:
    """C6 of the issues opened in the year before `as_of`; what happened after `until` is not known.

    An issue without an answer counts with its age, which is the least that its answer will have taken.
    """
    end = min(as_of, until)
    taken = [_ended(issue, end) for issue in issues if as_of - WINDOW < issue.opened <= end]
    taken = [issue for issue in taken if _reaction(issue) or end - issue.opened >= GRACE]
    if len(taken) < FEWEST:
        return not_applicable("C6", f"Nur {len(taken)} Meldungen im letzten Jahr, weniger als {FEWEST}.")
    days = median(((_reaction(issue) or end) - issue.opened).total_seconds() / 86_400 for issue in taken)
    waiting = sum(_reaction(issue) is None for issue in taken)
    closed = sum(issue.closed is not None for issue in taken)
    evidence = [
        Evidence(f"Median der ersten Reaktion: {days:.1f} Tage über {len(taken)} Meldungen".replace(".", ",")),
        Evidence(f"{closed} von {len(taken)} Meldungen geschlossen, {waiting} ohne Reaktion"),
        Evidence(f"Abgefragt bei {host}"),
    ]
    return measured("C6", evidence, median_days=days, closed_share=closed / len(taken), issues=len(taken))


def _ended(issue: Issue, end: datetime) -> Issue:
    """The issue as it stood at `end`."""
    answered = issue.answered if issue.answered and issue.answered <= end else None
    return Issue(issue.opened, answered, issue.closed if issue.closed and issue.closed <= end else None)


def _reaction(issue: Issue) -> datetime | None:
    """The first answer, or the closing where nobody said anything."""
    return min((moment for moment in (issue.answered, issue.closed) if moment), default=None)
