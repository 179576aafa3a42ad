"""Ids that never change, links that lead somewhere, and settings that are refused in production."""

import pytest
from notify.application.notices import review_case_id
from notify.domain.message import MAILED, Kind, Recipient, message_id
from notify.settings import NotifySettings
from pydantic import ValidationError
from review.domain.case import case_id

PRODUCTION = {
    "env": "production",
    "nats_password": "x",
    "oidc_issuer": "https://login.example.org",
    "public_url": "https://marktplatz.example.org",
    "mongodb_url": "mongodb://mongo.internal:27017",
    "notify_secret": "x" * 32,
    "notify_from": "Marktplatz <markt@marktplatz.example>",
}


def test_an_event_leads_to_one_message_per_recipient() -> None:
    first = message_id("event-1", Recipient("user", "a"))
    assert first == message_id("event-1", Recipient("user", "a"))
    assert (
        len({first, message_id("event-1", Recipient("role", "a")), message_id("event-2", Recipient("user", "a"))}) == 3
    )


def test_the_team_is_led_to_the_case_that_the_review_opens() -> None:
    assert review_case_id("solution-1", 3) == case_id("solution-1", 3)


def test_what_the_provider_waits_for_comes_by_mail() -> None:
    waited_for = {Kind.CHANGES_REQUESTED, Kind.SOLUTION_APPROVED, Kind.SOLUTION_REJECTED, Kind.CHECKUP_SCORED}
    assert waited_for | {Kind.RATING_ADDED, Kind.SOLUTION_SUBMITTED} <= MAILED


def test_production_settings_are_taken() -> None:
    assert NotifySettings(**PRODUCTION, smtp_url="smtps://u:p@mail.internal").env == "production"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"notify_secret": "development-only"}, "NOTIFY_SECRET needs 32 random characters or more"),
        ({"notify_from": "markt@example.org"}, "NOTIFY_FROM still has its development default"),
        ({"smtp_url": "smtp://u:p@mail.internal"}, "SMTP_URL holds a password"),
        ({"smtp_url": "http://mail.internal"}, "SMTP_URL must look like"),
        ({"notify_team_address": "das Team"}, "not an e-mail address: 'das Team'"),
    ],
)
def test_what_must_not_run_is_refused_in_words(given: dict[str, str], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        NotifySettings(**{**PRODUCTION, **given})  # type: ignore[arg-type]
