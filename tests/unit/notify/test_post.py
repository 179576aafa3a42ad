"""A letter becomes a mail that no name and no title can break."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from notify.adapters.links import SignedLinks
from notify.adapters.mail_server import MailServer
from notify.adapters.smtp import SmtpPost
from notify.application.ports import Envelope, Letter

LETTER = Letter("Änderungen erbeten: „DorfFunk“", "Guten Tag", "<p>Guten Tag</p>", "https://m.example.org/u?token=t")
WRITTEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG = "https://marktplatz.example.org/api/notify/unsubscribe?token=" + "Ab1-_" * 60


def composed(letter: Letter = LETTER, name: str | None = "Petra Muster") -> EmailMessage:
    post = SmtpPost(MailServer.of_url("smtp://mail.example.org"), "Marktplatz <markt@example.org>", seconds=1)
    mail = post.compose(letter, Envelope("message-1", "petra@example.org", name, WRITTEN))
    read: EmailMessage = message_from_bytes(mail.as_bytes(), policy=default)  # type: ignore[assignment]
    return read


def test_a_mail_carries_what_mail_programs_need() -> None:
    mail = composed()
    assert mail["Message-ID"] == "<message-1@example.org>"
    assert (mail["From"], mail["To"]) == ("Marktplatz <markt@example.org>", "Petra Muster <petra@example.org>")
    assert mail["Subject"] == "Änderungen erbeten: „DorfFunk“"
    assert mail["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"
    assert mail["List-Unsubscribe"] == "<https://m.example.org/u?token=t>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("name", ["Petra\r\nBcc: all@example.org", 'Petra" <all@example.org>, "', "Petra, Otto; <x>"])
def test_a_name_cannot_add_a_header_or_a_recipient(name: str) -> None:
    mail = composed(name=name)
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["petra@example.org"]


def test_a_title_cannot_add_a_header() -> None:
    mail = composed(Letter("Neu\r\nBcc: all@example.org", "x", "x", None))
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Neu Bcc: all@example.org"
    assert mail["List-Unsubscribe"] is None


def test_a_long_link_stays_a_link() -> None:
    post = SmtpPost(MailServer.of_url("smtp://mail.example.org"), "markt@example.org", seconds=1)
    letter = Letter("Neu", "x", "x", LONG)
    raw = post.compose(letter, Envelope("message-1", "petra@example.org", None, WRITTEN)).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    assert f"List-Unsubscribe: <{LONG}>".encode() in head


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:1025", MailServer("127.0.0.1", 1025, None, None, tls=False, starttls=None)),
        (
            "smtps://u%40x:p%3A@mail.example.org",
            MailServer("mail.example.org", 465, "u@x", "p:", tls=True, starttls=False),
        ),
        ("smtp://m?starttls=always", MailServer("m", 25, None, None, tls=False, starttls=True)),
        ("smtp://m?starttls=never", MailServer("m", 25, None, None, tls=False, starttls=False)),
    ],
)
def test_a_mail_server_is_one_url(url: str, server: MailServer) -> None:
    assert MailServer.of_url(url) == server


@pytest.mark.parametrize(
    "url", ["http://mail.example.org", "smtp://", "mail.example.org:25", "smtp://m?starttls=maybe"]
)
def test_a_wrong_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        MailServer.of_url(url)


def test_a_link_is_good_for_its_user_only() -> None:
    links = SignedLinks("secret" * 8, "https://marktplatz.example.org")
    url = links.url("demo-provider")
    assert url.startswith("https://marktplatz.example.org/api/notify/unsubscribe?token=")
    token = url.partition("token=")[2]
    assert links.user_of(token) == "demo-provider"
    assert links.user_of(token[:-1]) is None
    assert links.user_of("") is None
    assert SignedLinks("other" * 8, "https://marktplatz.example.org").user_of(token) is None
