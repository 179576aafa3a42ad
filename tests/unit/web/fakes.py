"""Stand-ins for what is across the network: the gateway with its services, and the identity provider."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

Reply = Any
ISSUER = "http://127.0.0.1:9400"


def problem(status: int, slug: str, detail: str = "no", **more: Any) -> httpx.Response:
    """What a service answers when it refuses (RFC 9457)."""
    body = {"type": f"/problems/{slug}", "title": "No", "status": status, "detail": detail, "slug": slug, **more}
    headers = {"content-type": "application/problem+json"}
    if "retry_after" in more:
        headers["retry-after"] = str(more["retry_after"])
    return httpx.Response(status, content=json.dumps(body).encode(), headers=headers)


class FakeGateway:
    """Answers by method and path (as `GET /api/…`); remembers what it was asked. Unknown paths are 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Reply] = {}
        self.asked: list[httpx.Request] = []

    def on(self, route: str, answer: Reply, status: int = 200, **headers: str) -> None:
        """Answer with JSON, with a ready response, or by calling a function with the request."""
        if callable(answer) or isinstance(answer, httpx.Response):
            self.answers[route] = answer
        else:
            self.answers[route] = lambda _: httpx.Response(status, json=answer, headers=headers)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.get(f"{request.method} {request.url.path}")
        if answer is None:
            return problem(404, "not-found", f"nothing at {request.url.path}")
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)
        result: httpx.Response = answer(request)
        return result

    def last(self, route: str) -> httpx.Request:
        """The last request of a route; fails when there was none."""
        method, path = route.split(" ")
        return [each for each in self.asked if each.method == method and each.url.path == path][-1]

    def body(self, route: str) -> Any:
        """The JSON body of the last request of a route."""
        return json.loads(self.last(route).content)

    def count(self, route: str) -> int:
        method, path = route.split(" ")
        return sum(each.method == method and each.url.path == path for each in self.asked)


@cache
def new_key(_name: str) -> RSAKey:
    """A signing key; the same one for the same name, because making one takes a while."""
    return RSAKey.generate_key(2048, parameters={"kid": "one"})


@dataclass
class FakeIdentity:
    """An OpenID provider: checks PKCE, signs ID tokens; tests may spoil the claims."""

    key: RSAKey = field(default_factory=lambda: new_key("the provider's own"))
    claims: dict[str, Any] = field(default_factory=dict)
    signing_key: RSAKey | None = None
    lifetime: timedelta = timedelta(hours=1)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    down: bool = False

    def authorize(self, url: str) -> dict[str, str]:
        """What the provider's log-in page does: take the request, hand out a code."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused", request=request)
        routes: dict[str, Callable[[httpx.Request], httpx.Response]] = {
            "/.well-known/openid-configuration": self._metadata,
            "/jwks": lambda _: httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]}),
            "/token": self._token,
        }
        return routes[request.url.path](request)

    @staticmethod
    def _metadata(_: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200,
            json={
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/jwks",
                "end_session_endpoint": f"{ISSUER}/end",
            },
        )

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return httpx.Response(400, json={"error": "invalid_grant"})
        now = datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": "marktplatz",
            "sub": "ada",
            "name": "Ada Muster",
            "email": "ada@example.org",
            "nonce": asked["nonce"],
            "iat": int(now.timestamp()),
            "exp": int((now + self.lifetime).timestamp()),
            **self.claims,
        }
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signing_key or self.key)
        return httpx.Response(200, json={"id_token": token, "access_token": "opaque", "token_type": "Bearer"})
