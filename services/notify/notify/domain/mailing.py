"""What becomes of an e-mail: waiting, sent, failed with its reason, or skipped with its reason."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

REASON_LENGTH = 500


class MailState(StrEnum):
    """Waiting mails are tried again; the others are done with."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Mailing:
    """Where one e-mail stands. `attempts` counts refusals of this mail, not times the mail server was away."""

    state: MailState
    due_at: datetime
    attempts: int = 0
    reason: str | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RetryRules:
    """How often and how long after each other one mail is tried."""

    attempts: int = 8
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=6)

    def pause_after(self, attempts: int) -> timedelta:
        """Return the pause after so many attempts: four times as long each time, up to the longest."""
        factor: int = 4 ** (attempts - 1)
        return min(self.first * factor, self.longest)


def due(now: datetime) -> Mailing:
    """A mail to send as soon as possible."""
    return Mailing(MailState.WAITING, now)


def sent(mailing: Mailing, now: datetime) -> Mailing:
    """The mail server took it."""
    return replace(mailing, state=MailState.SENT, attempts=mailing.attempts + 1, reason=None, done_at=now)


def refused(mailing: Mailing, reason: str, now: datetime) -> Mailing:
    """The mail server will never take it."""
    done = replace(mailing, state=MailState.FAILED, attempts=mailing.attempts + 1, done_at=now)
    return replace(done, reason=reason[:REASON_LENGTH])


def skipped(mailing: Mailing, reason: str, now: datetime) -> Mailing:
    """It is not to be sent: the recipient does not want it, or there is nowhere to send it."""
    return replace(mailing, state=MailState.SKIPPED, reason=reason[:REASON_LENGTH], done_at=now)


def postponed(mailing: Mailing, reason: str, now: datetime, rules: RetryRules) -> Mailing:
    """It was not taken this time: try again later, or give up with the reason after the last attempt."""
    attempts = mailing.attempts + 1
    if attempts >= rules.attempts:
        return refused(mailing, f"gave up after {attempts} attempts: {reason}", now)
    due_at = now + rules.pause_after(attempts)
    return replace(mailing, attempts=attempts, due_at=due_at, reason=reason[:REASON_LENGTH])


def untried(mailing: Mailing, reason: str, now: datetime) -> Mailing:
    """The mail server was away: nothing counts against this mail."""
    return replace(mailing, due_at=now, reason=reason[:REASON_LENGTH])


def again(mailing: Mailing, now: datetime) -> Mailing:
    """A failed mail that an operator wants to be tried once more."""
    return replace(mailing, state=MailState.WAITING, due_at=now, attempts=0, done_at=None)
