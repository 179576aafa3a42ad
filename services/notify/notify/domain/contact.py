"""Who can be reached how: the only place where an e-mail address is kept."""

import re
from dataclasses import dataclass
from email.utils import parseaddr

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Contact:
    """A user's address and name, as far as they are known."""

    user: str
    email: str | None = None
    display_name: str | None = None


def address(raw: str | None) -> str | None:
    """Return a well-formed address with an ASCII domain, None for anything else.

    International domains are encoded (IDNA, RFC 5890). Nothing that this returns can end a header line.
    """
    local, at, domain = (raw or "").strip().rpartition("@")
    if not at:
        return None
    try:
        found = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
    return found if _ADDRESS.fullmatch(found) and ".." not in found else None


def mailbox(raw: str) -> tuple[str | None, str]:
    """Return name and address of `Name <address>` or of a bare address. Raises ValueError when there is no address."""
    name, email = parseaddr(raw)
    known = address(email)
    if known is None:
        raise ValueError(f"not an e-mail address: {raw!r}")
    return plain_name(name), known


def plain_name(raw: str | None) -> str | None:
    """Return a name on one line without control characters, None when nothing is left."""
    printable = "".join(character if character.isprintable() else " " for character in raw or "")
    return " ".join(printable.split())[:_NAME_LENGTH] or None
