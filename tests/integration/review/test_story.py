"""A submission on its way through the review, over HTTP and the bus."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
from contracts.review import ChangesRequested, ReviewCompleted, ReviewOpened
from review.settings import ReviewSettings
from servicekit.testing import wait

from .conftest import Arrival, Bus, Headers, running


async def test_a_submission_is_reviewed_changed_and_approved(
    api: httpx.AsyncClient, bus: Bus, reviewer: Headers, arrived: Arrival, passes: list[dict[str, Any]]
) -> None:
    case = await arrived(await bus.submit())
    path = f"/cases/{case['id']}"
    assert (case["state"], case["round"], case["revision"]) == ("open", 1, 1)
    assert case["listing"]["name"] == "DorfFunk"
    opened = (await bus.heard("review_opened"))[0]
    assert isinstance(opened, ReviewOpened)
    assert (opened.subject, opened.data.case_id, opened.data.round) == (bus.solution_id, case["id"], 1)
    assert (opened.correlationid, opened.actor) == ("corr-submit", "demo-provider")

    draft = {"findings": [{"criterion": "german_material", "result": "needs_work", "finding": "Handbuch fehlt"}]}
    saved = await api.put(f"{path}/findings", json=draft, headers={**reviewer, "If-Match": '"1"'})
    assert (saved.status_code, saved.headers["etag"]) == (200, '"2"')
    asked = await api.post(f"{path}/request-changes", json={"message": "Bitte ergänzen"}, headers=reviewer)
    assert (asked.status_code, asked.json()["state"]) == (200, "changes_requested")
    requested = (await bus.heard("review_opened", "changes_requested"))[1]
    assert isinstance(requested, ChangesRequested)
    assert requested.actor == "demo-reviewer"
    assert requested.data.message == "Bitte ergänzen"
    assert [finding.model_dump() for finding in requested.data.findings] == [
        {
            "criterion": "german_material",
            "title": "Aussagekräftiges Informationsmaterial auf Deutsch",
            "result": "needs_work",
            "grade": None,
            "finding": "Handbuch fehlt",
        }
    ]

    await bus.submit(round_=2, information_material_urls=["https://example.org/handbuch.pdf"])
    await bus.heard("review_opened", "changes_requested", "review_opened")
    again = await arrived(case["id"])
    assert (again["state"], again["round"], again["findings"]) == ("open", 2, [])
    assert again["changes"] == [
        {"field": "information_material_urls", "before": [], "after": ["https://example.org/handbuch.pdf"]}
    ]
    assert again["rounds"][0]["findings"][0]["finding"] == "Handbuch fehlt"

    decision = {"decision": "approved", "findings": [*passes, {"criterion": "usability", "grade": 4, "finding": "gut"}]}
    decided = await api.post(f"{path}/decision", json=decision, headers=reviewer)
    assert decided.status_code == 200, decided.text
    assert (decided.json()["state"], decided.json()["seal"]["quality"]["usability"]) == ("approved", 4)
    completed = (await bus.heard("review_opened", "changes_requested", "review_opened", "review_completed"))[3]
    assert isinstance(completed, ReviewCompleted)
    assert completed.data.decision == "approved"
    assert completed.data.seal is not None
    assert set(completed.data.seal.mandatory) == {finding["criterion"] for finding in passes}
    assert [entry["action"] for entry in decided.json()["audit"]] == [
        "opened",
        "findings_saved",
        "changes_requested",
        "resubmitted",
        "approved",
    ]
    seal = await api.get(f"/solutions/{bus.solution_id}/seal")
    assert seal.json() == completed.data.seal.model_dump(mode="json")


async def test_a_rejection_carries_the_seal_of_the_earlier_version(
    api: httpx.AsyncClient, bus: Bus, reviewer: Headers, arrived: Arrival, passes: list[dict[str, Any]]
) -> None:
    first = await arrived(await bus.submit())
    await api.post(
        f"/cases/{first['id']}/decision", json={"decision": "approved", "findings": passes}, headers=reviewer
    )
    second = await arrived(await bus.submit(version=2, summary="Neue Fassung"))
    assert second["compared_with"] == "version 1"
    assert [change["field"] for change in second["changes"]] == ["summary"]
    failing = [{"criterion": "municipal_fit", "result": "fail", "finding": "kein Bezug mehr"}, *passes[1:]]
    rejected = await api.post(
        f"/cases/{second['id']}/decision",
        json={"decision": "rejected", "message": "Leider nein", "findings": failing},
        headers=reviewer,
    )
    assert rejected.json()["state"] == "rejected"
    events = await bus.heard("review_opened", "review_completed", "review_opened", "review_completed")
    completed = events[3]
    assert isinstance(completed, ReviewCompleted)
    assert (completed.data.version, completed.data.decision) == (2, "rejected")
    assert completed.data.seal is not None
    assert completed.data.seal.solution_version == 1
    listed = (await api.get(f"/solutions/{bus.solution_id}/cases", headers=reviewer)).json()
    assert [(item["version"], item["state"]) for item in listed["items"]] == [(2, "rejected"), (1, "approved")]


async def test_a_withdrawn_solution_leaves_the_queue_and_may_come_back(
    api: httpx.AsyncClient, bus: Bus, arrived: Arrival
) -> None:
    case = await arrived(await bus.submit())
    await bus.delist("suspended")
    await bus.delist("withdrawn")

    async def withdrawn() -> bool:
        return bool((await arrived(case["id"]))["state"] == "withdrawn")

    await wait.until(withdrawn)
    closed = await arrived(case["id"])
    assert closed["audit"][-1] == {
        "at": closed["audit"][-1]["at"],
        "actor": "demo-provider",
        "action": "withdrawn",
        "detail": "Angebot eingestellt",
    }
    await bus.submit(round_=2)
    await bus.heard("review_opened", "review_opened")
    assert (await arrived(case["id"]))["state"] == "open"


async def test_the_same_event_again_opens_nothing_twice(bus: Bus, arrived: Arrival) -> None:
    event = bus.submission()
    await bus.publish(event)
    await bus.publish(event.model_copy(update={"id": f"{event.id}-again"}))
    await wait.until(bus.settled)
    case = await arrived(await bus.submit(round_=1))
    await wait.until(bus.settled)
    assert case["revision"] == 1
    await bus.heard("review_opened")


async def test_a_decision_survives_a_restart_and_is_told_once(
    settings: ReviewSettings, bus: Bus, reviewer: Headers, passes: list[dict[str, Any]], login: Callable[..., Headers]
) -> None:
    case = await bus.submit()
    key = {**reviewer, "Idempotency-Key": "decide-once"}
    body = {"decision": "approved", "findings": passes}
    async with running(settings) as first:

        async def open_case() -> bool:
            return (await first.get(f"/cases/{case}", headers=reviewer)).status_code == 200

        await wait.until(open_case)
        answer = await first.post(f"/cases/{case}/decision", json=body, headers=key)
    async with running(settings) as second:
        repeated = await second.post(f"/cases/{case}/decision", json=body, headers=key)
        assert (repeated.status_code, repeated.json()) == (200, answer.json())
        assert repeated.headers["etag"] == answer.headers["etag"]
        await bus.heard("review_opened", "review_completed")


async def test_of_two_reviewers_at_once_one_decides(
    api: httpx.AsyncClient,
    bus: Bus,
    login: Callable[..., Headers],
    arrived: Arrival,
    passes: list[dict[str, Any]],
) -> None:
    case = await arrived(await bus.submit())
    body = {"decision": "approved", "findings": passes}
    reviewers = [login(f"reviewer-{number}", "reviewer") for number in range(4)]
    answers = await asyncio.gather(
        *(api.post(f"/cases/{case['id']}/decision", json=body, headers=headers) for headers in reviewers)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json()["slug"] for answer in answers if answer.status_code == 409} == {"case-closed"}
    await bus.heard("review_opened", "review_completed")
