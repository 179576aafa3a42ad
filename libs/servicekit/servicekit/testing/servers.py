"""What a test gets in its hands for each server: addresses and the few things a test asks of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

AUDIENCE = "marktplatz"


@dataclass(frozen=True, slots=True)
class NatsServer:
    url: str
    monitor_url: str | None = None


@dataclass(frozen=True, slots=True)
class MongoServer:
    url: str


@dataclass(frozen=True, slots=True)
class SearchServer:
    url: str


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """`page_url` shows the mails to people; `messages()` to tests."""

    url: str
    page_url: str

    def messages(self, to: str | None = None) -> list[dict[str, Any]]:
        """Mails so far, oldest first: id, sender, recipients, subject, text, html, headers, received_at."""
        answer = httpx.get(f"{self.page_url}/messages", params={"to": to} if to else {})
        return list(answer.raise_for_status().json())

    def clear(self) -> None:
        httpx.delete(f"{self.page_url}/messages").raise_for_status()


@dataclass(frozen=True)
class OidcServer:
    """The development provider; tokens come out of its real authorization code flow."""

    issuer: str
    _tokens: dict[object, str] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        return self.issuer

    def token_for(
        self,
        sub: str,
        name: str | None = None,
        email: str | None = None,
        roles: Sequence[str] = (),
        audience: str = AUDIENCE,
    ) -> str:
        """A signed JWT (the ID token) with these claims; the same one for the same claims."""
        key = (sub, name, email, tuple(roles), audience)
        if key not in self._tokens:
            claims = {"name": name or sub, "email": email or f"{sub}@example.org", "roles": list(roles)}
            self._tokens[key] = log_in(self.issuer, sub, claims, audience=audience)
        return self._tokens[key]


def log_in(issuer: str, sub: str, claims: dict[str, Any] | None = None, *, audience: str = AUDIENCE) -> str:
    """Log a user in at the development provider and return the ID token.

    `claims` replace what the provider knows of the user; None leaves that as it is.
    """
    back = "http://127.0.0.1/callback"
    with httpx.Client(base_url=issuer, follow_redirects=False) as client:
        if claims is not None:
            client.put(f"/users/{sub}", json=claims).raise_for_status()
        question = {
            "response_type": "code",
            "client_id": audience,
            "redirect_uri": back,
            "scope": "openid profile email",
        }
        answer = client.post("/oauth2/authorize", params=question, data={"sub": sub})
        if answer.status_code != httpx.codes.FOUND:
            raise RuntimeError(f"{issuer} did not log {sub} in: {answer.status_code} {answer.text[:300]}")
        code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        tokens = client.post("/oauth2/token", data=form, auth=(audience, "any")).raise_for_status().json()
        return str(tokens["id_token"])
