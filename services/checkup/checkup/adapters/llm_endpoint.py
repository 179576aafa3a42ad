"""Asks a language model over the OpenAI-compatible API of any endpoint: one bounded call, no tools, no redirects."""

import asyncio
import json
from typing import Any

import httpx

from checkup.domain.assessment import ModelFailure

MOST_BYTES = 500_000
REFUSES_FORMAT = (400, 404, 415, 422, 501)
BUSY = (408, 409, 425, 429)


class LlmEndpoint:
    """One model at one address. Neither address nor key nor what the endpoint says in errors gets into a failure."""

    def __init__(self, *, url: str, model: str, key: str | None, seconds: float, most_tokens: int) -> None:
        self.model = model
        self._url = url.rstrip("/").removesuffix("/chat/completions") + "/chat/completions"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._seconds = seconds
        self._most_tokens = most_tokens
        self._format = 0

    async def complete(self, system: str, user: str, schema: dict[str, Any]) -> str:
        """Return what the model says, within the time. Raises ModelFailure.

        An endpoint that refuses a JSON schema is asked for a JSON object, and one that refuses that for plain text;
        which of them it takes is remembered.
        """
        formats: tuple[dict[str, Any], ...] = (
            {"type": "json_schema", "json_schema": {"name": "assessment", "strict": True, "schema": schema}},
            {"type": "json_object"},
            {},
        )
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            "temperature": 0,
            "max_tokens": self._most_tokens,
        }
        try:
            async with asyncio.timeout(self._seconds):
                for number in range(self._format, len(formats)):
                    asked = {**body, "response_format": formats[number]} if formats[number] else body
                    status, retry_after, content = await self._post(asked)
                    if status not in REFUSES_FORMAT or number == len(formats) - 1:
                        break
        except (TimeoutError, httpx.TimeoutException):
            raise ModelFailure("timeout", f"no answer in {self._seconds:g} seconds", transient=True) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelFailure("unreachable", type(error).__name__, transient=True) from None
        if status != httpx.codes.OK:
            raise _refusal(status, retry_after)
        self._format = number
        return _said(content)

    async def _post(self, body: dict[str, Any]) -> tuple[int, float | None, bytes]:
        """Status, seconds to wait, and the body of a success."""
        async with (
            httpx.AsyncClient(timeout=self._seconds, trust_env=False, follow_redirects=False) as client,
            client.stream(
                "POST", self._url, json=body, headers={**self._headers, "Accept-Encoding": "identity"}
            ) as response,
        ):
            if response.status_code != httpx.codes.OK:
                return response.status_code, _seconds(response.headers.get("Retry-After")), b""
            content = bytearray()
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise ModelFailure("answer", f"longer than {MOST_BYTES} bytes", transient=True)
            return response.status_code, None, bytes(content)


def _refusal(status: int, retry_after: float | None) -> ModelFailure:
    if status in BUSY or status >= 500:
        return ModelFailure("busy", f"status {status}", transient=True, retry_after=retry_after)
    return ModelFailure("refused", f"status {status}")


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isascii() and value.isdigit() else None


def _said(content: bytes) -> str:
    try:
        choice = json.loads(content)["choices"][0]
        said, ended = choice["message"]["content"], choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ModelFailure("answer", "no chat completion", transient=True) from None
    if ended == "length":
        raise ModelFailure("answer", "cut off at the limit of tokens", transient=True)
    if not isinstance(said, str):
        raise ModelFailure("answer", "no text", transient=True)
    return said
