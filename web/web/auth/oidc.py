"""OpenID Connect, authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9700)."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from web.settings import WebSettings

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
LEEWAY = timedelta(seconds=60)
METADATA_SECONDS = 3600.0
KEYS_MIN_SECONDS = 30.0


class IdentityUnavailableError(Exception):
    """The identity provider gives no usable answer just now."""


class LoginRefusedError(Exception):
    """The log-in cannot be trusted or was not granted; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Attempt:
    """One log-in that has been started: what must match when the browser comes back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def fresh(cls) -> "Attempt":
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """The S256 code challenge (RFC 7636, section 4.2)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Identity:
    """Who has logged in, and the bearer token the services will be given."""

    sub: str
    name: str
    email: str | None
    roles: tuple[str, ...]
    bearer: str
    expires_at: datetime


class OidcClient:
    """Talks to the identity provider; its metadata and keys are kept for a while."""

    def __init__(self, settings: WebSettings, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http
        self._metadata: dict[str, Any] = {}
        self._metadata_until = 0.0
        self._keys: KeySet | None = None
        self._keys_from = 0.0

    @property
    def redirect_uri(self) -> str:
        return f"{self._settings.public_url}/auth/callback"

    async def authorization_url(self, attempt: Attempt) -> str:
        """Where the browser goes to log in."""
        metadata = await self._discover()
        query = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self._settings.oidc_scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        endpoint = str(metadata["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def end_session_url(self) -> str | None:
        """Where the provider's own session is ended; None when it has no such page or does not answer."""
        try:
            endpoint = (await self._discover()).get("end_session_endpoint")
        except IdentityUnavailableError:
            return None
        if not endpoint:
            return None
        query = {"client_id": self._settings.oidc_client_id, "post_logout_redirect_uri": self._settings.public_url}
        return f"{endpoint}?{urlencode(query)}"

    async def exchange(self, code: str, attempt: Attempt, now: datetime) -> Identity:
        """Swap the code for tokens and check the ID token; raises LoginRefusedError or IdentityUnavailableError."""
        metadata = await self._discover()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self._settings.oidc_client_id,
            "code_verifier": attempt.verifier,
        }
        client, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret
        # RFC 6749, section 2.3.1: both parts are url-encoded before they become HTTP Basic
        basic = httpx.BasicAuth(quote_plus(client), quote_plus(secret)) if secret else httpx.USE_CLIENT_DEFAULT
        try:
            response = await self._http.post(str(metadata["token_endpoint"]), data=form, auth=basic)
        except httpx.TransportError as error:
            raise IdentityUnavailableError(repr(error)) from error
        if response.status_code >= 500:
            raise IdentityUnavailableError(f"token endpoint answered {response.status_code}")
        try:
            tokens = response.json()
        except ValueError as error:
            raise IdentityUnavailableError("token endpoint answered no JSON") from error
        if response.status_code >= 400 or "id_token" not in tokens:
            raise LoginRefusedError(f"token endpoint: {tokens.get('error', response.status_code)}")
        claims = await self._checked(str(tokens["id_token"]), attempt.nonce, now)
        return self._identity(tokens, claims, now)

    def _identity(self, tokens: dict[str, Any], claims: dict[str, Any], now: datetime) -> Identity:
        if self._settings.oidc_bearer == "id_token":
            bearer, expires_at = str(tokens["id_token"]), datetime.fromtimestamp(claims["exp"], UTC)
        else:
            bearer = str(tokens.get("access_token") or "")
            expires_at = now + timedelta(seconds=int(tokens.get("expires_in") or 300))
        if not bearer:
            raise LoginRefusedError("token endpoint gave no access_token")
        roles = claims.get("roles") or ()
        return Identity(
            sub=str(claims["sub"]),
            name=str(claims.get("name") or claims.get("preferred_username") or claims["sub"]),
            email=claims.get("email"),
            roles=tuple(str(role) for role in roles) if isinstance(roles, list | tuple) else (),
            bearer=bearer,
            expires_at=expires_at,
        )

    async def _checked(self, raw: str, nonce: str, now: datetime) -> dict[str, Any]:
        """Validate the ID token (OpenID Connect Core, section 3.1.3.7)."""
        claims = await self._verified(raw)
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else list(audience or ())
        ours = self._settings.oidc_client_id
        if claims.get("iss") != self._settings.oidc_issuer:
            raise LoginRefusedError(f"ID token from issuer {claims.get('iss')!r}")
        if ours not in audiences or claims.get("azp", ours) != ours:
            raise LoginRefusedError(f"ID token for audience {audience!r}")
        if not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            raise LoginRefusedError("ID token with another nonce")
        if not isinstance(claims.get("exp"), int | float) or now > datetime.fromtimestamp(claims["exp"], UTC) + LEEWAY:
            raise LoginRefusedError("ID token has expired")
        if not claims.get("sub"):
            raise LoginRefusedError("ID token without sub")
        return claims

    async def _verified(self, raw: str) -> dict[str, Any]:
        for fresh in (False, True):
            keys = await self._key_set(fresh=fresh)
            try:
                return dict(jwt.decode(raw, keys, algorithms=list(ALGORITHMS)).claims)
            except (JoseError, ValueError) as error:
                if fresh:
                    raise LoginRefusedError(f"ID token: {error}") from error
        raise AssertionError("unreachable")

    async def _key_set(self, *, fresh: bool) -> KeySet:
        age = time.monotonic() - self._keys_from
        if self._keys is None or age > METADATA_SECONDS or (fresh and age > KEYS_MIN_SECONDS):
            metadata = await self._discover()
            try:
                self._keys = KeySet.import_key_set(await self._json(str(metadata["jwks_uri"])))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError) as error:
                raise IdentityUnavailableError(f"keys of the identity provider: {error}") from error
            self._keys_from = time.monotonic()
        return self._keys

    async def _discover(self) -> dict[str, Any]:
        if time.monotonic() < self._metadata_until:
            return self._metadata
        issuer = self._settings.oidc_issuer
        metadata = await self._json(f"{issuer}/.well-known/openid-configuration")
        if metadata.get("issuer", "").rstrip("/") != issuer:
            raise IdentityUnavailableError(f"{issuer} says its issuer is {metadata.get('issuer')!r}")
        for endpoint in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if urlsplit(str(metadata.get(endpoint, ""))).scheme != urlsplit(issuer).scheme:
                raise IdentityUnavailableError(f"{issuer} names no {endpoint} that can be trusted")
        self._metadata, self._metadata_until = metadata, time.monotonic() + METADATA_SECONDS
        return metadata

    async def _json(self, url: str) -> dict[str, Any]:
        try:
            response = await self._http.get(url)
            response.raise_for_status()
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise IdentityUnavailableError(f"{url}: {error!r}") from error
        if not isinstance(answer, dict):
            raise IdentityUnavailableError(f"{url}: no JSON object")
        return answer
