"""What is told about uses, ratings and messages of peers: to whom, in which words, and what is not told."""

import json
from pathlib import Path
from typing import Any

import pytest
from contracts import registry
from contracts.catalog import DeploymentConfirmed
from contracts.envelope import Event
from notify.adapters.templates import JinjaTemplates
from notify.application import use_notices as notices
from notify.application.notices import Notice

SAMPLES = Path(registry.__file__).parents[1] / "samples"


def sample(name: str, **changed: Any) -> Any:
    """The frozen sample of an event of the catalog, with some data changed."""
    raw = json.loads((SAMPLES / f"digital.marktplatz.catalog.{name}.v1.json").read_text())
    raw["data"] |= changed
    event: Event = registry.parse(json.dumps(raw).encode())
    return event


def said(templates: JinjaTemplates, notice: Notice) -> tuple[str, str]:
    texts = templates.inbox(notice.kind, notice.facts)
    return texts.title, texts.text


def test_a_municipality_is_asked_whether_it_uses_a_solution(templates: JinjaTemplates) -> None:
    event = sample("deployment_claimed")
    notice = notices.of_claim(event)
    assert (notice.organisation_id, notice.link) == (event.data.municipality_organisation_id, "/unser-einsatz")
    title, text = said(templates, notice)
    assert title == "Setzen Sie „Mitfahrbank Digital“ ein?"
    assert text.startswith("Musterlösungen GmbH gibt an, dass Ihre Kommune „Mitfahrbank Digital“ einsetzt.")


def test_the_provider_learns_of_an_answer(templates: JinjaTemplates) -> None:
    refused = sample("deployment_claim_refused")
    notice = notices.of_refused_claim(refused)
    assert notice.organisation_id == refused.data.provider_organisation_id
    assert said(templates, notice)[1].endswith("\n\nDie Erprobung endete 2024.")


def confirmed(**changed: Any) -> DeploymentConfirmed:
    event: DeploymentConfirmed = sample("deployment_confirmed", **{"provider_organisation_id": "provider", **changed})
    return event


def test_the_provider_learns_of_a_confirmed_use_but_not_of_hidden_ones_or_its_own(templates: JinjaTemplates) -> None:
    notice = notices.of_confirmation(confirmed(solution_name="DorfFunk"))
    assert notice is not None
    assert notice.organisation_id == "provider"
    assert said(templates, notice)[1] == "Landkreis Musterland bestätigt, „DorfFunk“ einzusetzen."
    [deployment] = sample("deployment_confirmed").model_dump(mode="json")["data"]["deployments"]
    for changed in (
        {"deployments": [{**deployment, "visibility": "hidden"}]},
        {"deployments": [{**deployment, "by_provider": True}]},
        {"deployments": []},
        {"change": "reconfirmed"},
        {"change": "changed"},
        {"provider_organisation_id": ""},
    ):
        assert notices.of_confirmation(confirmed(**changed)) is None, changed


@pytest.mark.parametrize(
    ("outdated", "title"),
    [
        (False, "Einsatz bitte bestätigen: „Mitfahrbank Digital“"),
        (True, "Einsatz nicht mehr bestätigt: „Mitfahrbank Digital“"),
    ],
)
def test_a_municipality_is_reminded_with_the_day_in_germany(
    templates: JinjaTemplates, outdated: bool, title: str
) -> None:
    event = sample("deployment_due", outdated=outdated, due_at="2027-01-14T23:00:00Z")
    notice = notices.of_due(event)
    assert notice.organisation_id == event.data.organisation_id
    told = said(templates, notice)
    assert told[0] == title
    assert "15.01.2027" in told[1]


def test_the_team_gets_reports_and_nobody_s_name_who_reported(templates: JinjaTemplates) -> None:
    notice = notices.of_reported_rating(sample("rating_reported"))
    assert (notice.role, notice.organisation_id, notice.link) == ("curator", None, "/pruefung/meldungen")
    assert said(templates, notice)[1].endswith("wurde gemeldet. Grund: Nennt Personen.")
    notice = notices.of_reported_message(sample("peer_message_reported"))
    assert (notice.role, said(templates, notice)[1].endswith("Grund: Werbung.")) == ("curator", True)


def test_who_rated_learns_of_answers_and_of_what_the_team_did(templates: JinjaTemplates) -> None:
    for notice in (
        notices.of_reply(sample("rating_replied")),
        notices.of_restored_rating(sample("rating_restored")),
        notices.of_hidden_rating(sample("rating_hidden"), "Mitfahrbank Digital"),
    ):
        assert notice.organisation_id == sample("rating_replied").data.organisation_id
        assert notice.link == "/loesungen/mitfahrbank-digital#bewertungen"
        assert "Mitfahrbank Digital" in said(templates, notice)[0]


def test_a_message_of_a_peer_is_announced_without_its_words(templates: JinjaTemplates) -> None:
    event = sample("peer_message_sent")
    notice = notices.of_peer_message(event)
    assert (notice.organisation_id, notice.link) == (
        event.data.to_organisation_id,
        f"/austausch/{event.data.thread_id}",
    )
    assert said(templates, notice)[0] == "Frage von Stadt Beispielstadt: „Mitfahrbank Digital“"
    answer = notices.of_peer_message(sample("peer_message_sent", answer=True))
    title, text = said(templates, answer)
    assert title == "Antwort von Stadt Beispielstadt: „Mitfahrbank Digital“"
    assert text.startswith("Stadt Beispielstadt hat Ihnen zu „Mitfahrbank Digital“ geantwortet.")
