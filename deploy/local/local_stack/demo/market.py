"""The marketplace as its users reach it: the public HTTP API behind the gateway, with patience for a busy machine."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

import httpx
from servicekit.testing.servers import log_in

BUSY = frozenset({429, 502, 503, 504})
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 2.0
LOG_IN_PAUSES_SECONDS = (0.2, 0.5, 1.0)
T = TypeVar("T")


class ImportFailed(RuntimeError):
    """The import cannot go on; the message says why in one sentence."""


class Refused(Exception):
    """The API said no: status, the problem's slug, and its detail."""

    def __init__(self, method: str, path: str, response: httpx.Response) -> None:
        try:
            problem = response.json()
        except ValueError:
            problem = {}
        self.status = response.status_code
        self.slug = str(problem.get("slug", ""))
        detail = problem.get("detail") or response.text[:200]
        fields = "; ".join(f"{each.get('field')}: {each.get('message')}" for each in problem.get("errors") or ())
        super().__init__(f"{method} {path}: {self.status} {detail}{f' ({fields})' if fields else ''}")


@dataclass
class Market:
    """One user at a time per call (`user` is the subject of a demo user); everything may be repeated safely."""

    http: httpx.AsyncClient
    issuer: str
    patience_seconds: float = 120.0
    _tokens: dict[str, str] = field(default_factory=dict)
    _log_in: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self, user: str | None, path: str, **params: Any) -> Any:
        return await self._call("GET", user, path, params=params)

    async def post(self, user: str, path: str, body: Any = None, *, key: str) -> Any:
        """Create or carry out something once: `key` and the body make the Idempotency-Key."""
        digest = hashlib.sha256(json.dumps([key, body], sort_keys=True).encode()).hexdigest()
        return await self._call("POST", user, path, body=body, headers={"Idempotency-Key": f"demo-{digest}"})

    async def put(self, user: str, path: str, body: Any) -> Any:
        return await self._call("PUT", user, path, body=body)

    async def pages(self, user: str | None, path: str, **params: Any) -> list[dict[str, Any]]:
        """All items of a paged list."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = await self.get(user, path, limit=100, **params, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return items

    async def until(self, what: str, look: Callable[[], Awaitable[T | None]]) -> T:
        """Look again and again, with growing pauses, until something is there; ImportFailed when patience ends."""
        deadline, pause = monotonic() + self.patience_seconds, FIRST_PAUSE_SECONDS
        while True:
            found = await look()
            if found is not None:
                return found
            if monotonic() > deadline:
                raise ImportFailed(f"not within {self.patience_seconds:g} s: {what}")
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS / 4)

    async def _call(
        self,
        method: str,
        user: str | None,
        path: str,
        *,
        params: Any = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        deadline, pause = monotonic() + self.patience_seconds, FIRST_PAUSE_SECONDS
        logged_in_again = False
        while True:
            bearer = {"Authorization": f"Bearer {await self._token(user)}"} if user else {}
            try:
                response = await self.http.request(
                    method, path, params=params, json=body, headers={**bearer, **(headers or {})}
                )
            except httpx.TransportError as error:
                problem, wait = f"{type(error).__name__}: {error}", pause
            else:
                if response.is_success:
                    return response.json() if response.content else None
                refusal = Refused(method, path, response)
                if response.status_code == httpx.codes.UNAUTHORIZED and user and not logged_in_again:
                    logged_in_again = True
                    self._tokens.pop(user, None)
                    continue
                if response.status_code not in BUSY and refusal.slug != "request-in-progress":
                    raise refusal
                problem, wait = str(refusal), max(pause, _asked_pause(response))
            if monotonic() + wait > deadline:
                raise ImportFailed(f"{method} {path} is not answered: {problem}")
            await asyncio.sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _token(self, user: str) -> str:
        async with self._log_in:
            if user not in self._tokens:
                self._tokens[user] = await self._logged_in(user)
            return self._tokens[user]

    async def _logged_in(self, user: str) -> str:
        for pause in LOG_IN_PAUSES_SECONDS:
            try:
                return await asyncio.to_thread(log_in, self.issuer, user)
            except httpx.TransportError:
                await asyncio.sleep(pause)
            except (httpx.HTTPError, RuntimeError, KeyError):
                break
        try:
            return await asyncio.to_thread(log_in, self.issuer, user)
        except (httpx.HTTPError, RuntimeError, KeyError) as error:
            raise ImportFailed(f"{self.issuer} does not let the demo user {user} in: {error}") from error


def _asked_pause(response: httpx.Response) -> float:
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_PAUSE_SECONDS) if asked.isdigit() else 0.0


@asynccontextmanager
async def connect(gateway_url: str, oidc_issuer: str, *, patience_seconds: float = 120.0) -> AsyncIterator[Market]:
    """The marketplace behind a gateway."""
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
    async with httpx.AsyncClient(base_url=gateway_url, limits=limits, timeout=30, trust_env=False) as client:
        yield Market(client, oidc_issuer, patience_seconds)
