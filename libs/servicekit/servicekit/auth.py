"""Who is asking: OIDC token check, roles, and membership of organisations from the key-value bucket `members`."""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import httpx
from contracts.topology import MEMBERS_BUCKET
from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from nats.js import JetStreamContext
from pydantic import BaseModel, ValidationError

from servicekit import context, errors, logging
from servicekit.bucket_watch import BucketWatch
from servicekit.ended_sessions import EndedSessions
from servicekit.settings import ServiceSettings

log = logging.get(__name__)

MemberRole = Literal["member", "editor", "admin"]
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
LEEWAY_SECONDS = 30
CACHED_TOKENS = 5_000
BUCKET = MEMBERS_BUCKET.name


class Membership(BaseModel):
    """One user's place in one organisation, as it lies in the bucket."""

    user: str
    organisation_id: str
    organisation_name: str
    kinds: list[str] = []
    role: MemberRole = "member"
    active: bool = True


def membership_key(user: str, organisation_id: str) -> str:
    """Return the bucket's key: the user's subject may hold any character, so it is encoded."""
    encoded = base64.urlsafe_b64encode(user.encode()).rstrip(b"=").decode()
    return f"{encoded}.{organisation_id}"


@dataclass(frozen=True)
class Principal:
    """The checked identity behind a request."""

    sub: str
    name: str | None = None
    email: str | None = None
    roles: frozenset[str] = frozenset()
    memberships: dict[str, Membership] = field(default_factory=dict)

    def has_role(self, *roles: str) -> bool:
        """True when the token carries one of the roles."""
        return not self.roles.isdisjoint(roles)


Memberships = dict[str, dict[str, Membership]]


class Members(BucketWatch[Memberships]):
    """A live copy of the bucket; every service watches it, so authorisation needs no call."""

    def __init__(self, js: JetStreamContext) -> None:
        super().__init__(js, BUCKET)

    def of(self, user: str) -> dict[str, Membership]:
        """Return the user's active memberships by organisation id."""
        return dict(self.held.get(user, {}))

    def users_of(self, organisation_id: str) -> list[Membership]:
        """Return the active memberships of an organisation."""
        return [held[organisation_id] for held in self.held.values() if organisation_id in held]

    @staticmethod
    def empty() -> Memberships:
        """Nobody belongs anywhere."""
        return {}

    @staticmethod
    def apply(held: Memberships, key: str, value: bytes | None) -> None:
        """Take over a membership, or its end."""
        encoded, _, organisation_id = key.partition(".")
        user = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode(errors="replace")
        try:
            membership = Membership.model_validate_json(value) if value else None
        except ValidationError as error:
            log.error("membership cannot be read", key=key, error=str(error))
            return
        if membership is None or not membership.active:
            held.get(user, {}).pop(organisation_id, None)
        else:
            held.setdefault(user, {})[organisation_id] = membership


class TokenVerifier:
    """Checks bearer tokens against the issuer's published keys; keys are fetched once and again for an unknown one."""

    def __init__(self, settings: ServiceSettings, ended: EndedSessions) -> None:
        self._ended = ended
        self._issuer = settings.oidc_issuer
        self._audience = settings.oidc_audience
        self._keys: KeySet | None = None
        self._fetched = 0.0
        self._lock = asyncio.Lock()
        self._cache: dict[str, dict[str, Any]] = {}

    async def claims(self, token: str) -> dict[str, Any]:
        """Return the checked claims.

        Raises ProblemError `malformed-token`, `invalid-token`, `token-expired`, `session-ended` (401),
        `identity-unavailable` (503).
        """
        held = self._cache.get(token)
        if held is None:
            held = await self._verify(token)
            if len(self._cache) >= CACHED_TOKENS:
                self._cache.clear()
            self._cache[token] = held
        if held["exp"] + LEEWAY_SECONDS < time.time():
            self._cache.pop(token, None)
            raise errors.unauthenticated("token-expired", "the token has expired: log in again")
        if self._ended.covers(held["sub"], held.get("iat")):
            raise errors.unauthenticated("session-ended", "this session was ended: log in again")
        return held

    async def _verify(self, token: str) -> dict[str, Any]:
        if token.count(".") != 2:
            raise errors.unauthenticated("malformed-token", "the bearer token is not a JSON Web Token")
        try:
            claims = await self._decode(token)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise errors.unauthenticated("invalid-token", "the token's signature or form is not valid") from error
        audience = claims.get("aud")
        if claims.get("iss", "").rstrip("/") != self._issuer:
            raise errors.unauthenticated("invalid-token", "the token comes from another issuer")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise errors.unauthenticated("invalid-token", "the token is meant for another audience")
        if not isinstance(claims.get("sub"), str) or not isinstance(claims.get("exp"), int | float):
            raise errors.unauthenticated("invalid-token", "the token names no subject or no expiry")
        return claims

    async def _decode(self, token: str) -> dict[str, Any]:
        keys = self._keys or await self._fetch(newer_than=0.0)
        try:
            return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError):
            fetched = self._fetched
            if time.monotonic() - fetched < 1.0:
                raise
            keys = await self._fetch(newer_than=fetched)
            return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)

    async def _fetch(self, newer_than: float) -> KeySet:
        async with self._lock:
            if self._keys is not None and self._fetched > newer_than:
                return self._keys
            try:
                async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
                    discovery = await client.get(f"{self._issuer}/.well-known/openid-configuration")
                    jwks = await client.get(discovery.raise_for_status().json()["jwks_uri"])
                    self._keys = KeySet.import_key_set(jwks.raise_for_status().json())
            except (httpx.HTTPError, ValueError, KeyError) as error:
                log.warning("identity provider unreachable", issuer=self._issuer, error=repr(error))
                raise errors.unavailable("identity-unavailable", "the identity provider does not answer") from error
            self._fetched = time.monotonic()
            return self._keys


def _roles(claims: dict[str, Any]) -> frozenset[str]:
    """Read roles from `roles`, or from Keycloak's `realm_access.roles`."""
    own = claims.get("roles")
    realm = (claims.get("realm_access") or {}).get("roles")
    return frozenset(str(role) for source in (own, realm) if isinstance(source, list) for role in source)


async def authenticate(request: Request) -> Principal | None:
    """Return who is asking; None without a token; raises ProblemError (401) for a bad one."""
    known: Principal | None = getattr(request.state, "principal", None)
    if known is not None:
        return known
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise errors.unauthenticated("malformed-token", "Authorization must be `Bearer <token>`")
    platform = request.app.state.container.platform
    claims = await platform.verifier.claims(token.strip())
    principal = Principal(
        sub=claims["sub"],
        name=claims.get("name"),
        email=claims.get("email"),
        roles=_roles(claims),
        memberships=platform.members.of(claims["sub"]),
    )
    request.state.principal = principal
    context.set_actor(principal.sub)
    return principal


_BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT", description="Token of the identity provider")
_Described = Annotated[object, Security(_BEARER)]
"""Only describes the scheme in the API documentation; the check itself is `authenticate`."""


async def _optional(request: Request, _: _Described) -> Principal | None:
    return await authenticate(request)


async def _current(request: Request, _: _Described) -> Principal:
    principal = await authenticate(request)
    if principal is None:
        raise errors.unauthenticated("not-authenticated", "log in: this needs a bearer token")
    return principal


CurrentUser = Annotated[Principal, Depends(_current)]
"""The user behind the request; 401 without one."""
OptionalUser = Annotated[Principal | None, Depends(_optional)]
"""The user behind the request, or None."""


def require_role(*roles: str) -> Callable[[Principal], Awaitable[Principal]]:
    """Return a dependency that lets through users with one of the roles; 403 `missing-role` for others."""

    async def check(user: CurrentUser) -> Principal:
        if not user.has_role(*roles):
            raise errors.forbidden("missing-role", f"this needs the role {' or '.join(roles)}")
        return user

    return check
