"""Which addresses a service may fetch: https to the public internet, and what a developer allows on loopback."""

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

# Special-purpose registries of IANA (RFC 6890 and its updates), plus what ipaddress.is_global of Python 3.11 takes for
# public although it is not: multicast, NAT64, 6to4, site-local, the 6to4 relay anycast.
FORBIDDEN = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
        "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
HOST = re.compile(r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$")
LONGEST = 500
RESOLVE_SECONDS = 10


Refusal = Literal["invalid_address", "forbidden_address", "unreachable", "not_found"]


class AddressRefused(Exception):
    """Nothing may be fetched from an address.

    `reason` is a German sentence for the person who gave it, `detail` an English one for logs and the API; both free of
    addresses of the inner network. `transient` means that the same attempt may succeed later.
    """

    def __init__(self, kind: Refusal, reason: str, detail: str, *, transient: bool = False) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: Refusal = kind
        self.reason = reason
        self.detail = detail
        self.transient = transient


@dataclass(frozen=True, slots=True)
class Origin:
    """A host and port that a developer allows on loopback, with plain http."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be fetched, with the IP addresses it is pinned to."""

    url: str
    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]

    def pin(self) -> str:
        """The value for curl's resolve option: this host is these addresses and nothing else."""
        wrapped = [f"[{address}]" if ":" in address else address for address in self.addresses]
        return f"{self.host}:{self.port}:{','.join(wrapped)}"


def allowed_origins(setting: str) -> frozenset[Origin]:
    """Read `127.0.0.1:8123,localhost:9000`. Raises ValueError for anything that is not on loopback."""
    found = set()
    for part in filter(None, (piece.strip() for piece in setting.split(","))):
        host, separator, port = part.rpartition(":")
        if not separator or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError(f"{part!r} is no host:port")
        if host != "localhost" and not _is_loopback(host):
            raise ValueError(f"{part!r} is not on loopback: only loopback addresses may be allowed")
        found.add(Origin(host.lower(), int(port)))
    return frozenset(found)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_forbidden(address: IP) -> bool:
    """True for every address that is not plainly on the public internet."""
    return not address.is_global or any(
        address in network for network in FORBIDDEN if network.version == address.version
    )


async def checked(url: str, allowed: frozenset[Origin] = frozenset()) -> Target:
    """Return what may be fetched, resolved once. Raises AddressRefused with the reason in words."""
    return await _target(_parts(url), allowed)


async def checked_page(url: str, allowed: frozenset[Origin] = frozenset()) -> Target:
    """The same for the address of a page, which may have a query. Raises AddressRefused."""
    clean, _, query = url.partition("#")[0].partition("?")
    scheme, host, port, address = _parts(clean)
    return await _target((scheme, host, port, f"{address}?{_printable(query)}" if query else address), allowed)


async def _target(parts: tuple[str, str, int, str], allowed: frozenset[Origin]) -> Target:
    scheme, host, port, clean = parts
    if Origin(host, port) in allowed and scheme in ("http", "https"):
        loopback = host if _is_loopback(host) else "127.0.0.1"
        return Target(clean, scheme, host, port, (loopback,))
    if scheme != "https":
        raise _refused("Geladen wird nur über https://.", f"scheme {scheme!r} is not https")
    if port != 443:
        raise _refused("Die Adresse nennt einen ungewöhnlichen Port; erlaubt ist 443.", f"port {port} is not 443")
    if not HOST.match(host) or _looks_numeric(host):
        raise _refused("Die Adresse nennt keinen öffentlichen Rechnernamen.", f"host {host!r} is no public name")
    return Target(clean, scheme, host, port, await _resolved(host, port))


def _printable(text: str) -> str:
    """The text itself. Raises AddressRefused when it is not what an address may hold."""
    if not text.isascii() or any(c.isspace() or not c.isprintable() or c in "\\\"'<>`" for c in text):
        raise _invalid("unprintable or not ASCII")
    return text


def _parts(url: str) -> tuple[str, str, int, str]:
    if len(url) > LONGEST:
        raise _invalid("too long")
    try:
        split = urlsplit(_printable(url))
        port = split.port
    except ValueError as error:
        raise _invalid(str(error)) from error
    if split.username is not None or split.password is not None or "@" in split.netloc:
        raise _refused("Adressen mit Zugangsdaten werden nicht geladen.", "userinfo in the address")
    if split.scheme not in ("http", "https") or not split.hostname or url.startswith("-"):
        raise _invalid(f"no http(s) address of a host: scheme {split.scheme!r}")
    if split.query or split.fragment:
        raise _invalid("query or fragment in a repository address")
    host = split.hostname.rstrip(".").lower()
    default = 443 if split.scheme == "https" else 80
    name = f"[{host}]" if ":" in host else host
    clean = f"{split.scheme}://{name}{'' if port in (None, default) else f':{port}'}{split.path}"
    return split.scheme, host, port or default, clean


def _looks_numeric(host: str) -> bool:
    """Names that C libraries read as IP addresses: decimal, octal, hexadecimal, shortened."""
    return all(re.fullmatch(r"0x[0-9a-f]*|\d+", label) for label in host.split("."))


async def _resolved(host: str, port: int) -> tuple[str, ...]:
    """Every address of the name; one forbidden address refuses the name, so that no order or retry slips through."""
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise _unresolved("no answer from the name service", transient=True) from error
    except socket.gaierror as error:
        raise _unresolved(str(error), transient=error.errno == socket.EAI_AGAIN) from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise _unresolved("no address", transient=False)
    for address in addresses:
        if is_forbidden(ipaddress.ip_address(address.partition("%")[0])):
            raise _refused(
                "Die Adresse führt nicht ins öffentliche Internet und wird nicht geladen.",
                f"{host} resolves to an address that is not public",
            )
    return addresses


def _invalid(detail: str) -> AddressRefused:
    return AddressRefused("invalid_address", "Das ist keine gültige Adresse.", detail)


def _refused(reason: str, detail: str) -> AddressRefused:
    return AddressRefused("forbidden_address", reason, detail)


def _unresolved(detail: str, *, transient: bool) -> AddressRefused:
    if transient:
        return AddressRefused("unreachable", "Der Namensdienst antwortet gerade nicht.", detail, transient=True)
    return AddressRefused("not_found", "Der Rechnername der Adresse ist unbekannt.", detail)
