"""Which addresses may be fetched."""

import asyncio
import ipaddress
import socket
from typing import Any

import pytest
from servicekit.addresses import AddressRefused, Origin, Target, allowed_origins, checked, is_forbidden

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "8.8.8.8", "1.1.1.1"]
INNER = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "198.18.0.1", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "203.0.113.7", "::1", "::", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "fe80::1",
    "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001::1", "2001:db8::1", "100::1", "3fff::1", "5f00::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_addresses_that_are_not_public_are_forbidden(address: str) -> None:
    assert is_forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert not is_forbidden(ipaddress.ip_address(address))


@pytest.fixture
def resolving(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the name service answer what a test wants."""

    def answer(*addresses: str, error: Exception | None = None) -> list[str]:
        asked: list[str] = []

        async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
            asked.append(host)
            if error:
                raise error
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo, raising=False)
        return asked

    return answer


async def failure(url: str, allowed: frozenset[Origin] = frozenset()) -> AddressRefused:
    with pytest.raises(AddressRefused) as caught:
        await checked(url, allowed)
    return caught.value


async def test_a_public_name_is_pinned_to_what_it_resolved_to(resolving: Any) -> None:
    resolving("93.184.215.14", "2606:2800::1")
    target = await checked("https://Git.Example.ORG./team/app.git")
    assert target == Target(
        "https://git.example.org/team/app.git", "https", "git.example.org", 443, ("93.184.215.14", "2606:2800::1")
    )
    assert target.pin() == "git.example.org:443:93.184.215.14,[2606:2800::1]"


async def test_one_inner_address_among_public_ones_refuses_the_name(resolving: Any) -> None:
    resolving("93.184.215.14", "169.254.169.254")
    found = await failure("https://rebinding.example.org/app.git")
    assert found.kind == "forbidden_address"
    assert found.reason == "Die Adresse führt nicht ins öffentliche Internet und wird nicht geladen."
    assert "169.254" not in found.reason + found.detail
    assert not found.transient


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://git.example.org/app.git", "forbidden_address"),
        ("https://git.example.org:8443/app.git", "forbidden_address"),
        ("https://user:pass@git.example.org/app.git", "forbidden_address"),
        ("https://git.example.org@127.0.0.1/app.git", "forbidden_address"),
        ("https://127.0.0.1/app.git", "forbidden_address"),
        ("https://2130706433/app.git", "forbidden_address"),
        ("https://0x7f000001/app.git", "forbidden_address"),
        ("https://0177.0.0.1/app.git", "forbidden_address"),
        ("https://127.1/app.git", "forbidden_address"),
        ("https://[::1]/app.git", "forbidden_address"),
        ("https://[::ffff:127.0.0.1]/app.git", "forbidden_address"),
        ("https://localhost/app.git", "forbidden_address"),
        ("https://intranet/app.git", "forbidden_address"),
        ("https://git_hub.example.org/app.git", "forbidden_address"),
        ("https://-oProxyCommand=x.example.org/app.git", "forbidden_address"),
        ("ssh://git@git.example.org/app.git", "forbidden_address"),
        ("git@git.example.org:team/app.git", "invalid_address"),
        ("file:///etc/passwd", "invalid_address"),
        ("ext::sh -c touch% /tmp/pwned", "invalid_address"),
        ("--upload-pack=touch /tmp/pwned", "invalid_address"),
        ("https://", "invalid_address"),
        ("https://git.example.org:99999/app.git", "invalid_address"),
        ("https://git.example.org/app.git\nhttps://evil.example.org", "invalid_address"),
        ("https://git.example.org/ä.git", "invalid_address"),
        ("https://git.example.org/app.git?service=x", "invalid_address"),
        ("https://git.example.org/app.git#x", "invalid_address"),
        ("https://git.example.org\\@127.0.0.1/", "invalid_address"),
        ("https://" + "a" * 600, "invalid_address"),
        ("", "invalid_address"),
    ],
)
async def test_tricky_addresses_are_refused_before_anybody_is_asked(resolving: Any, url: str, kind: str) -> None:
    asked = resolving("93.184.215.14")
    found = await failure(url)
    assert found.kind == kind
    assert found.reason.endswith(".")
    assert asked == []


async def test_an_unknown_name_is_permanent_and_a_silent_name_service_is_not(resolving: Any) -> None:
    resolving(error=socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
    assert (await failure("https://nowhere.example.org/app.git")).transient is False
    resolving(error=socket.gaierror(socket.EAI_AGAIN, "Temporary failure"))
    found = await failure("https://nowhere.example.org/app.git")
    assert (found.kind, found.transient) == ("unreachable", True)


async def test_a_developer_may_allow_exactly_one_port_on_loopback() -> None:
    allowed = allowed_origins("127.0.0.1:8123, localhost:9000")
    target = await checked("http://127.0.0.1:8123/app.git", allowed)
    assert (target.scheme, target.addresses) == ("http", ("127.0.0.1",))
    assert (await checked("http://localhost:9000/a.git", allowed)).pin() == "localhost:9000:127.0.0.1"
    assert (await failure("http://127.0.0.1:8124/app.git", allowed)).kind == "forbidden_address"
    assert (await failure("http://127.0.0.2:8123/app.git", allowed)).kind == "forbidden_address"
    assert (await failure("http://u:p@127.0.0.1:8123/app.git", allowed)).kind == "forbidden_address"


@pytest.mark.parametrize("setting", ["10.0.0.1:80", "git.example.org:443", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:0"])
def test_only_loopback_can_be_allowed(setting: str) -> None:
    with pytest.raises(ValueError):
        allowed_origins(setting)
