"""Whether a demo address answers, and what stands in the way."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from checkup.adapters import demo_reach
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .conftest import serving
from .sites import START, Site, origins, site


async def asked(url: str, *more: str, seconds: float = 20) -> demo_reach.Answer:
    base = "/".join(url.split("/")[:3])
    return await demo_reach.ask(url, origins(base, *more), seconds=seconds)


async def test_redirects_are_followed_and_the_last_page_counts() -> None:
    def protected(handler: Site) -> None:
        handler.answer(START.encode(), Content_Security_Policy="default-src 'self'", X_Content_Type_Options="nosniff")

    with site(start=lambda h: h.moved("/de/"), **{"de/": protected}) as (url, _):
        found = await asked(f"{url}/")
    assert (found.up, found.url) == (True, f"{url}/de/")
    assert found.headers["content-security-policy"] == "default-src 'self'"
    assert f"{url}/datenschutz" in {link.href for link in found.links}


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (lambda h: h.moved("http://169.254.169.254/latest/meta-data/"), "nur über https://"),
        (lambda h: h.moved("https://169.254.169.254/latest/meta-data/"), "keinen öffentlichen Rechnernamen"),
        (lambda h: h.moved("https://localhost/"), "keinen öffentlichen Rechnernamen"),
        (lambda h: h.moved("http://127.0.0.1:1/"), "nur über https://"),
        (lambda h: h.moved("file:///etc/passwd"), "keine gültige Adresse"),
        (lambda h: h.moved("/"), "leitet mehr als 5-mal weiter"),
        (lambda h: h.send_error(503), "HTTP 503"),
        (lambda h: h.send_error(401), "verlangt eine Anmeldung"),
        (lambda h: h.wfile.write(b"SSH-2.0-OpenSSH\r\n"), "kein HTTP"),
        (Site.silent, "antwortet nicht rechtzeitig"),
    ],
)
async def test_what_is_not_up_says_why(page: Callable[[Site], None], reason: str) -> None:
    with site(start=page) as (url, _):
        found = await asked(f"{url}/", seconds=3)
    assert not found.up
    assert reason in (found.reason or "")


async def test_an_endless_answer_is_read_to_a_limit() -> None:
    with site(start=Site.endless) as (url, _):
        assert (await asked(f"{url}/")).up


async def test_a_name_that_changes_its_mind_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo, raising=False)
    found = await demo_reach.ask("https://rebinding.example.org/", frozenset(), seconds=5)
    assert not found.up
    assert "nicht ins öffentliche Internet" in (found.reason or "")
    assert answers == [], "the name was looked up again to connect, and checked again"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "demo.example.org")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1),
                                   now + timedelta(days=1)).sign(key, hashes.SHA256())  # fmt: skip
    place = tmp_path / "certificate.pem"
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    place.write_bytes(private + made.public_bytes(encoding))
    return place


async def test_a_bad_certificate_is_said_and_nothing_is_opened(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with serving(server) as url:
        found = await asked(url.replace("http:", "https:") + "/")
    assert (found.up, found.reason) == (False, "Das Zertifikat der Adresse ist ungültig.")
