"""Self-disclosure, manual checks, contradictions and contests, over HTTP and the bus."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from checkup.main import service
from checkup.settings import CheckupSettings
from checkup.testing.repositories import RepositoryMaker
from checkup.wiring import build
from contracts.checkup import ContestAnswered, ContradictionsFound, DisclosurePublished, ManualCheckCompleted
from contracts.listing import Listing
from servicekit.auth import BUCKET, Membership, membership_key
from servicekit.clock import FixedClock
from servicekit.testing import wait
from servicekit.testing.http import client

from .conftest import Bus, GitServer, Headers

Login = Callable[..., Headers]
REASON = "Das Zertifikat steht unter der genannten Adresse im Register."
IN_TEN_DAYS = f"{datetime.now(UTC) + timedelta(days=10):%Y-%m-%d}"
COMPLETE: dict[str, Any] = {
    "isms": {
        "value": ["c5"],
        "proof_url": "https://example.org/c5",
        "valid_until": IN_TEN_DAYS,
    },
    "isms_scope": {"value": "Betrieb <b>der</b> Plattform"},
    "personal_data": {"value": "no"},
    "hosting_location": {"value": "germany"},
    "wcag_level": {"value": "none"},
    "maintained": {"value": "active"},
    "data_export": {"value": "yes"},
    "incident_contact": {"value": "https://example.org/notfall"},
}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
async def api(settings: CheckupSettings, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    timed = replace(service, build=partial(build, clock=clock))
    async with client(timed.app(settings)) as http:
        yield http


@pytest.fixture
async def editor(bus: Bus, login: Login) -> Headers:
    entry = Membership(
        user="demo-editor", organisation_id=bus.organisation_id, organisation_name="Musterlösungen GmbH", role="editor"
    )
    bucket = await bus.js.key_value(BUCKET)
    await bucket.put(membership_key("demo-editor", bus.organisation_id), entry.model_dump_json().encode())
    return login("demo-editor")


@pytest.fixture
def reviewer(login: Login) -> Headers:
    return login("demo-reviewer", "reviewer")


class Desk:
    """What the tests do again and again."""

    def __init__(self, api: httpx.AsyncClient, bus: Bus, editor: Headers, reviewer: Headers) -> None:
        self.api, self.editor, self.reviewer = api, editor, reviewer
        self.base = f"/solutions/{bus.solution_id}"
        self.bus = bus

    async def draft(self) -> tuple[dict[str, Any], str]:
        async def known() -> httpx.Response:
            answer = await self.api.get(f"{self.base}/disclosure/draft", headers=self.editor)
            assert answer.status_code == 200, answer.text
            return answer

        found = await wait.until(known, message="the solution and the membership are known")
        return found.json(), found.headers["etag"]

    async def save(self, answers: dict[str, Any], **headers: str) -> httpx.Response:
        _, tag = await self.draft()
        return await self.api.put(
            f"{self.base}/disclosure/draft",
            json={"answers": answers},
            headers={**self.editor, "If-Match": tag, **headers},
        )

    async def publish(self, answers: dict[str, Any]) -> dict[str, Any]:
        saved = await self.save(answers)
        assert saved.status_code == 200, saved.text
        done = await self.api.post(
            f"{self.base}/disclosure/publish", headers={**self.editor, "If-Match": saved.headers["etag"]}
        )
        assert done.status_code == 200, done.text
        body: dict[str, Any] = done.json()
        return body

    async def check(self, *items: dict[str, Any]) -> dict[str, Any]:
        begun = await self.api.post(f"{self.base}/manual-checks", headers=self.reviewer)
        assert begun.status_code == 201, begun.text
        place = f"/manual-checks/{begun.json()['id']}"
        saved = await self.api.put(
            place, json={"items": list(items)}, headers={**self.reviewer, "If-Match": begun.headers["etag"]}
        )
        assert saved.status_code == 200, saved.text
        done = await self.api.post(f"{place}/complete", headers={**self.reviewer, "If-Match": saved.headers["etag"]})
        assert done.status_code == 200, done.text
        body: dict[str, Any] = done.json()
        return body

    async def sources(self, headers: Headers | None = None) -> dict[str, Any]:
        answer = await self.api.get(f"{self.base}/sources", headers=headers or {})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def contest(self, kind: str, finding: str, reason: str = REASON) -> httpx.Response:
        body = {"kind": kind, "finding": finding, "reason": reason}
        return await self.api.post(f"{self.base}/contests", json=body, headers=self.editor)

    async def said(self, kind: type[Any], count: int = 1) -> list[Any]:
        async def heard() -> list[Any]:
            events = [event for event in await self.bus.stored() if isinstance(event, kind)]
            assert len(events) == count, [event.name for event in await self.bus.stored()]
            return events

        return await wait.until(heard, message=f"{count} {kind.__name__}")


@pytest.fixture
async def desk(api: httpx.AsyncClient, bus: Bus, editor: Headers, reviewer: Headers) -> Desk:
    await bus.submit(None)
    return Desk(api, bus, editor, reviewer)


async def test_a_disclosure_is_drafted_published_verified_and_expires(
    desk: Desk, bus: Bus, clock: FixedClock, api: httpx.AsyncClient
) -> None:
    empty, tag = await desk.draft()
    assert (tag, empty["drafted"], "isms" in empty["missing"], empty["proposals"]) == ('"0"', False, True, {})
    published = await desk.publish(COMPLETE)
    assert (published["published"]["number"], published["drafted"], published["missing"]) == (1, False, [])
    (event,) = await desk.said(DisclosurePublished)
    assert {each.topic: each.stage for each in event.data.topics}["it_security"] == "evidenced"
    assert event.actor == "demo-editor"

    await bus.go_online()
    await wait.until(bus.settled)
    security = {each["id"]: each for each in (await desk.sources())["topics"]}["it_security"]
    assert (security["declared"]["version"], security["declared"]["stage"]["stage"]) == (1, "evidenced")
    answers = {each["question"]: each for each in security["declared"]["answers"]}
    assert (answers["isms"]["label_de"], answers["isms"]["stage"]) == ("BSI C5 Testat", "evidenced")
    assert "incident_contact" not in answers, "not for the public"
    owner = {each["id"]: each for each in (await desk.sources(desk.editor))["topics"]}["it_security"]
    assert "incident_contact" in {each["question"] for each in owner["declared"]["answers"]}

    place = f"{desk.base}/disclosure/verifications/isms"
    body = {"version": 1, "confirmed": True}
    assert (await api.put(place, json=body, headers=desk.editor)).status_code == 403
    assert (await api.put(place, json=body, headers=desk.reviewer)).status_code == 204
    verified = {each["id"]: each for each in (await desk.sources())["topics"]}["it_security"]
    assert verified["declared"]["stage"]["stage"] == "verified"

    clock.advance(timedelta(days=11))
    expired = {each["id"]: each for each in (await desk.sources())["topics"]}["it_security"]
    assert expired["declared"]["stage"] == {**expired["declared"]["stage"], "stage": "declared", "expired": 1}
    assert {a["question"]: a["stage"] for a in expired["declared"]["answers"]}["isms"] == "expired"

    changed = {**COMPLETE, "isms": {"value": ["none"]}}
    again = await desk.publish(changed)
    assert (again["published"]["number"], "isms_scope" in again["answers"]) == (2, False)
    first = (await api.get(f"{desk.base}/disclosure/versions/1", headers=desk.reviewer)).json()
    assert first["answers"]["isms"]["value"] == ["c5"]
    assert (await api.get(f"{desk.base}/disclosure/versions/3", headers=desk.reviewer)).status_code == 404
    assert (await api.get(f"{desk.base}/disclosure/versions/1")).status_code == 401


async def test_two_editors_do_not_overwrite_each_other(desk: Desk, api: httpx.AsyncClient) -> None:
    _, tag = await desk.draft()
    place, headers = f"{desk.base}/disclosure/draft", {**desk.editor, "If-Match": tag}
    answers = [
        await api.put(place, json={"answers": {"sbom": {"value": value}}}, headers=headers) for value in ("yes", "no")
    ]
    assert [each.status_code for each in answers] == [200, 412]
    assert answers[1].json()["slug"] == "stale-version"
    missing = await api.put(place, json={"answers": {}}, headers=desk.editor)
    assert missing.status_code == 428
    headers["If-Match"] = answers[0].headers["etag"]
    both = await asyncio.gather(
        *(api.put(place, json={"answers": {"sbom": {"value": v}}}, headers=headers) for v in ("no", "no"))
    )
    assert sorted(each.status_code for each in both) in ([200, 200], [200, 412])  # the same content may be saved twice


@pytest.mark.parametrize(
    ("answers", "slug"),
    [
        ({"nonsense": {"value": "yes"}}, "invalid-answers"),
        ({"exit_plan": {"value": "x" * 10_000}}, "invalid-answers"),
        ({"sbom": {"value": "yes", "proof_url": "http://example.org"}}, "invalid-answers"),
        ({"sbom": {"value": {"a": 1}}}, "invalid-request"),
        ({"sbom": {}}, "invalid-request"),
    ],
)
async def test_bad_answers_are_refused_with_words(desk: Desk, answers: dict[str, Any], slug: str) -> None:
    refused = await desk.save(answers)
    assert (refused.status_code, refused.json()["slug"]) == (422, slug)
    assert refused.json()["errors"]


async def test_strangers_get_nowhere(desk: Desk, api: httpx.AsyncClient, login: Login) -> None:
    await desk.draft()
    eve = login("eve")
    for method, path, body in (
        ("GET", "/disclosure/draft", None),
        ("PUT", "/disclosure/draft", {"answers": {}}),
        ("POST", "/disclosure/publish", None),
        ("GET", "/manual-checks", None),
        ("POST", "/manual-checks", None),
        ("GET", "/contests", None),
        ("POST", "/contests", {"kind": "metric", "finding": "C1", "reason": REASON}),
        ("GET", "/audit", None),
    ):
        refused = await api.request(method, desk.base + path, json=body, headers={**eve, "If-Match": '"0"'})
        assert refused.status_code == 403, path
    assert (await api.get(f"{desk.base}/sources", headers=eve)).status_code == 404, "nothing is online"
    assert (await api.get("/contests", headers=eve)).status_code == 403
    assert (await api.post("/solutions/nowhere/manual-checks", headers=desk.reviewer)).status_code == 404


async def test_a_check_is_worked_completed_and_half_trusted_after_a_year(
    desk: Desk, bus: Bus, clock: FixedClock, api: httpx.AsyncClient
) -> None:
    await desk.draft()
    done = await desk.check(
        {"item": "keyboard", "result": "failed", "finding": "Kein Fokus im Kalender"},
        {"item": "demo_control", "grade": 3},
    )
    assert (done["state"], done["confidence"], done["number"]) == ("completed", 1.0, 1)
    (event,) = await desk.said(ManualCheckCompleted)
    counts = {each.topic: (each.passed, each.failed) for each in event.data.topics}
    assert (counts["accessibility"], counts["demo"]) == ((0, 1), (1, 0))
    refused = await api.put(
        f"/manual-checks/{done['id']}", json={"items": []}, headers={**desk.reviewer, "If-Match": '"3"'}
    )
    assert refused.json()["slug"] == "check-completed"

    await bus.go_online()
    await wait.until(bus.settled)
    seen = await desk.sources()
    assert {one["item"]: one["finding"] for one in seen["check"]["findings"]}["keyboard"] == "Kein Fokus im Kalender"
    clock.advance(timedelta(days=400))
    assert (await desk.sources())["check"]["confidence"] == 0.5

    begun = await api.post(f"{desk.base}/manual-checks", headers=desk.reviewer)
    second = await api.post(f"{desk.base}/manual-checks", headers=desk.reviewer)
    assert (begun.json()["number"], second.status_code, second.json()["slug"]) == (2, 409, "check-in-progress")
    hidden = await api.get(f"/manual-checks/{begun.json()['id']}", headers=desk.editor)
    assert hidden.status_code == 403, "an open check is the team's"
    listed = (await api.get(f"{desk.base}/manual-checks", headers=desk.editor)).json()
    assert [each["number"] for each in listed["items"]] == [1]


async def test_a_contradiction_is_the_providers_for_a_month_then_everybodys(
    desk: Desk, bus: Bus, clock: FixedClock
) -> None:
    await desk.draft()
    await bus.go_online()
    await desk.publish(COMPLETE)
    await desk.check({"item": "export_tried", "result": "failed", "finding": "Die Datei war leer"})
    (event,) = await desk.said(ContradictionsFound)
    assert [each.rule for each in event.data.contradictions] == ["export_refuted"]
    assert event.data.public_from - event.data.found_at == timedelta(days=30)
    (mine,) = (await desk.sources(desk.editor))["contradictions"]
    assert (mine["phase"], mine["claim"]["source"], mine["against"]["source"]) == ("waiting", "declared", "checked")
    assert "Die Datei war leer" in mine["against"]["label_de"]
    assert (await desk.sources())["contradictions"] == []
    clock.advance(timedelta(days=31))
    (public,) = (await desk.sources())["contradictions"]
    assert (public["rule"], public["phase"]) == ("export_refuted", "open")


async def test_a_contest_goes_back_and_forth_and_stays_visible(
    desk: Desk, bus: Bus, api: httpx.AsyncClient, clock: FixedClock
) -> None:
    await desk.draft()
    await bus.go_online()
    await desk.publish(COMPLETE)
    await desk.check(
        {"item": "export_tried", "result": "failed", "finding": "Die Datei war leer"},
        {"item": "zoom", "result": "failed", "finding": "Abgeschnitten"},
    )
    assert (await desk.contest("manual", "keyboard")).json()["slug"] == "finding-not-found"
    assert (await desk.contest("metric", "C1")).status_code == 201
    opened = await desk.contest("contradiction", "export_refuted")
    assert opened.status_code == 201, opened.text
    assert (await desk.contest("contradiction", "export_refuted")).json()["slug"] == "already-contested"
    zoom = await desk.contest("manual", "zoom", reason="<script>alert(1)</script> stimmt nicht")
    waiting = (await api.get("/contests", headers=desk.reviewer)).json()
    assert {each["finding"] for each in waiting["items"]} >= {"export_refuted", "zoom"}

    clock.advance(timedelta(minutes=1))
    answer = {"decision": "rejected", "answer": "Die Ausfuhr war auch beim zweiten Versuch leer."}
    place = f"/contests/{opened.json()['id']}/answer"
    assert (await api.post(place, json=answer, headers=desk.editor)).status_code == 403
    assert (await api.post(place, json=answer, headers=desk.reviewer)).json()["state"] == "rejected"
    assert (await api.post(place, json=answer, headers=desk.reviewer)).json()["slug"] == "contest-closed"
    corrected = {"decision": "corrected", "answer": "Am Gerät des Anbieters nachgestellt, es stimmt."}
    await api.post(f"/contests/{zoom.json()['id']}/answer", json=corrected, headers=desk.reviewer)
    events = await desk.said(ContestAnswered, 2)
    assert [(event.data.kind, event.data.accepted, event.data.outcome) for event in events] == [
        ("contradiction", False, None),
        ("manual", True, "corrected"),
    ]

    await wait.until(bus.settled)
    seen = await desk.sources()
    (upheld,) = seen["contradictions"]
    assert (upheld["phase"], upheld["contest"]["answer"]) == ("upheld", answer["answer"]), "decided: public at once"
    assert {each["finding"]: each["state"] for each in seen["contests"]}["zoom"] == "accepted"

    trail = (await api.get(f"{desk.base}/audit?limit=100", headers=desk.editor)).json()
    told = [(each["action"], each["actor"]) for each in trail["items"]]
    assert ("contest_accepted", "team") in told
    assert ("disclosure_published", "demo-editor") in told
    assert ("contradiction_found", None) in told
    assert not {"check_saved", "check_opened"} & {action for action, _ in told}
    team = (await api.get(f"{desk.base}/audit?limit=2", headers=desk.reviewer)).json()
    assert team["items"][0]["actor"] == "demo-reviewer"
    assert team["items"][0]["changes"] == [{"what": "state", "before": "open", "after": "accepted: corrected"}]
    more = await api.get(
        f"{desk.base}/audit", params={"limit": 2, "cursor": team["next_cursor"]}, headers=desk.reviewer
    )
    assert more.json()["items"][0] not in team["items"]


async def test_what_the_listing_says_is_compared_too(desk: Desk, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    """The listing claims WCAG AA, the self-disclosure of the same provider does not."""

    def listing(self: Bus, *_: object, **__: object) -> Listing:
        plain = {"name": "Dorfportal", "summary": "Nachrichten", "kind": "software", "fields_of_action": ["health"]}
        return Listing.model_validate({**plain, "accessibility_level": "wcag_aa", "hosting_location": "germany"})

    monkeypatch.setattr(Bus, "listing", listing)
    await bus.submit(None, version=2)
    await wait.until(bus.settled)
    found, _ = await desk.draft()
    assert found["proposals"] == {"wcag_level": "aa", "hosting_location": "germany"}
    await desk.publish(COMPLETE)
    (event,) = await desk.said(ContradictionsFound)
    assert [each.rule for each in event.data.contradictions] == ["accessibility_level_disagrees"]


async def test_credentials_that_the_team_confirmed_cap_code_quality_at_once(
    desk: Desk,
    api: httpx.AsyncClient,
    bus: Bus,
    git_server: GitServer,
    small_app: RepositoryMaker,
    team: Headers,
    clock: FixedClock,
) -> None:
    async def quality() -> tuple[int, list[str], str]:
        report = (await api.get(desk.base, headers=team)).json()
        found = report["dimensions"][-1]
        return found["score"], [cap["id"] for cap in found["caps"]], report["run_id"]

    async def now_is(score: int, caps: list[str]) -> bool:
        return (await quality())[:2] == (score, caps)

    await bus.submit(git_server.add("app", small_app), round_=2)
    await bus.heard("checkup_scored", "checkup_scored")
    free, caps, first = await quality()
    assert free > 40
    assert caps == []
    asked = len(git_server.asked)
    clock.advance(timedelta(minutes=1))
    failed = {"item": "credentials", "result": "failed", "finding": "src/portal/steps.py: Schlüssel gilt noch"}
    await desk.check(failed)
    await wait.until(partial(now_is, 40, ["confirmed_secret"]), message="code quality is capped")
    capped = (await quality())[2]
    runs = (await api.get(f"{desk.base}/runs", headers=team)).json()["items"]
    assert [(run["id"], run["trigger"]) for run in runs][:2] == [(capped, "rescore"), (first, "submission")]
    clock.advance(timedelta(minutes=1))
    await desk.check({"item": "credentials", "result": "passed"})
    await wait.until(partial(now_is, free, []), message="the cap has ended")
    await desk.check({"item": "credentials", "result": "passed"})
    await wait.until(bus.settled)
    assert len((await api.get(f"{desk.base}/runs", headers=team)).json()["items"]) == 4
    assert len(git_server.asked) == asked  # nothing was cloned again
