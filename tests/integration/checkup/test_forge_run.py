"""Reaction to issues (C6) in runs of a real worker process, whose repositories lie on forges of every kind and mood."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from checkup.settings import CheckupSettings
from checkup.testing.repositories import RepositoryMaker
from local_stack.demo.gitserver import GitRequest

from .conftest import Bus, Headers, running, serving
from .test_forge import AS_OF, Answer, github_like, gitlab
from .test_interruption import worker

NEVER = threading.Event()


def hangs(path: str, query: dict[str, str]) -> Any:
    NEVER.wait(30)
    return []


FORGES: Mapping[str, tuple[Answer, str, str]] = {
    "forgejo": (github_like("/api/v1"), "measured", ""),
    "gitlab": (gitlab, "measured", ""),
    "github": (github_like("/api/v3"), "measured", ""),
    "limited": (lambda path, query: 429, "not_available", "Begrenzung"),
    "forbidding": (lambda path, query: 403, "not_available", "Begrenzung"),
    "silent": (lambda path, query: 404, "not_available", "Antwort 404"),
    "babbling": (lambda path, query: b"{", "not_available", "lesbaren Daten"),
    "slow": (hangs, "not_available", "nicht in 2 Sekunden"),
}
"""By owner: how the API answers, and the status and words of C6 that follow."""


@pytest.fixture
def forge(tmp_path: Path, small_app: RepositoryMaker) -> Iterator[str]:
    """One server with the repositories `OWNER/app.git`, whose API answers for each owner in its own way."""
    folder = tmp_path / "forge"
    folder.mkdir()
    for owner in FORGES:
        small_app.make(folder / f"{owner}.git")

    class Handler(GitRequest):
        root = folder

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            if not split.path.startswith("/api/"):
                self.path = self.path.replace("/app.git/", ".git/")
                super().do_GET()
                return
            owner = next(each for each in FORGES if f"/{each}/" in split.path or f"/{each}%2F" in split.path)
            path = split.path.replace(f"/{owner}/", "/city/").replace(f"/{owner}%2F", "/city%2F")
            said = FORGES[owner][0](path, {name: values[0] for name, values in parse_qs(split.query).items()})
            status, body = (said, b"") if isinstance(said, int) else (200, said)
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            with suppress(ConnectionError):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def do_POST(self) -> None:
            self.path = self.path.replace("/app.git/", ".git/")
            super().do_POST()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given by the library
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        yield url
        NEVER.set()


async def test_a_worker_asks_every_kind_of_forge_and_none_costs_more_than_the_metric(
    settings: CheckupSettings, bus: Bus, forge: str, team: Headers
) -> None:
    allowed = settings.model_copy(update={"checkup_allow_local": forge.removeprefix("http://")})
    owners = {owner: Bus(bus.js) for owner in FORGES}
    async with worker(allowed, "--concurrency", "2", CHECKUP_FORGE_SECONDS="2"):
        for owner, one in owners.items():
            submission = one.submission(f"{forge}/{owner}/app.git")
            data = submission.data.model_copy(update={"submitted_at": AS_OF})
            await one.publish(submission.model_copy(update={"data": data}))
        events = await bus.heard(*["checkup_scored"] * len(FORGES), seconds=90)
    assert {event.data.solution_id for event in events} == {one.solution_id for one in owners.values()}
    async with running(settings) as api:
        for owner, (_, status, words) in FORGES.items():
            answer = await api.get(f"/solutions/{owners[owner].solution_id}", headers=team)
            report = answer.json()
            metrics = {metric["id"]: metric for each in report["dimensions"] for metric in each["metrics"]}
            found = metrics["C6"]
            assert (owner, found["status"], words in (found["reason"] or "")) == (owner, status, True)
            assert found["origin"] == "forge"
            if status == "measured":
                assert found["raw"] == {"median_days": 3, "closed_share": 0.6, "issues": 5}
            assert metrics["D7"]["status"] == "measured"
