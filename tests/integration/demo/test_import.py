"""The demo import on the whole running system: interrupted, resumed, repeated, and what a newcomer finds then."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from local_stack.demo import listings
from servicekit.testing import wait
from servicekit.testing.servers import log_in
from servicekit.testing.stack import Stack

RATED = tuple(rating.slug for rating in listings.RATINGS)
CHOSEN = {*listings.REPOSITORIES, *RATED, "landwohl", "podcast-kurz-und-wuerzig"}


@dataclass(frozen=True)
class System:
    """The running system, and the file with the few listings that this test imports."""

    stack: Stack
    gateway: str
    issuer: str
    few: Path

    def importing(self) -> subprocess.Popen[str]:
        """Start an import as `make run` does."""
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "local_stack.importing",
                self.gateway,
                self.issuer,
                str(self.stack.directory / "demo"),
            ],
            env={**os.environ, listings.LISTINGS_FILE: str(self.few)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def get(self, path: str, user: str | None = None, **params: Any) -> Any:
        headers = {"Authorization": f"Bearer {log_in(self.issuer, user)}"} if user else {}
        return httpx.get(f"{self.gateway}{path}", params=params, headers=headers, timeout=20).raise_for_status().json()

    def online(self) -> set[str]:
        """The slugs that everybody sees, each of them once."""
        page = self.get("/api/catalog/solutions", limit=100)
        counted = Counter(each["slug"] for each in page["items"])
        assert not counted or max(counted.values()) == 1
        return set(counted)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    directory = tmp_path_factory.mktemp("stack")
    few = directory / "few.json"
    records = [
        {"slug": each.slug, "provider": each.provider, "evidence": each.evidence, "listing": each.listing}
        for each in listings.load()
        if each.slug in CHOSEN
    ]
    few.write_text(json.dumps(records), encoding="utf-8")
    stack = Stack(directory)
    try:
        stack.start("--no-demo")
        status = stack.status()
        yield System(stack, status["gateway"], status["oidc"], few)
    finally:
        stack.stop()


def finished(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=150)
    assert process.returncode == 0, output
    return output


@pytest.mark.timeout(300)
async def test_an_interrupted_import_is_resumed_and_then_there_is_nothing_left_to_do(system: System) -> None:
    first = system.importing()
    await wait.until(lambda: asyncio.to_thread(system.online), timeout=120, message="a first listing is online")
    first.send_signal(signal.SIGINT)
    said, _ = await asyncio.to_thread(first.communicate, timeout=30)
    assert first.returncode in (0, 130), said  # 0 when it was finished just then

    output = await asyncio.to_thread(finished, system.importing())
    assert system.online() == CHOSEN
    assert f"{len(CHOSEN)} demo listings are online" in output or first.returncode == 0

    assert await asyncio.to_thread(finished, system.importing()) == ""
    assert system.online() == CHOSEN
    assert system.get("/api/search/solutions", size=1)["total"] == len(CHOSEN)


async def test_the_team_finds_one_case_to_judge_and_one_that_waits_for_the_provider(system: System) -> None:
    cases = system.get("/api/review/cases", "demo-reviewer", limit=100)["items"]
    assert Counter(each["slug"] for each in cases).most_common(1)[0][1] == 1
    states = {each["slug"]: each["state"] for each in cases}
    assert states.pop(listings.IN_REVIEW.slug) == "open"
    assert states.pop(listings.CHANGES_REQUESTED.slug) == "changes_requested"
    assert set(states.values()) == {"approved"}


async def test_the_provider_is_told_what_to_mend(system: System) -> None:
    async def told() -> list[dict[str, Any]]:
        page = await asyncio.to_thread(system.get, "/api/notify/inbox", "demo-provider")
        return [each for each in page["items"] if each["kind"] == "changes_requested"]

    (item,) = await wait.until(told, message="the provider was told")
    assert listings.CHANGES_REQUESTED.listing["name"] in item["title"]


async def test_every_checkup_has_ended_and_good_and_bad_differ(system: System) -> None:
    scores: dict[str, Any] = {}
    for slug in ("comby", "smart-green-5-0", "landwohl"):
        solution = system.get(f"/api/catalog/solutions/{slug}")
        runs = system.get(f"/api/checkup/solutions/{solution['id']}/runs", "demo-reviewer")["items"]
        assert runs[0]["state"] == "scored"
        report = system.get(f"/api/checkup/solutions/{solution['id']}", "demo-reviewer")
        scores[slug] = {each["dimension"]: each["score"] for each in report["dimensions"]}
    assert all(scores["comby"][name] > (score or 0) + 30 for name, score in scores["smart-green-5-0"].items())
    assert set(scores["landwohl"].values()) == {None}


async def test_the_demo_municipalities_have_rated_what_they_use(system: System) -> None:
    for slug in {rating.slug for rating in listings.RATINGS}:
        given = [rating.overall for rating in listings.RATINGS if rating.slug == slug]
        average = round(sum(given) / len(given), 1) if len(given) >= 3 else None
        summary = system.get(f"/api/catalog/solutions/{slug}/ratings")["summary"]
        assert (summary["count"], summary["average"]) == (len(given), average)
        used = system.get(f"/api/catalog/solutions/{slug}/deployments")
        uses = [use for use in listings.USES if use.slug == slug]
        named = {use.municipality.name for use in uses if use.visibility == "public"}
        assert {each["organisation_name"] for each in used["items"]} == named
        assert (used["confirmed"], used["unnamed"]) == (len(uses), len(uses) - len(named))
    comby = system.get("/api/catalog/solutions/comby/deployments")
    assert [claim["name"] for claim in comby["claims"]] == ["Landkreis Potsdam-Mittelmark"]


async def test_a_system_that_does_not_answer_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local_stack.importing", "http://127.0.0.1:9", "http://127.0.0.1:9", str(tmp_path)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "http://127.0.0.1:9 does not let the demo user demo-reviewer in" in done.stderr
    assert "Traceback" not in done.stderr
