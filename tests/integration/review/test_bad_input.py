"""What the review answers to what it cannot take, word by word."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from servicekit.testing import wait

from .conftest import Arrival, Bus, Headers


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    return answer.status_code, body["slug"], body["detail"]


@pytest.fixture
async def case(bus: Bus, arrived: Arrival) -> dict[str, Any]:
    return await arrived(await bus.submit())


async def test_without_a_token_or_the_role_nothing_is_shown(
    api: httpx.AsyncClient, case: dict[str, Any], login: Callable[..., Headers]
) -> None:
    path = f"/cases/{case['id']}"
    assert problem(await api.get(path)) == (401, "not-authenticated", "log in: this needs a bearer token")
    stranger = login("demo-municipality")
    assert problem(await api.get("/cases", headers=stranger)) == (
        403,
        "missing-role",
        "this needs the role reviewer",
    )
    decision = {"decision": "approved"}
    assert problem(await api.post(f"{path}/decision", json=decision, headers=stranger))[1] == "missing-role"
    assert problem(await api.get(path, headers=stranger)) == (
        403,
        "foreign-organisation",
        "only the team and the provider may see this case",
    )
    malformed = {"Authorization": "Bearer nonsense"}
    assert problem(await api.get(path, headers=malformed)) == (
        401,
        "malformed-token",
        "the bearer token is not a JSON Web Token",
    )


async def test_what_is_not_there_is_not_found(api: httpx.AsyncClient, reviewer: Headers) -> None:
    missing = (404, "case-not-found", "there is no case nowhere")
    assert problem(await api.get("/cases/nowhere", headers=reviewer)) == missing
    assert (
        problem(await api.post("/cases/nowhere/decision", json={"decision": "rejected"}, headers=reviewer)) == missing
    )
    assert problem(await api.get("/solutions/nowhere/seal")) == (
        404,
        "seal-not-found",
        "no version of this solution has been approved",
    )
    assert problem(await api.get("/criteria", params={"version": "1999.1"})) == (
        404,
        "criteria-not-found",
        "there are no criteria of version 1999.1",
    )
    assert (await api.get("/solutions/nowhere/cases", headers=reviewer)).json()["items"] == []


async def test_an_own_solution_is_not_judged(
    api: httpx.AsyncClient, bus: Bus, case: dict[str, Any], reviewer: Headers, passes: list[dict[str, Any]]
) -> None:
    await bus.join("demo-reviewer")

    async def known() -> bool:
        return bool((await api.get("/cases", headers=reviewer)).json()["items"][0]["own_organisation"])

    await wait.until(known, message="the membership is known")
    body = {"decision": "approved", "findings": passes}
    assert problem(await api.post(f"/cases/{case['id']}/decision", json=body, headers=reviewer)) == (
        403,
        "own-organisation",
        "cannot approve: you are a member of Musterlösungen GmbH, which submitted this",
    )
    assert (await api.get(f"/cases/{case['id']}", headers=reviewer)).json()["audience"] == "provider"


async def test_findings_need_the_newest_version(
    api: httpx.AsyncClient, case: dict[str, Any], reviewer: Headers, passes: list[dict[str, Any]]
) -> None:
    path = f"/cases/{case['id']}/findings"
    body = {"findings": passes[:1]}
    assert problem(await api.put(path, json=body, headers=reviewer)) == (
        428,
        "if-match-required",
        "send If-Match with the ETag you last read",
    )
    assert (await api.put(path, json=body, headers={**reviewer, "If-Match": '"1"'})).status_code == 200
    assert problem(await api.put(path, json=body, headers={**reviewer, "If-Match": '"1"'})) == (
        412,
        "stale-version",
        "the case was changed meanwhile: you have version 1, current is 2",
    )
    stale = {**reviewer, "If-Match": '"1"'}
    decision = {"decision": "approved", "findings": passes}
    assert problem(await api.post(f"/cases/{case['id']}/decision", json=decision, headers=stale))[0] == 412
    broken = {**reviewer, "If-Match": "newest"}
    assert problem(await api.put(path, json=body, headers=broken))[:2] == (400, "malformed-if-match")


@pytest.mark.parametrize(
    ("finding", "field", "message"),
    [
        (
            {"criterion": "usability", "result": "pass"},
            "findings.0.result",
            "'usability' is a quality criterion: grade it 1 to 5",
        ),
        ({"criterion": "beauty", "result": 3}, "findings.0.criterion", "criteria 2026.1 have no 'beauty'"),
        (
            {"criterion": "usability", "result": 4, "colour": "blue"},
            "findings.0.colour",
            "Extra inputs are not permitted",
        ),
        ({"criterion": "usability"}, "findings.0.result", "Field required"),
        (
            {"criterion": "usability", "grade": 4, "finding": "x" * 2001},
            "findings.0.finding",
            "String should have at most 2000 characters",
        ),
    ],
)
async def test_a_finding_that_cannot_be_names_its_field(
    api: httpx.AsyncClient,
    case: dict[str, Any],
    reviewer: Headers,
    finding: dict[str, Any],
    field: str,
    message: str,
) -> None:
    answer = await api.put(
        f"/cases/{case['id']}/findings", json={"findings": [finding]}, headers={**reviewer, "If-Match": '"1"'}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": field, "message": message}]


@pytest.mark.parametrize("judgement", [{"grade": 6}, {"grade": "4"}, {"result": True}, {"result": "perfect"}])
async def test_a_judgement_off_the_scale_is_refused(
    api: httpx.AsyncClient, case: dict[str, Any], reviewer: Headers, judgement: dict[str, Any]
) -> None:
    answer = await api.put(
        f"/cases/{case['id']}/findings",
        json={"findings": [{"criterion": "usability", **judgement}]},
        headers={**reviewer, "If-Match": '"1"'},
    )
    assert problem(answer)[:2] == (422, "invalid-request")
    assert answer.json()["errors"][0]["field"].startswith("findings.0.result")


async def test_requests_with_the_wrong_shape_are_refused(
    api: httpx.AsyncClient, case: dict[str, Any], reviewer: Headers
) -> None:
    path = f"/cases/{case['id']}"
    as_json = {**reviewer, "Content-Type": "application/json"}
    unknown = await api.post(f"{path}/request-changes", json={"message": "x", "urgent": True}, headers=reviewer)
    assert unknown.json()["errors"] == [{"field": "urgent", "message": "Extra inputs are not permitted"}]
    maybe = await api.post(f"{path}/decision", json={"decision": "maybe"}, headers=reviewer)
    assert maybe.json()["errors"] == [{"field": "decision", "message": "Input should be 'approved' or 'rejected'"}]
    not_json = await api.post(f"{path}/decision", content=b"{", headers=as_json)
    assert problem(not_json)[:2] == (400, "malformed-json")
    long = await api.post(f"{path}/request-changes", json={"message": "x" * 5001}, headers=reviewer)
    assert long.json()["errors"][0] == {"field": "message", "message": "String should have at most 5000 characters"}
    huge = await api.post(f"{path}/request-changes", content=b"x" * 1_048_577, headers=as_json)
    assert problem(huge) == (413, "body-too-large", "the body exceeds 1048576 bytes")
    assert problem(await api.get("/cases", params={"state": "lost"}, headers=reviewer))[:2] == (422, "invalid-request")
    assert problem(await api.get("/cases", params={"cursor": "!!"}, headers=reviewer))[:2] == (400, "bad-cursor")
    foreign = "eyJwYWdlIjoyfQ"
    assert problem(await api.get("/cases", params={"cursor": foreign}, headers=reviewer)) == (
        400,
        "bad-cursor",
        "the cursor is not one that this service handed out",
    )


async def test_a_decision_that_the_rules_forbid_is_refused(
    api: httpx.AsyncClient, case: dict[str, Any], reviewer: Headers, passes: list[dict[str, Any]]
) -> None:
    path = f"/cases/{case['id']}"

    async def decide(decision: str, findings: list[dict[str, Any]]) -> tuple[int, str, str]:
        body = {"decision": decision, "findings": findings}
        return problem(await api.post(f"{path}/decision", json=body, headers=reviewer))

    assert await decide("approved", passes[:2]) == (
        409,
        "findings-incomplete",
        "cannot approve: operating_concept, german_material not judged yet",
    )
    assert (await decide("rejected", []))[1] == "findings-incomplete"
    failing = [{**passes[0], "result": "fail"}, *passes[1:]]
    assert await decide("approved", failing) == (
        409,
        "mandatory-failed",
        "cannot approve: municipal_fit not judged pass",
    )
    assert problem(await api.post(f"{path}/request-changes", json={}, headers=reviewer)) == (
        422,
        "nothing-to-change",
        "cannot request changes: write a message, or judge at least one criterion needs_work, fail or weak",
    )
    await api.post(f"{path}/request-changes", json={"message": "Bitte ergänzen"}, headers=reviewer)
    assert await decide("approved", passes) == (
        409,
        "awaiting-provider",
        "cannot approve: changes were requested in round 1, the provider has not resubmitted yet",
    )


async def test_a_closed_case_cannot_be_decided_again(
    api: httpx.AsyncClient, case: dict[str, Any], reviewer: Headers, passes: list[dict[str, Any]]
) -> None:
    body = {"decision": "approved", "findings": passes}
    path = f"/cases/{case['id']}/decision"
    assert (await api.post(path, json=body, headers=reviewer)).status_code == 200
    assert problem(await api.post(path, json=body, headers=reviewer)) == (
        409,
        "case-closed",
        "cannot approve: the case is already approved",
    )


async def test_a_malformed_event_is_set_aside_and_the_next_one_handled(bus: Bus, arrived: Arrival) -> None:
    good = bus.submission()
    broken = json.loads(good.to_bytes())
    del broken["data"]["organisation_id"]
    subject = f"events.catalog.solution_submitted.v1.{bus.solution_id}"
    await bus.js.publish(subject, json.dumps(broken).encode())
    await bus.publish(good)
    case = await arrived(await bus.submit())
    assert case["state"] == "open"

    async def set_aside() -> bool:
        return (await bus.js.stream_info("DLQ")).state.messages == 1

    await wait.until(set_aside)
    letter = await bus.js.get_msg("DLQ", (await bus.js.stream_info("DLQ")).state.last_seq)
    assert letter.headers is not None
    assert "data.organisation_id: Field required" in letter.headers["Dlq-Reason"]
    assert letter.headers["Dlq-Durable"] == "review-policies"
    await wait.until(bus.settled)
