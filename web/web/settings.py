"""What the front end reads from the environment, and what it may not be in production."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-session-secret"  # noqa: S105 - refused in production below
SHORTEST_SECRET = 32


class WebSettings(BaseSettings):
    """Field names in upper case are the environment variables."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    env: Literal["development", "test", "production"] = "development"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)

    public_url: str = "http://127.0.0.1:8080"
    """Address of the gateway as the browser sees it, without a trailing slash."""
    gateway_url: str = ""
    """Address of the gateway as this process sees it; PUBLIC_URL when empty."""
    gateway_seconds: float = Field(default=10.0, gt=0)
    """How long one answer of a service may take, in seconds."""

    oidc_issuer: str = "http://127.0.0.1:9400"
    oidc_client_id: str = "marktplatz"
    oidc_client_secret: str | None = None
    """None: a public client (PKCE alone); the development provider (http on loopback) is given any secret then."""
    oidc_scope: str = "openid profile email"
    oidc_bearer: Literal["id_token", "access_token"] = "access_token"
    """Which token the services are given: providers with opaque access tokens need `id_token`."""

    web_reload: bool = False
    """Read templates and static files anew whenever they have changed, while one works on them."""

    session_secret: str = DEVELOPMENT_SECRET
    session_hours: float = Field(default=12, gt=0)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self.public_url = self.public_url.rstrip("/")
        self.gateway_url = (self.gateway_url or self.public_url).rstrip("/")
        self.oidc_issuer = self.oidc_issuer.rstrip("/")
        if self.oidc_client_secret is None and self.oidc_issuer.startswith("http://"):
            self.oidc_client_secret = DEVELOPMENT_SECRET
        faults = self.production_faults() if self.env == "production" else []
        if faults:
            raise ValueError("refusing to start with ENV=production: " + "; ".join(faults))
        return self

    def production_faults(self) -> list[str]:
        """Return what must not run in production, a sentence each."""
        faults = []
        if self.session_secret == DEVELOPMENT_SECRET:
            faults.append("SESSION_SECRET still has its development default")
        elif len(self.session_secret) < SHORTEST_SECRET:
            faults.append(f"SESSION_SECRET has fewer than {SHORTEST_SECRET} characters")
        if self.web_reload:
            faults.append("WEB_RELOAD is for work on the front end")
        if not self.public_url.startswith("https://"):
            faults.append(f"PUBLIC_URL is {self.public_url}: production needs https")
        if not self.oidc_issuer.startswith("https://"):
            faults.append(f"OIDC_ISSUER is {self.oidc_issuer}: production needs an https issuer")
        return faults

    @property
    def secure(self) -> bool:
        """True when the browser reaches us by https, so that cookies may be marked Secure."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """Host and port that the browser is expected to ask for."""
        return urlsplit(self.public_url).netloc
