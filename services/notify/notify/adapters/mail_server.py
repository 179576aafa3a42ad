"""Where mail is handed in, as one URL says it."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `starttls` None means: when the server offers it."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    starttls: bool | None

    @classmethod
    def of_url(cls, url: str) -> Self:
        """Read `smtp[s]://[user:password@]host[:port][?starttls=always|never]`. Raises ValueError with the fault."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("SMTP_URL must look like smtp://user:password@host:port or smtps://…")
        wanted = parse_qs(parts.query).get("starttls", ["offered"])[-1]
        if wanted not in ("always", "never", "offered"):
            raise ValueError("SMTP_URL: starttls must be always, never or offered")
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=parts.scheme == "smtps",
            starttls=False if parts.scheme == "smtps" else {"always": True, "never": False, "offered": None}[wanted],
        )
