"""Users and accounts of the bus, what one account shares with another, and the NATS configuration that says so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Share:
    """What an account may use of the account `owner`: put questions to a service, or listen to a stream of messages."""

    owner: str
    kind: Literal["service", "stream"]
    subject: str
    seen_as: str
    """The subject in the account that uses it."""


@dataclass(frozen=True)
class Account:
    """A world of its own: nothing gets from one account into another unless it is shared."""

    name: str
    jetstream: bool = False
    imports: tuple[Share, ...] = ()


@dataclass(frozen=True)
class User:
    """What a NATS user may publish and subscribe; None means everything. `deny` is taken out of `publish` again."""

    name: str
    account: str
    publish: tuple[str, ...] | None
    subscribe: tuple[str, ...] | None
    deny: tuple[str, ...] = ()
    inbox_prefix: str = "_INBOX"


def accounts_block(accounts: Sequence[Account], users: Sequence[User], passwords: Mapping[str, str]) -> str:
    """Return the `accounts` block of a NATS configuration; users without a password are left out.

    Raises KeyError for a password of nobody.
    """
    if strangers := passwords.keys() - {user.name for user in users}:
        raise KeyError(f"no such NATS user: {', '.join(sorted(strangers))}")
    lines = ["accounts {"]
    for account in accounts:
        lines.append(f"  {account.name} {{")
        if account.jetstream:
            lines.append("    jetstream: enabled")
        members = [user for user in users if user.account == account.name and user.name in passwords]
        lines += _list("users", (line for user in members for line in _user(user, passwords[user.name])))
        lines += _list("exports", _exports(account, accounts))
        lines += _list("imports", (_import(share) for share in account.imports))
        lines.append("  }")
    return "\n".join([*lines, "}", ""])


def _list(name: str, entries: Iterable[str]) -> list[str]:
    lines = [f"      {entry}" for entry in entries]
    return [f"    {name} = [", *lines, "    ]"] if lines else []


def _user(user: User, password: str) -> Iterator[str]:
    escaped = password.replace("\\", "\\\\").replace('"', '\\"')
    yield f'{{ user: "{user.name}", password: "{escaped}"'
    if user.publish is not None and user.subscribe is not None:
        yield "  permissions: {"
        denied = f", deny: {_quoted(user.deny)}" if user.deny else ""
        yield f"    publish: {{ allow: {_quoted(user.publish)}{denied} }}"
        yield f"    subscribe: {{ allow: {_quoted(user.subscribe)} }}"
        yield "  }"
    yield "}"


def _exports(owner: Account, accounts: Sequence[Account]) -> Iterator[str]:
    for guest in accounts:
        for share in guest.imports:
            if share.owner == owner.name:
                yield f'{{ {share.kind}: "{share.subject}", accounts: ["{guest.name}"] }}'


def _import(share: Share) -> str:
    seen_as = f', to: "{share.seen_as}"' if share.seen_as != share.subject else ""
    return f'{{ {share.kind}: {{ account: "{share.owner}", subject: "{share.subject}" }}{seen_as} }}'


def _quoted(subjects: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{subject}"' for subject in subjects) + "]"
