"""Settings that every service reads from the environment, and what they may not be in production."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only"  # noqa: S105 - refused in production below


class ServiceSettings(BaseSettings):
    """Field names in upper case are the environment variables."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    service_name: ClassVar[str] = "service"

    env: Literal["development", "test", "production"] = "development"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = "http://127.0.0.1:8080"
    """Address of the gateway as users see it, without a trailing slash."""
    max_body_bytes: int = Field(default=1_048_576, ge=1024)
    shutdown_seconds: int = Field(default=30, ge=1)

    outbox_sweep_seconds: float = Field(default=10.0, gt=0)
    """The longest pause between two looks for events that another process left behind in a crash."""

    nats_url: str = "nats://127.0.0.1:4222"
    nats_user: str | None = None
    nats_password: str | None = None
    mongodb_url: str = "mongodb://127.0.0.1:27017"
    mongodb_database: str = ""
    oidc_issuer: str = "http://127.0.0.1:9400"
    oidc_audience: str = "marktplatz"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.mongodb_database:
            self.mongodb_database = self.service_name
        self.public_url = self.public_url.rstrip("/")
        self.oidc_issuer = self.oidc_issuer.rstrip("/")
        if self.env == "production":
            self._refuse(self.production_faults())
        return self

    def production_faults(self) -> list[str]:
        """Return what must not run in production, a sentence each; services add their own."""
        faults = []
        if not self.nats_password and "@" not in self.nats_url:
            faults.append("NATS_PASSWORD is not set")
        if not self.oidc_issuer.startswith("https://"):
            faults.append(f"OIDC_ISSUER is {self.oidc_issuer}: production needs an https issuer")
        if not self.public_url.startswith("https://"):
            faults.append(f"PUBLIC_URL is {self.public_url}: production needs https")
        if "127.0.0.1" in self.mongodb_url or "localhost" in self.mongodb_url:
            faults.append("MONGODB_URL still has its development default")
        return faults

    @staticmethod
    def _refuse(faults: list[str]) -> None:
        if faults:
            raise ValueError("refusing to start with ENV=production: " + "; ".join(faults))
