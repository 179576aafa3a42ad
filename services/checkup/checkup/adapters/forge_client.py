"""Reads JSON of a forge's API through the address guard: pinned address, no redirects, few and bounded answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from servicekit.addresses import Origin, Target

from checkup.adapters.address_guard import checked

MOST_REQUESTS = 40
MOST_BYTES = 4_000_000


class ForgeFailure(Exception):
    """The forge does not say. `reason` is a German sentence, `kind` is `status:404` or why there was no answer."""

    def __init__(self, reason: str, kind: str) -> None:
        super().__init__(kind)
        self.reason, self.kind = reason, kind


@dataclass(slots=True)
class ForgeClient:
    """The API of one host; `token` is only ever sent there, and only over https."""

    base: str
    header: Mapping[str, str]
    allowed: frozenset[Origin] = frozenset()
    requests: int = field(default=0, init=False)
    target: Target | None = field(default=None, init=False)

    async def get(self, path: str, **parameters: str | int) -> Any:
        """The JSON at a path below the base. Raises ForgeFailure, CheckupFailure (a forbidden address)."""
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            raise ForgeFailure("Die Plattform verlangt zu viele Abfragen.", "too many requests")
        target = self.target = self.target or await checked(self.base, self.allowed)
        url = httpx.URL(target.url).copy_with(host=target.addresses[0])
        headers = {
            "Host": httpx.URL(target.url).netloc.decode(),
            "User-Agent": "marktplatz-checkup",
            "Accept": "application/json",
            **(self.header if target.scheme == "https" else {}),
        }
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=10) as client:
            request = client.build_request(
                "GET", f"{str(url).rstrip('/')}{path}", params=parameters, headers=headers,
                extensions={"sni_hostname": target.host},
            )  # fmt: skip
            try:
                answer = await client.send(request, stream=True)
                body = await _bounded(answer)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise ForgeFailure("Die Plattform antwortet nicht.", type(error).__name__) from None
        if answer.status_code != httpx.codes.OK:
            raise _refusal(answer.status_code)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise ForgeFailure("Die Plattform antwortet nicht mit lesbaren Daten.", "not JSON") from None


async def _bounded(answer: httpx.Response) -> bytes:
    body = bytearray()
    try:
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise ForgeFailure("Die Antwort der Plattform ist zu groß.", "too large")
    finally:
        await answer.aclose()
    return bytes(body)


def _refusal(status: int) -> ForgeFailure:
    if status in (403, 429):
        reason = "Die Plattform beantwortet gerade keine weiteren Abfragen (Begrenzung)."
    elif status == 401:
        reason = "Die Plattform verlangt für Meldungen eine Anmeldung."
    else:
        reason = f"Die Plattform nennt keine Meldungen (Antwort {status})."
    return ForgeFailure(reason, f"status:{status}")
