"""Given a mail, when the mail server answers, then it is done with, tried again, or given up with the reason."""

from datetime import UTC, datetime, timedelta

from notify.domain import mailing
from notify.domain.mailing import Mailing, MailState, RetryRules

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = RetryRules(attempts=3, first=timedelta(seconds=30), longest=timedelta(minutes=1))


def test_a_mail_that_is_taken_is_done_with() -> None:
    assert mailing.sent(mailing.due(NOW), NOW) == Mailing(MailState.SENT, NOW, attempts=1, done_at=NOW)


def test_pauses_grow_fourfold_up_to_the_longest() -> None:
    rules = RetryRules(first=timedelta(seconds=30), longest=timedelta(hours=6))
    assert [rules.pause_after(attempts).total_seconds() for attempts in (1, 2, 3, 6, 7)] == [30, 120, 480, 21600, 21600]


def test_a_postponed_mail_is_tried_again_and_given_up_after_the_last_attempt() -> None:
    first = mailing.postponed(mailing.due(NOW), "451 later", NOW, RULES)
    assert first == Mailing(MailState.WAITING, NOW + timedelta(seconds=30), attempts=1, reason="451 later")
    second = mailing.postponed(first, "451 later", first.due_at, RULES)
    assert second.due_at == first.due_at + timedelta(minutes=1)
    third = mailing.postponed(second, "452 mailbox full", second.due_at, RULES)
    assert (third.state, third.attempts, third.done_at) == (MailState.FAILED, 3, second.due_at)
    assert third.reason == "gave up after 3 attempts: 452 mailbox full"


def test_a_mail_server_that_is_away_counts_against_no_mail() -> None:
    later = NOW + timedelta(hours=3)
    waiting = mailing.untried(mailing.due(NOW), "connection refused", later)
    assert waiting == Mailing(MailState.WAITING, later, attempts=0, reason="connection refused")


def test_a_refusal_is_final_until_an_operator_tries_again() -> None:
    refused = mailing.refused(mailing.due(NOW), "550 no such user" + "!" * 1000, NOW)
    assert (refused.state, len(refused.reason or "")) == (MailState.FAILED, 500)
    again = mailing.again(refused, NOW)
    assert (again.state, again.attempts, again.done_at) == (MailState.WAITING, 0, None)
