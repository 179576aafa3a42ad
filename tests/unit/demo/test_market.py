"""The importer's client: patient with a busy system, clear about a refusal."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from local_stack.demo import market as module
from local_stack.demo.market import ImportFailed, Market, Refused

Answer = httpx.Response | Exception


class Gateway:
    """Answers one after the other and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers: Iterator[Answer] = iter(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


def ok(body: Any = None) -> httpx.Response:
    return httpx.Response(200, json=body or {})


def problem(status: int, slug: str, detail: str = "no", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"slug": slug, "detail": detail}, headers=headers)


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    given: list[str] = []

    def log_in(_issuer: str, user: str) -> str:
        given.append(user)
        return f"token-{len(given)}"

    monkeypatch.setattr(module, "log_in", log_in)
    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(module, "LONGEST_PAUSE_SECONDS", 0.01)
    return given


@pytest.fixture
def connected(tokens: list[str]) -> Callable[..., Market]:
    def connect(gateway: Gateway, patience: float = 5.0) -> Market:
        client = httpx.AsyncClient(base_url="http://gateway", transport=httpx.MockTransport(gateway))
        return Market(client, "http://issuer", patience)

    return connect


async def test_a_busy_system_is_asked_again(connected: Callable[..., Market]) -> None:
    gateway = Gateway(
        httpx.ConnectError("refused"),
        problem(503, "search-unavailable", **{"Retry-After": "1"}),
        problem(409, "request-in-progress"),
        ok({"id": 1}),
    )
    assert await connected(gateway).post("demo-importer", "/x", {"a": 1}, key="k") == {"id": 1}
    keys = {request.headers["Idempotency-Key"] for request in gateway.requests}
    assert len(gateway.requests) == 4
    assert len(keys) == 1


async def test_the_key_depends_on_what_is_asked_and_is_plain_ascii(connected: Callable[..., Market]) -> None:
    gateway = Gateway(ok(), ok(), ok())
    market = connected(gateway)
    await market.post("demo-importer", "/x", {"a": 1}, key="Landkreis Lörrach")
    await market.post("demo-importer", "/x", {"a": 2}, key="Landkreis Lörrach")
    await market.post("demo-importer", "/x", {"a": 1}, key="Landkreis Lörrach")
    first, second, third = (request.headers["Idempotency-Key"] for request in gateway.requests)
    assert first == third != second
    assert first.isascii()


async def test_a_refusal_says_why(connected: Callable[..., Market]) -> None:
    body = {"slug": "invalid", "detail": "the body is wrong", "errors": [{"field": "name", "message": "is missing"}]}
    with pytest.raises(Refused, match=r"POST /x: 422 the body is wrong \(name: is missing\)") as refused:
        await connected(Gateway(httpx.Response(422, json=body))).post("demo-importer", "/x", key="k")
    assert (refused.value.status, refused.value.slug) == (422, "invalid")


async def test_an_expired_token_is_renewed_once(connected: Callable[..., Market], tokens: list[str]) -> None:
    gateway = Gateway(problem(401, "unauthenticated"), ok(), problem(401, "unauthenticated"))
    market = connected(gateway)
    await market.get("demo-reviewer", "/x")
    assert [request.headers["Authorization"] for request in gateway.requests] == ["Bearer token-1", "Bearer token-2"]
    assert tokens == ["demo-reviewer", "demo-reviewer"]
    with pytest.raises(Refused):
        await connected(Gateway(*[problem(401, "unauthenticated")] * 2)).get("demo-reviewer", "/x")


async def test_the_public_is_asked_without_a_token(connected: Callable[..., Market], tokens: list[str]) -> None:
    gateway = Gateway(ok())
    await connected(gateway).get(None, "/x")
    assert "Authorization" not in gateway.requests[0].headers
    assert tokens == []


async def test_patience_ends_with_the_last_problem(connected: Callable[..., Market]) -> None:
    gateway = Gateway(*[problem(503, "search-unavailable", "the engine is down")] * 1000)
    with pytest.raises(ImportFailed, match=r"GET /x is not answered: GET /x: 503 the engine is down"):
        await connected(gateway, patience=0.05).get(None, "/x")

    async def never() -> None:
        return None

    with pytest.raises(ImportFailed, match=r"not within 0.05 s: the moon"):
        await connected(gateway, patience=0.05).until("the moon", never)


async def test_all_pages_are_read(connected: Callable[..., Market]) -> None:
    gateway = Gateway(ok({"items": [{"n": 1}], "next_cursor": "abc"}), ok({"items": [{"n": 2}], "next_cursor": None}))
    assert await connected(gateway).pages(None, "/x") == [{"n": 1}, {"n": 2}]
    assert gateway.requests[1].url.params["cursor"] == "abc"


async def test_a_log_in_that_fails_is_explained(
    connected: Callable[..., Market], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(issuer: str, user: str) -> str:
        raise RuntimeError(f"{issuer} did not log {user} in: 400")

    monkeypatch.setattr(module, "log_in", refuse)
    with pytest.raises(ImportFailed, match="does not let the demo user demo-reviewer in"):
        await connected(Gateway()).get("demo-reviewer", "/x")


async def test_a_slow_log_in_is_tried_again(connected: Callable[..., Market], monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def slow(_issuer: str, user: str) -> str:
        tried.append(user)
        if len(tried) < 3:
            raise httpx.ReadTimeout("timed out")
        return "token"

    monkeypatch.setattr(module, "log_in", slow)
    monkeypatch.setattr(module, "LOG_IN_PAUSES_SECONDS", (0.0, 0.0, 0.0))
    await connected(Gateway(ok())).get("demo-reviewer", "/x")
    assert len(tried) == 3


def test_a_refusal_without_json_shows_the_text() -> None:
    assert "gateway time-out" in str(Refused("GET", "/x", httpx.Response(504, text="gateway time-out")))
