"""What the other services report about a provider's solution, with little in it."""

from datetime import UTC, datetime

from contracts import catalog, checkup, review, search
from contracts.envelope import Event
from contracts.ids import uuid7

from .conftest import Provider


def decided(provider: Provider, decision: str) -> Event:
    now = datetime.now(UTC)
    data = {
        "case_id": uuid7(),
        "solution_id": provider.solution_id,
        "slug": "dorffunk",
        "solution_name": "DorfFunk",
        "version": 1,
        "organisation_id": provider.id,
        "decision": decision,
        "criteria_version": "2026.1",
        "decided_at": now,
    }
    checked = review.ReviewCompletedData.model_validate(data)
    return review.ReviewCompleted.new(checked, aggregate_id=provider.solution_id, time=now)


def published(provider: Provider) -> Event:
    now = datetime.now(UTC)
    data = {
        "solution_id": provider.solution_id,
        "slug": "dorffunk",
        "version": 1,
        "organisation_id": provider.id,
        "organisation_name": provider.name,
        "listing": {"name": "DorfFunk", "summary": "Kurz", "kind": "software", "fields_of_action": ["health"]},
        "published_at": now,
        "first_published_at": now,
    }
    checked = catalog.SolutionPublishedData.model_validate(data)
    return catalog.SolutionPublished.new(checked, aggregate_id=provider.solution_id, time=now)


def scored(provider: Provider, *, measurable: bool) -> Event:
    now = datetime.now(UTC)
    data = {
        "run_id": uuid7(),
        "solution_id": provider.solution_id,
        "slug": "dorffunk",
        "version": 1,
        "organisation_id": provider.id,
        "rubric_version": "2026.1",
        "as_of": now,
        "dimensions": [],
        "measurable": measurable,
        "finished_at": now,
    }
    checked = checkup.CheckupScoredData.model_validate(data)
    return checkup.CheckupScored.new(checked, aggregate_id=provider.solution_id, time=now)


def failed(provider: Provider) -> Event:
    now = datetime.now(UTC)
    data = checkup.CheckupFailedData(
        run_id=uuid7(),
        solution_id=provider.solution_id,
        slug="dorffunk",
        version=1,
        organisation_id=provider.id,
        reason="Das Repository ist nicht erreichbar.",
        kind="unreachable",
        failed_at=now,
    )
    return checkup.CheckupFailed.new(data, aggregate_id=provider.solution_id, time=now)


def rated(provider: Provider) -> Event:
    data = {
        "solution_id": provider.solution_id,
        "slug": "dorffunk",
        "solution_name": "DorfFunk",
        "provider_organisation_id": provider.id,
        "rating": {"organisation_id": uuid7(), "organisation_name": "Landkreis Musterland", "overall": 4},
        "summary": {"count": 1, "average": 4.0},
    }
    checked = catalog.RatingAddedData.model_validate(data)
    return catalog.RatingAdded.new(checked, aggregate_id=provider.solution_id, time=datetime.now(UTC))


def onboarded(provider: Provider) -> Event:
    data = {
        "organisation_id": provider.id,
        "name": provider.name,
        "kinds": ["provider"],
        "onboarded_at": datetime.now(UTC),
    }
    checked = catalog.OrganisationOnboardedData.model_validate(data)
    return catalog.OrganisationOnboarded.new(checked, aggregate_id=provider.id, time=datetime.now(UTC))


def alerted(user: str, *, name: str = "Mitfahrbänke") -> Event:
    now = datetime.now(UTC)
    match = {
        "solution_id": uuid7(),
        "slug": "comby",
        "name": "Comby",
        "summary": "Mitfahrbänke, digital verknüpft.",
        "reason": "new_listing",
        "at": now,
    }
    data = {
        "saved_search_id": uuid7(),
        "user": user,
        "name": name,
        "query": "q=Mitfahrbank",
        "frequency": "at_once",
        "matches": [match],
        "since": now,
        "until": now,
    }
    checked = search.SavedSearchAlertedData.model_validate(data)
    return search.SavedSearchAlerted.new(checked, aggregate_id=checked.saved_search_id, time=now)
