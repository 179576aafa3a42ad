"""One bounded call to an endpoint on loopback that speaks the OpenAI-compatible API."""

import json
import threading
from collections.abc import Iterator

import pytest
from checkup.adapters.llm_endpoint import MOST_BYTES, LlmEndpoint
from checkup.application.model_answer import schema
from checkup.domain.assessment import ModelFailure
from checkup.settings import CheckupSettings
from checkup.testing.language_model import ModelServer, model_server
from pydantic import ValidationError

USER = json.dumps({"questions": [], "findings": [{"metric": "C1"}], "files": []})


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as held:
        held.says = lambda data: "said"
        yield held


def endpoint(server: ModelServer, *, seconds: float = 20, path: str = "") -> LlmEndpoint:
    return LlmEndpoint(url=server.url + path, model="local-7b", key="sk-secret", seconds=seconds, most_tokens=700)


async def ask(of: LlmEndpoint) -> str:
    return await of.complete("system", USER, schema())


@pytest.mark.parametrize("path", ["", "/", "/chat/completions"])
async def test_it_is_asked_for_the_schema_at_temperature_0(server: ModelServer, path: str) -> None:
    assert await ask(endpoint(server, path=path)) == "said"
    (asked,) = server.asked
    assert (asked["model"], asked["temperature"], asked["max_tokens"]) == ("local-7b", 0, 700)
    assert asked["response_format"]["json_schema"]["schema"] == schema()
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert server.keys == ["Bearer sk-secret"]


@pytest.mark.parametrize(
    ("refused", "taken"), [(("json_schema",), "json_object"), (("json_schema", "json_object"), "text")]
)
async def test_an_endpoint_without_schemas_is_asked_more_simply_from_then_on(
    server: ModelServer, refused: tuple[str, ...], taken: str
) -> None:
    server.refuses_formats = refused
    asked = endpoint(server)
    assert [await ask(asked), await ask(asked)] == ["said", "said"]
    formats = [body.get("response_format", {}).get("type", "text") for body in server.asked]
    assert formats == [*refused, taken, taken]


@pytest.mark.parametrize(
    ("status", "kind", "attempts"),
    [
        (401, "refused", 0),
        (403, "refused", 0),
        (302, "refused", 0),
        (429, "busy", 4),
        (500, "busy", 4),
        (503, "busy", 4),
    ],
)
async def test_statuses_say_whether_to_try_again(server: ModelServer, status: int, kind: str, attempts: int) -> None:
    server.statuses = [status]
    with pytest.raises(ModelFailure) as failed:
        await ask(endpoint(server))
    assert (failed.value.kind, failed.value.most_attempts, failed.value.detail) == (kind, attempts, f"status {status}")
    assert len(server.asked) == 1


async def test_a_model_that_is_not_there_is_refused_after_all_formats(server: ModelServer) -> None:
    server.statuses = [404, 404, 404]
    with pytest.raises(ModelFailure, match="refused: status 404"):
        await ask(endpoint(server))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>Bad gateway</html>",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"choices": [[]]}',
        b"\xff\xfe",
        b" " * (MOST_BYTES + 1),
    ],
)
async def test_what_is_no_completion_is_a_bad_answer(server: ModelServer, raw: bytes) -> None:
    server.raw = raw
    with pytest.raises(ModelFailure) as failed:
        await ask(endpoint(server))
    assert failed.value.kind == "answer"


async def test_an_answer_that_was_cut_off_is_a_bad_one(server: ModelServer) -> None:
    server.finish = "length"
    with pytest.raises(ModelFailure, match="cut off"):
        await ask(endpoint(server))


async def test_a_hanging_endpoint_is_left_in_time(server: ModelServer) -> None:
    server.gate = threading.Event()
    with pytest.raises(ModelFailure) as failed:
        await ask(endpoint(server, seconds=0.2))
    assert (failed.value.kind, failed.value.transient) == ("timeout", True)


async def test_an_endpoint_that_is_not_there_is_named_nowhere() -> None:
    gone = LlmEndpoint(url="http://127.0.0.1:1/v1", model="m", key="sk-secret", seconds=5, most_tokens=700)
    with pytest.raises(ModelFailure) as failed:
        await ask(gone)
    assert (failed.value.kind, failed.value.detail) == ("unreachable", "ConnectError")


def settings(**given: object) -> CheckupSettings:
    return CheckupSettings.model_validate({"checkup_llm_model": "local-7b", **given})


def test_the_key_is_a_secret() -> None:
    held = settings(checkup_llm_url="https://llm.example.org/v1", checkup_llm_key="sk-secret")
    assert "sk-secret" not in repr(held)
    assert "sk-secret" not in held.model_dump_json()


@pytest.mark.parametrize(
    "url",
    [
        "llm.example.org",
        "ftp://llm.example.org",
        "https://user:pass@llm.example.org/v1",
        "https://llm.example.org/?key=a",
    ],
)
def test_odd_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="CHECKUP_LLM_URL"):
        settings(checkup_llm_url=url)


def test_an_address_needs_a_model() -> None:
    with pytest.raises(ValidationError, match="CHECKUP_LLM_MODEL"):
        settings(checkup_llm_url="https://llm.example.org/v1", checkup_llm_model="")


def test_plain_http_is_for_loopback_and_development() -> None:
    inner = "http://llm.internal:8000/v1"
    assert settings(checkup_llm_url=inner).checkup_llm_url == inner
    assert settings(checkup_llm_url="http://127.0.0.1:8000/v1", env="test").checkup_llm_url
    with pytest.raises(ValidationError, match="plain http"):
        settings(checkup_llm_url=inner, env="test")
    with pytest.raises(ValidationError, match=r"refusing to start with ENV=production.*plain http"):
        settings(checkup_llm_url=inner, env="production")
