"""The main job driven over HTTP, as providers, reviewers and municipalities do it: for tests and benchmarks."""

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
from contracts.ids import uuid7

from servicekit.idempotency import ABANDONED
from servicekit.testing import wait
from servicekit.testing.servers import log_in

RETRY_STATUS = {502, 503, 504}
ROLES = ["reviewer", "curator", "operator"]


def listing(name: str, **more: Any) -> dict[str, Any]:
    """Return a small complete listing."""
    return {
        "name": name,
        "summary": f"{name} hilft Landkreisen bei der Mitfahrt",
        "description": "Eine **Mitfahrbank** mit Anzeige.",
        "features": ["Mitfahrwunsch per Knopfdruck"],
        "kind": "software",
        "offer_form": "app",
        "fields_of_action": ["mobility_and_environment"],
        "target_groups": ["Landkreise"],
        "licence": "EUPL-1.2",
        **more,
    }


@dataclass
class Story:
    """One running system. Every call repeats itself under the same Idempotency-Key while something is away.

    It does so for longer than a request that was cut off by a killed process keeps its key.
    """

    gateway: str
    issuer: str
    timeout_seconds: float = 2 * ABANDONED.total_seconds()
    _tokens: dict[str, str] = field(default_factory=dict)
    http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
        self.http = httpx.AsyncClient(base_url=self.gateway, timeout=20.0, trust_env=False, limits=limits)

    async def __aenter__(self) -> "Story":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def token(self, sub: str, roles: Iterable[str] = ()) -> str:
        """Return a token of a user, who is made known to the development provider with these roles."""
        if sub not in self._tokens:
            claims = {"name": sub, "email": f"{sub}@example.org", "roles": list(roles)}
            self._tokens[sub] = await asyncio.to_thread(log_in, self.issuer, sub, claims)
        return self._tokens[sub]

    async def call(
        self, method: str, path: str, *, token: str | None = None, json: Any = None, key: str | None = None
    ) -> httpx.Response:
        """Send a request; while the answer is 502, 503, 504, `request-in-progress` or none at all, send it again."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if method == "POST":
            headers["Idempotency-Key"] = key or uuid7()

        attempts = 0

        async def attempt() -> httpx.Response | None:
            nonlocal attempts
            attempts += 1
            try:
                response = await self.http.request(method, path, json=json, headers=headers)
            except httpx.TransportError:
                return None
            in_progress = response.status_code == 409 and "request-in-progress" in response.text
            return None if response.status_code in RETRY_STATUS or in_progress else response

        message = f"{method} {path} answered"
        found: httpx.Response | None = await wait.until(attempt, timeout=self.timeout_seconds, message=message)
        assert found is not None  # noqa: S101
        found.extensions["attempts"] = attempts
        return found

    async def once(self, status: int, path: str, conflict: str, outcome: str, *, token: str, json: Any = None) -> Any:
        """POST what can be done only once, and return its answer.

        An answer is lost when the process is killed after it has saved: then the repeated request is refused with
        `conflict`, and what it has come to is read at `outcome`.
        """
        response = await self.call("POST", path, token=token, json=json)
        repeated = response.extensions["attempts"] > 1
        if repeated and response.status_code == 409 and response.json()["slug"] == conflict:
            return await self.expect(200, "GET", outcome, token=token)
        return self._answer(status, response)

    async def expect(self, status: int, method: str, path: str, **more: Any) -> Any:
        """Send a request and return the JSON of its answer; AssertionError for another status."""
        return self._answer(status, await self.call(method, path, **more))

    @staticmethod
    def _answer(status: int, response: httpx.Response) -> Any:
        if response.status_code != status:
            asked = f"{response.request.method} {response.request.url.path}"
            raise AssertionError(f"{asked} answered {response.status_code}: {response.text[:1000]}")
        return response.json() if response.content else None

    async def onboard(self, user: str, name: str, kind: str) -> str:
        """Request an organisation as `user`, approve it as the team, wait for the membership; return its id."""
        token = await self.token(user)
        team = await self.token("story-team", ROLES)
        body = {"name": name, "kinds": [kind], "bundesland": "DE-BB", "size_class": "100k_to_500k"}
        if kind == "municipality":
            ars = f"129{secrets.randbelow(10**9):09}"
            body |= {"ars": ars, "website_url": "https://www.example.org/", "mandate": "Amtsleitung, siehe Impressum"}
        made = await self.expect(201, "POST", "/api/catalog/organisations", token=token, json=body)
        await self.expect(200, "POST", f"/api/catalog/organisations/{made['id']}/approve", token=team)

        async def belongs() -> bool:
            me = await self.expect(200, "GET", "/api/catalog/me", token=token)
            return any(held["organisation_id"] == made["id"] for held in me["memberships"])

        await wait.until(belongs, timeout=self.timeout_seconds, message=f"{user} belongs to {name}")
        return str(made["id"])

    async def submit(self, user: str, organisation_id: str, content: dict[str, Any]) -> dict[str, Any]:
        """Create a solution and submit it; return the solution as the owner sees it."""
        token = await self.token(user)
        body = {"organisation_id": organisation_id, "listing": content}
        made = await self.expect(201, "POST", "/api/catalog/solutions", token=token, json=body)
        path = f"/api/catalog/solutions/{made['id']}"
        submitted: dict[str, Any] = await self.once(
            202, f"{path}/submit", "already-in-review", f"{path}/working", token=token
        )
        return submitted

    async def case_of(self, solution_id: str) -> dict[str, Any]:
        """Wait for the open case of a solution and return it."""
        team = await self.token("story-team", ROLES)

        async def opened() -> dict[str, Any] | None:
            found = await self.expect(200, "GET", f"/api/review/solutions/{solution_id}/cases", token=team)
            cases: list[dict[str, Any]] = found["items"]
            return next((case for case in cases if case["state"] == "open"), None)

        case: dict[str, Any] | None = await wait.until(opened, timeout=self.timeout_seconds, message="a case is open")
        assert case is not None  # noqa: S101
        return case

    async def findings(self) -> list[dict[str, Any]]:
        """Return a favourable finding for every criterion."""
        criteria = (await self.expect(200, "GET", "/api/review/criteria"))["criteria"]
        return [
            {"criterion": criterion["id"], "finding": "Geprüft und in Ordnung."}
            | ({"result": "pass"} if criterion["kind"] == "mandatory" else {"result": 4})
            for criterion in criteria
        ]

    async def approve(self, solution_id: str) -> dict[str, Any]:
        """Judge every criterion favourably and approve."""
        case = await self.case_of(solution_id)
        team = await self.token("story-team", ROLES)
        body = {"decision": "approved", "findings": await self.findings(), "message": "Willkommen"}
        path = f"/api/review/cases/{case['id']}"
        decided: dict[str, Any] = await self.once(200, f"{path}/decision", "case-closed", path, token=team, json=body)
        return decided

    async def published(self, solution_id: str) -> dict[str, Any]:
        """Wait until the public sees the solution and return it."""

        async def visible() -> dict[str, Any] | None:
            response = await self.call("GET", f"/api/catalog/solutions/{solution_id}")
            return response.json() if response.status_code == 200 else None

        found = await wait.until(visible, timeout=self.timeout_seconds, message=f"{solution_id} is published")
        return dict(found or {})

    async def search(self, query: str, **filters: Any) -> dict[str, Any]:
        """Search once."""
        params = httpx.QueryParams({"q": query, **filters})
        found: dict[str, Any] = await self.expect(200, "GET", f"/api/search/solutions?{params}")
        return found

    async def found(self, query: str, slug: str) -> dict[str, Any]:
        """Wait until a query finds the solution; return its hit."""

        async def there() -> dict[str, Any] | None:
            hits = (await self.search(query, size=50))["results"]
            return next((hit for hit in hits if hit["slug"] == slug), None)

        hit = await wait.until(there, timeout=self.timeout_seconds, message=f"{slug} is found by {query!r}")
        return dict(hit or {})
