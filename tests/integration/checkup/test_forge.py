"""Reaction to issues, asked of loopback servers that speak the APIs of the three kinds of forges."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from checkup.adapters import forge_client
from checkup.adapters.forge import Forge
from checkup.domain.measurement import Measurement, Origin, Status
from checkup.domain.run import Run, Trigger
from servicekit.addresses import allowed_origins
from servicekit.clock import FixedClock

from .conftest import serving

AS_OF = datetime(2026, 9, 1, tzinfo=UTC)
NOW = AS_OF + timedelta(hours=1)
Answer = Callable[[str, dict[str, str]], Any]


@dataclass
class Speaker:
    """A server that answers by a function of path and query: JSON, a status, or raw bytes."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def speaking(answer: Answer) -> Iterator[Speaker]:
    held = Speaker()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            split = urlsplit(self.path)
            held.asked.append(self.path)
            held.headers.append({name.lower(): value for name, value in self.headers.items()})
            said = answer(split.path, {name: values[0] for name, values in parse_qs(split.query).items()})
            status, body = (said, b"") if isinstance(said, int) else (200, said)
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given by the library
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        held.url = url
        yield held


def run_of(url: str) -> Run:
    return Run("r1", "s1", "app", 1, "o1", f"{url}/city/app.git", Trigger.REQUEST, None, AS_OF, AS_OF)


async def asked(speaker: Speaker, *, seconds: float = 10, tokens: dict[str, str] | None = None) -> Measurement:
    allowed = allowed_origins(speaker.url.removeprefix("http://"))
    forge = Forge(seconds=seconds, tokens=tokens or {}, allowed=allowed, clock=FixedClock(NOW))
    (found,) = (await forge.observe(run_of(speaker.url))).measurements
    assert (found.id, found.origin, found.observed_at) == ("C6", Origin.FORGE, NOW)
    return found


def at(days: float) -> str:
    return (AS_OF - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


ANN, BEN, BOT = {"login": "ann"}, {"login": "ben"}, {"login": "renovate[bot]", "type": "Bot"}
# number -> opened, closed (days before the reference date), who
ISSUES = {
    1: (100, 98, ANN),  # closed after two days, nobody said a word
    2: (90, None, ANN),  # answered after one day
    3: (80, 40, ANN),  # answered after ten days, closed later
    4: (70, None, ANN),  # answered by herself and a bot only: 70 days and counting
    5: (60, 20, ANN),  # answered after three days
    6: (3, None, ANN),  # too young to be judged
    7: (50, 49, BOT),  # opened by a bot
    8: (400, 399, ANN),  # of the year before
}
COMMENTS = [(2, 89, BEN), (3, 70, BEN), (3, 60, BEN), (4, 65, ANN), (4, 64, BOT), (5, 57, BEN)]


def github_like(prefix: str) -> Answer:
    def answer(path: str, query: dict[str, str]) -> Any:
        if path == f"{prefix}/repos/city/app/issues" and query["page"] == "1":
            entries = [
                {"number": n, "created_at": at(opened), "closed_at": closed and at(closed), "user": who}
                for n, (opened, closed, who) in ISSUES.items()
            ]
            return [
                *entries,
                {"number": 9, "created_at": at(9), "closed_at": at(9), "user": ANN, "pull_request": {"url": "x"}},
            ]
        if path == f"{prefix}/repos/city/app/issues/comments" and query["page"] == "1":
            return [
                {"issue_url": f"http://x/issues/{n}", "created_at": at(days), "user": who} for n, days, who in COMMENTS
            ]
        return 404

    return answer


def gitlab(path: str, query: dict[str, str]) -> Any:
    place = "/api/v4/projects/city%2Fapp/issues"

    def person(who: dict[str, str]) -> dict[str, str]:
        return {"username": who["login"]}

    if path == place:
        return [
            {"iid": n, "created_at": at(opened), "closed_at": closed and at(closed), "author": person(who)}
            for n, (opened, closed, who) in ISSUES.items()
        ]
    if path.startswith(place) and path.endswith("/notes"):
        number = int(path.split("/")[-2])
        system = [{"system": True, "created_at": at(399), "author": person(BEN)}]
        said = [(days, who) for n, days, who in COMMENTS if n == number]
        return system + [{"system": False, "created_at": at(days), "author": person(who)} for days, who in said]
    return 404


@pytest.mark.parametrize(
    "answer", [github_like("/api/v1"), github_like("/api/v3"), gitlab], ids=["forgejo", "ghe", "gitlab"]
)
async def test_reaction_and_closure_are_asked_in_each_dialect(answer: Answer) -> None:
    with speaking(answer) as speaker:
        found = await asked(speaker)
    assert found.status is Status.MEASURED, found.reason
    # reactions in days: 2, 1, 10, 70 (none yet), 3; the young, the bot's and the old one are left out
    assert found.raw == {"median_days": 3, "closed_share": 0.6, "issues": 5}
    assert "3,0 Tage über 5 Meldungen" in found.evidence[0].text
    assert "ann" not in repr(found)


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (lambda path, query: 404, Status.NOT_AVAILABLE, "Antwort 404"),
        (lambda path, query: 403, Status.NOT_AVAILABLE, "Begrenzung"),
        (lambda path, query: 429, Status.NOT_AVAILABLE, "Begrenzung"),
        (lambda path, query: 401, Status.NOT_AVAILABLE, "Anmeldung"),
        (lambda path, query: 302, Status.NOT_AVAILABLE, "Antwort 302"),
        (lambda path, query: 500, Status.NOT_AVAILABLE, "Antwort 500"),
        (lambda path, query: 410, Status.NOT_APPLICABLE, "keine Meldungen"),
        (lambda path, query: [], Status.NOT_APPLICABLE, "Nur 0 Meldungen"),
        (lambda path, query: {"message": "no list"}, Status.NOT_AVAILABLE, "nicht zu verstehen"),
        (lambda path, query: [{"number": 1}], Status.NOT_AVAILABLE, "nicht zu verstehen"),
        (lambda path, query: b"[" * 100_000, Status.NOT_AVAILABLE, "lesbaren Daten"),
        (lambda path, query: b"<html>", Status.NOT_AVAILABLE, "lesbaren Daten"),
    ],
)
async def test_a_forge_that_does_not_say_costs_nothing_but_the_metric(
    answer: Answer, status: Status, words: str
) -> None:
    with speaking(answer) as speaker:
        found = await asked(speaker)
    assert (found.status, words in str(found.reason)) == (status, True), found.reason


async def test_a_huge_answer_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forge_client, "MOST_BYTES", 1_000)
    with speaking(lambda path, query: b" " * 5_000_000) as speaker:
        assert "zu groß" in str((await asked(speaker)).reason)


async def test_a_forge_that_hangs_is_left() -> None:
    gate = threading.Event()

    def wait(path: str, query: dict[str, str]) -> Any:
        gate.wait(30)
        return []

    with speaking(wait) as speaker:
        try:
            assert "nicht in 0 Sekunden" in str((await asked(speaker, seconds=0.2)).reason)
        finally:
            gate.set()


async def test_endless_pages_end() -> None:
    page = [{"number": n, "created_at": at(1), "closed_at": None, "user": ANN, "pull_request": None} for n in range(50)]
    comment = {"issue_url": "http://x/issues/1", "created_at": at(1), "user": BEN}
    with speaking(lambda path, query: [comment] * 50 if path.endswith("comments") else page) as speaker:
        assert (await asked(speaker)).status is Status.NOT_APPLICABLE
    assert len(speaker.asked) == 8


async def test_a_token_is_never_sent_in_the_open() -> None:
    with speaking(github_like("/api/v1")) as speaker:
        await asked(speaker, tokens={"127.0.0.1": "secret"})
    assert all("authorization" not in headers for headers in speaker.headers)


async def test_addresses_are_guarded() -> None:
    forge = Forge(seconds=5, tokens={}, allowed=frozenset(), clock=FixedClock(NOW))
    for url in ("http://127.0.0.1:1", "https://169.254.169.254", "https://localhost"):
        (found,) = (await forge.observe(run_of(url))).measurements
        assert found.status is Status.NOT_AVAILABLE
