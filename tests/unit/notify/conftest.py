"""The words notify's unit tests are written in."""

from datetime import UTC, datetime
from typing import Any

import pytest
from contracts.checkup import CheckupScored, CheckupScoredData
from contracts.review import ChangesRequested, ChangesRequestedData, ReviewCompleted, ReviewCompletedData
from notify.adapters.templates import JinjaTemplates
from notify.application.notices import Notice
from notify.domain.message import Message, Recipient

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FINDINGS = [
    {
        "criterion": "german_material",
        "title": "Informationsmaterial",
        "result": "needs_work",
        "finding": "Handbuch fehlt",
    },
    {"criterion": "municipal_fit", "title": "Kommunaler Anwendungsfall", "result": "pass", "finding": "passt"},
    {"criterion": "usability", "title": "Bedienbarkeit", "grade": 2, "finding": "zu viele Schritte"},
    {"criterion": "it_security", "title": "IT-Sicherheit", "grade": 4, "finding": "gut belegt"},
]
SUBJECT = {
    "case_id": "case-1",
    "solution_id": "solution-1",
    "slug": "dorffunk",
    "solution_name": "DorfFunk",
    "version": 2,
    "organisation_id": "org-1",
}


@pytest.fixture
def templates() -> JinjaTemplates:
    return JinjaTemplates("https://marktplatz.example.org")


@pytest.fixture
def changes_requested() -> ChangesRequested:
    data = {**SUBJECT, "round": 1, "findings": FINDINGS, "message": "Bitte ergänzen", "requested_at": NOW}
    return ChangesRequested.new(ChangesRequestedData.model_validate(data), aggregate_id="solution-1", time=NOW)


@pytest.fixture
def rejected() -> ReviewCompleted:
    seal = {"case_id": "case-0", "solution_version": 1, "decided_at": NOW, "criteria_version": "2026.1"}
    data = {
        **SUBJECT,
        "decision": "rejected",
        "findings": FINDINGS,
        "message": None,
        "criteria_version": "2026.1",
        "decided_at": NOW,
        "seal": seal,
    }
    return ReviewCompleted.new(ReviewCompletedData.model_validate(data), aggregate_id="solution-1", time=NOW)


@pytest.fixture
def scored() -> CheckupScored:
    data: dict[str, Any] = {
        "run_id": "run-1",
        "solution_id": "solution-1",
        "slug": "dorffunk",
        "version": 2,
        "organisation_id": "org-1",
        "rubric_version": "2026.1",
        "as_of": NOW,
        "finished_at": NOW,
        "measurable": True,
        "dimensions": [
            {"dimension": "documentation", "score": 87.5, "coverage": 1, "award": True, "status": "scored"},
            {"dimension": "community", "score": None, "coverage": 0, "status": "not_measurable"},
        ],
    }
    return CheckupScored.new(CheckupScoredData.model_validate(data), aggregate_id="solution-1", time=NOW)


def message_of(notice: Notice, templates: JinjaTemplates, *, role: bool = False) -> Message:
    """A message as a member of the organisation, or the team, would get it."""
    texts = templates.inbox(notice.kind, notice.facts)
    return Message(
        id="message-1",
        event_id=notice.event_id,
        kind=notice.kind,
        recipient=Recipient("role", "reviewer") if role else Recipient("user", "demo-provider"),
        organisation_id=notice.organisation_id,
        title=texts.title,
        text=texts.text,
        link=notice.link,
        action=notice.action,
        reason="Sie sind Mitglied der Organisation „Musterlösungen GmbH“.",
        facts=notice.facts,
        created_at=NOW,
        mail=None,
    )
