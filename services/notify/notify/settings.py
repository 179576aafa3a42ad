"""Settings of the notify service."""

from pydantic import Field, field_validator
from servicekit.settings import DEVELOPMENT_SECRET, ServiceSettings

from notify.adapters.mail_server import MailServer
from notify.domain.contact import mailbox

SECRET_LENGTH = 32


class NotifySettings(ServiceSettings):
    """Shared settings, the mail server, and who mails come from and go to."""

    service_name = "notify"

    smtp_url: str = "smtp://127.0.0.1:1025"
    """`smtp[s]://[user:password@]host[:port][?starttls=always|never]`."""
    notify_from: str = "Marktplatz <marktplatz@example.org>"
    notify_team_address: str | None = None
    """The team's mailbox; without one the team is told in the inbox only."""
    notify_secret: str = DEVELOPMENT_SECRET
    """Signs unsubscribe links; a new one makes links in old mails invalid."""

    notify_mail_attempts: int = Field(default=8, ge=1)
    notify_retry_seconds: float = Field(default=30.0, gt=0)
    """Pause after the first refusal of a mail, four times as long after each further one, at most six hours."""
    notify_lease_seconds: float = Field(default=60.0, gt=0)
    """How long a process has for one mail; after a crash another one sends it when this has passed."""
    notify_poll_seconds: float = Field(default=2.0, gt=0)
    notify_digest_seconds: float = Field(default=60.0, gt=0)
    """How often is looked for collected news that are due."""

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: str) -> str:
        MailServer.of_url(value)
        return value

    @field_validator("notify_from", "notify_team_address")
    @classmethod
    def _is_a_mailbox(cls, value: str | None) -> str | None:
        if value is not None:
            mailbox(value)
        return value

    def production_faults(self) -> list[str]:
        """Add what must not be true of mails in production."""
        faults = super().production_faults()
        if self.notify_secret == DEVELOPMENT_SECRET or len(self.notify_secret) < SECRET_LENGTH:
            faults.append(f"NOTIFY_SECRET needs {SECRET_LENGTH} random characters or more")
        server = MailServer.of_url(self.smtp_url)
        if server.user and not server.tls and server.starttls is not True:
            faults.append("SMTP_URL holds a password: use smtps:// or ?starttls=always")
        if "example.org" in self.notify_from:
            faults.append("NOTIFY_FROM still has its development default")
        return faults
