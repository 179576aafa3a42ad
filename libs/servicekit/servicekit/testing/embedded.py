"""How the real servers are started without Docker: one builder per server, used by the tests and by the local stack."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from servicekit.testing.process import Probe, ServerSpec, installed

LOOPBACK = "127.0.0.1"


def nats(
    directory: Path,
    *,
    port: int,
    monitor_port: int,
    authorization: str = "",
    sync_interval: str = "1s",
    name: str = "nats",
) -> ServerSpec:
    """NATS with JetStream; its store and its configuration live in `directory`.

    `authorization` is what `contracts.topology.nats_authorization` renders; empty means open to everyone.
    """
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "nats.conf"
    config.touch(mode=0o600)  # it may hold passwords
    config.write_text(
        f"listen: {LOOPBACK}:{port}\n"
        f"http: {LOOPBACK}:{monitor_port}\n"
        f"server_name: marktplatz-{port}\n"
        f"jetstream {{ store_dir: {json.dumps(str(directory / 'store'))}, "
        f"sync_interval: {json.dumps(sync_interval)} }}\n"
        f"{authorization}\n"
    )
    monitor = f"http://{LOOPBACK}:{monitor_port}"
    return ServerSpec(
        name=name,
        argv=(installed("nats-server"), "--config", str(config)),
        url=f"nats://{LOOPBACK}:{port}",
        ready=Probe(f"{monitor}/healthz?js-enabled-only=true"),
        addresses={"monitor": monitor},
    )


def mongo(directory: Path, *, port: int, cache: str = "128M") -> ServerSpec:
    """The MongoDB wire protocol on the WiredTiger engine; its files live in `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    return ServerSpec(
        name="mongo",
        argv=(
            *(installed("secantusd-py"), "--host", LOOPBACK, "--port", str(port)),
            *("--storage-path", str(directory), "--cache-size", cache, "--log-level", "WARNING"),
        ),
        cwd=directory,  # it looks for a configuration file in the working directory
        url=f"mongodb://{LOOPBACK}:{port}/?directConnection=true",
        ready=Probe(f"tcp://{LOOPBACK}:{port}"),
    )


def search(*, port: int) -> ServerSpec:
    """The OpenSearch API, in memory: empty at every start."""
    from osmem_server import resolve_binary  # noqa: PLC0415 -- only here when the extra `testing` is installed

    return ServerSpec(
        name="opensearch",
        argv=(
            *(resolve_binary(), "-addr", f"{LOOPBACK}:{port}", "-no-ja", "-no-stdin-watch"),
            *("-parent-pid", str(os.getpid())),
        ),
        url=f"http://{LOOPBACK}:{port}",
        ready=Probe(f"http://{LOOPBACK}:{port}/"),
    )


def oidc(
    directory: Path, *, port: int, users: Sequence[Mapping[str, Any]] = (), token_seconds: int = 12 * 3600
) -> ServerSpec:
    """An OpenID Connect provider for development. `users` are claim sets with at least `sub`.

    The signing key is kept in `directory`, so that a restart does not log everyone out.
    """
    directory.mkdir(parents=True, exist_ok=True)
    claims = directory / "users.json"
    claims.write_text(json.dumps([dict(user) for user in users], ensure_ascii=False))
    issuer = f"http://{LOOPBACK}:{port}"
    return ServerSpec(
        name="oidc",
        argv=(
            *(sys.executable, "-m", "servicekit.testing.oidc_provider", "--port", str(port)),
            *("--users", str(claims), "--key", str(directory / "signing-key.json")),
            *("--token-seconds", str(token_seconds)),
        ),
        url=issuer,
        ready=Probe(f"{issuer}/.well-known/openid-configuration"),
    )


def smtp(directory: Path, *, port: int, http_port: int) -> ServerSpec:
    """A mail sink: every mail becomes a file in `directory` and can be read on a page and as JSON."""
    directory.mkdir(parents=True, exist_ok=True)
    page = f"http://{LOOPBACK}:{http_port}"
    return ServerSpec(
        name="smtp",
        argv=(
            *(sys.executable, "-m", "servicekit.testing.smtp_sink", "--smtp-port", str(port)),
            *("--http-port", str(http_port), "--directory", str(directory)),
        ),
        url=f"smtp://{LOOPBACK}:{port}",
        ready=Probe(f"{page}/health/ready"),
        addresses={"page": page},
    )


def caddy(
    directory: Path, *, port: int, caddyfile: Path, env: Mapping[str, str], ready_path: str = "/health/gateway"
) -> ServerSpec:
    """The gateway. `env` fills the placeholders of the Caddyfile; PORT and HOST are added."""
    directory.mkdir(parents=True, exist_ok=True)
    url = f"http://{LOOPBACK}:{port}"
    return ServerSpec(
        name="gateway",
        argv=(installed("caddy"), "run", "--config", str(caddyfile), "--adapter", "caddyfile"),
        env={
            **env,
            "GATEWAY_HOST": LOOPBACK,
            "GATEWAY_PORT": str(port),
            "XDG_DATA_HOME": str(directory / "data"),
            "XDG_CONFIG_HOME": str(directory / "config"),
        },
        url=url,
        ready=Probe(f"{url}{ready_path}"),
    )
