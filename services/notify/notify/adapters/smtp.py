"""Hands letters to a mail server over SMTP and tells its refusals apart."""

import asyncio
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

import aiosmtplib
from aiosmtplib import errors

from notify.adapters.mail_server import MailServer
from notify.application.ports import Envelope, Letter, MailPostponed, MailRefused, MailServerAway
from notify.domain.contact import mailbox, plain_name

ANSWER_SECONDS = 15.0
WHOLE_HEADERS = frozenset({"list-unsubscribe"})


class MailPolicy(EmailPolicy):
    """Seven-bit mails whose links in headers stay whole: by default a long one becomes an encoded word."""

    def fold(self, name: str, value: Any) -> str:
        """Return the header as it is sent."""
        if name.lower() in WHOLE_HEADERS:
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the header as it is sent."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


POLICY = MailPolicy(linesep="\r\n", cte_type="7bit")


class SmtpPost:
    """One connection per mail: they are few, and a stale connection costs more than a new one.

    `seconds` is how long all of it may take; it has to be shorter than the lease of the mail.
    """

    def __init__(self, server: MailServer, sender: str, *, seconds: float) -> None:
        self._server = server
        self._seconds = seconds
        name, email = mailbox(sender)
        self._sender = Address(name or "", addr_spec=email)

    async def send(self, letter: Letter, envelope: Envelope) -> None:
        """Return once the server took the letter. Raises MailServerAway, MailPostponed or MailRefused."""
        mail = self.compose(letter, envelope).as_bytes()
        client = self._client()
        connected = False
        try:
            async with asyncio.timeout(self._seconds):
                await client.connect()
                connected = True
                await client.sendmail(self._sender.addr_spec, [envelope.email], mail)
        except (errors.SMTPException, OSError) as error:
            raise _translated(error, connected=connected) from error
        else:
            with suppress(errors.SMTPException, OSError):  # it has the mail; how the goodbye goes does not matter
                await client.quit()
        finally:
            client.close()

    def compose(self, letter: Letter, envelope: Envelope) -> EmailMessage:
        """Return the mail; header values cannot hold line breaks, whatever names and titles are like."""
        mail = EmailMessage(policy=POLICY)
        mail["From"] = self._sender
        mail["To"] = Address(plain_name(envelope.name) or "", addr_spec=envelope.email)
        mail["Subject"] = " ".join(letter.subject.split())
        mail["Date"] = format_datetime(envelope.written_at)
        mail["Message-ID"] = f"<{envelope.message_id}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = "de"
        if letter.unsubscribe_url is not None:
            mail["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(letter.text)
        mail.add_alternative(letter.html, subtype="html")
        return mail

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.starttls,
            timeout=ANSWER_SECONDS,
        )


def _translated(error: Exception, *, connected: bool) -> Exception:
    """Map what the mail server said to what it means for this mail (reply codes: RFC 5321, section 4.2.1)."""
    reason = _words(error)
    if not connected:
        return MailServerAway(reason)
    if isinstance(error, errors.SMTPRecipientsRefused):
        codes = [recipient.code for recipient in error.recipients]
        return MailRefused(reason) if all(code >= 500 for code in codes) else MailPostponed(reason)
    if isinstance(error, errors.SMTPSenderRefused):
        return MailPostponed(reason)  # our own address is wrong: an operator can mend that
    if isinstance(error, errors.SMTPResponseException):
        if error.code == 421:
            return MailServerAway(reason)
        return MailRefused(reason) if error.code >= 500 else MailPostponed(reason)
    return MailRefused(reason) if isinstance(error, errors.SMTPNotSupported) else MailPostponed(reason)


def _words(error: Exception) -> str:
    if isinstance(error, errors.SMTPRecipientsRefused):
        return "; ".join(f"{one.recipient}: {one.code} {one.message}" for one in error.recipients)
    if isinstance(error, errors.SMTPResponseException):
        return f"{error.code} {error.message}"
    return f"{type(error).__name__}: {error}"
