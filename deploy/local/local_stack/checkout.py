"""Where one checkout keeps what `make run` needs: everything below its own `.local/`."""

import json
import os
import secrets as random_secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCAL_DIRECTORY = "MARKTPLATZ_LOCAL_DIR"
PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Checkout:
    """The project's root, and where its running copy keeps its data: `.local/`, or what MARKTPLATZ_LOCAL_DIR says."""

    root: Path
    directory: Path

    @classmethod
    def here(cls, environ: Mapping[str, str] = os.environ) -> "Checkout":
        elsewhere = environ.get(LOCAL_DIRECTORY)
        return cls(PROJECT, Path(elsewhere).resolve() if elsewhere else PROJECT / ".local")

    @property
    def state_file(self) -> Path:
        """What is remembered between runs: the ports."""
        return self.directory / "state.json"

    @property
    def secrets_file(self) -> Path:
        return self.directory / "secrets.json"

    @property
    def run_file(self) -> Path:
        """What runs now: written by the supervisor, read by `status` and `stop`."""
        return self.directory / "run.json"

    @property
    def lock_file(self) -> Path:
        return self.directory / "supervisor.lock"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def data(self, name: str) -> Path:
        return self.directory / "data" / name


def read_json(file: Path) -> dict[str, Any]:
    """The object in a file; empty when there is none or it is damaged."""
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(file: Path, content: Mapping[str, Any], *, mode: int = 0o644) -> None:
    """Replace a file in one step, so that a reader never sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as output:
        json.dump(content, output, indent=2, ensure_ascii=False)
        output.write("\n")
    fresh.replace(file)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Random per checkout, made once."""

    nats: Mapping[str, str]
    session: str
    notify: str


def load_secrets(checkout: Checkout, nats_users: Iterable[str]) -> Secrets:
    """The secrets of this checkout; missing ones are made and kept in `secrets.json` (readable by its owner only)."""
    kept = read_json(checkout.secrets_file)
    before = json.dumps(kept, sort_keys=True)
    passwords = kept.setdefault("nats", {})
    for user in nats_users:
        passwords.setdefault(user, random_secrets.token_urlsafe(24))
    for name in ("session", "notify"):
        kept.setdefault(name, random_secrets.token_urlsafe(32))
    if json.dumps(kept, sort_keys=True) != before:
        write_json(checkout.secrets_file, kept, mode=0o600)
    return Secrets(nats=passwords, session=kept["session"], notify=kept["notify"])
