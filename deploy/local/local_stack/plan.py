"""What has to run, in which order and with which environment: pure data from ports, secrets and the environment."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servicekit.testing import embedded
from servicekit.testing.process import Probe, ServerSpec, installed

from local_stack.checkout import Checkout, Secrets
from local_stack.ports import GATEWAY, Ports

SERVICES = ("catalog", "review", "checkup", "search", "notify")
AUDIENCE = "marktplatz"
TEAM_ADDRESS = "team@example.org"
PORT_NAMES = (
    *(GATEWAY, *SERVICES, "web"),
    *("nats", "nats-monitor", "mongo", "opensearch", "oidc", "smtp", "smtp-page", "repos"),
)
REPLACED_BY = {
    "nats": "NATS_URL",
    "mongo": "MONGODB_URL",
    "opensearch": "OPENSEARCH_URL",
    "oidc": "OIDC_ISSUER",
    "smtp": "SMTP_URL",
}
"""Environment variable with an address for each server that can be replaced; it is not started then."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`backing` servers come first, then the streams are provisioned, then `applications` start."""

    gateway: str
    addresses: Mapping[str, str]
    """Where each backing server is, whether we start it or it was there already."""
    given: Mapping[str, str]
    """Addresses of servers that somebody else runs, by environment variable."""
    backing: Sequence[ServerSpec]
    applications: Sequence[ServerSpec]
    provision_env: Mapping[str, str]
    pages: Mapping[str, str]
    """What a person may want to open, by title."""


def make(
    checkout: Checkout,
    ports: Ports,
    secrets: Secrets,
    environ: Mapping[str, str],
    *,
    users: Sequence[Mapping[str, Any]],
    nats_authorization: str,
) -> Plan:
    """Lay out the local system. Writes the configuration files of NATS and of the OIDC provider."""
    given = {name: environ[variable] for name, variable in REPLACED_BY.items() if environ.get(variable)}
    local: Mapping[str, Callable[[], ServerSpec]] = {
        "nats": lambda: embedded.nats(
            checkout.data("nats"),
            port=ports["nats"],
            monitor_port=ports["nats-monitor"],
            authorization=nats_authorization,
        ),
        "mongo": lambda: embedded.mongo(checkout.data("mongo"), port=ports["mongo"]),
        "opensearch": lambda: embedded.search(port=ports["opensearch"]),
        "oidc": lambda: embedded.oidc(checkout.data("oidc"), port=ports["oidc"], users=users),
        "smtp": lambda: embedded.smtp(checkout.data("mail"), port=ports["smtp"], http_port=ports["smtp-page"]),
    }
    backing = [build() for name, build in local.items() if name not in given]
    repos = _repositories(checkout, ports["repos"])
    addresses = {**{spec.name: spec.url for spec in backing}, **given, repos.name: repos.url}
    gateway = f"http://{embedded.LOOPBACK}:{ports[GATEWAY]}"
    nats_login = _NatsLogin(secrets, environ, embedded_server="nats" not in given)
    everyone = {
        "ENV": "development",
        "NATS_URL": addresses["nats"],
        "MONGODB_URL": addresses["mongo"],
        "OPENSEARCH_URL": addresses["opensearch"],
        "OIDC_ISSUER": addresses["oidc"],
        "OIDC_AUDIENCE": AUDIENCE,
        "SMTP_URL": addresses["smtp"],
        "PUBLIC_URL": gateway,
        "HOST": embedded.LOOPBACK,
        "PYTHONUNBUFFERED": "1",
    }
    special = {
        "catalog": {"CATALOG_ALLOW_LOCAL": repos.url.removeprefix("http://")},
        "checkup": {
            "CHECKUP_ALLOW_LOCAL": repos.url.removeprefix("http://"),
            "CHECKUP_WORK_DIR": str(checkout.data("checkup")),
        },
        "notify": {
            "NOTIFY_SECRET": secrets.notify,
            "NOTIFY_TEAM_ADDRESS": environ.get("NOTIFY_TEAM_ADDRESS", TEAM_ADDRESS),
        },
    }
    services = [
        _application(
            name,
            ports[name],
            {**everyone, **nats_login.of(name), "MONGODB_DATABASE": name, **special.get(name, {})},
            argv=(installed(f"marktplatz-{name}"), "all"),
            entry=f"{name}.main:main",
        )
        for name in SERVICES
    ]
    web = _application(
        "web",
        ports["web"],
        {**everyone, "SESSION_SECRET": secrets.session, "OIDC_BEARER": environ.get("OIDC_BEARER", "id_token")},
        argv=(installed("marktplatz-web"),),
        entry="web.main:main",
    )
    upstreams = {f"{app.name.upper()}_UPSTREAM": app.url.removeprefix("http://") for app in (*services, web)}
    caddyfile = checkout.root / "deploy" / "gateway" / "Caddyfile"
    caddy = embedded.caddy(checkout.data(GATEWAY), port=ports[GATEWAY], caddyfile=caddyfile, env=upstreams)
    pages = {"Marktplatz": gateway}
    pages |= {f"API {name}": f"{gateway}/api/{name}/docs" for name in SERVICES}
    for spec in backing:
        if "page" in spec.addresses:
            pages["E-Mails"] = spec.addresses["page"]
    return Plan(
        gateway=gateway,
        addresses=addresses,
        given={REPLACED_BY[name]: url for name, url in given.items()},
        backing=(*backing, repos),
        applications=(*services, web, caddy),
        provision_env={**everyone, **nats_login.of("operator")},
        pages=pages,
    )


@dataclass(frozen=True, slots=True)
class _NatsLogin:
    """The NATS user of each process: its own at the embedded server, else what the environment says for all."""

    secrets: Secrets
    environ: Mapping[str, str]
    embedded_server: bool

    def of(self, user: str) -> dict[str, str]:
        if self.embedded_server:
            return {"NATS_USER": user, "NATS_PASSWORD": self.secrets.nats[user]}
        return {name: self.environ[name] for name in ("NATS_USER", "NATS_PASSWORD") if name in self.environ}


def _application(name: str, port: int, env: Mapping[str, str], *, argv: tuple[str, ...], entry: str) -> ServerSpec:
    url = f"http://{embedded.LOOPBACK}:{port}"
    return ServerSpec(
        name=name,
        argv=argv,
        entry=entry,
        env={**env, "PORT": str(port)},
        url=url,
        ready=Probe(f"{url}/health/ready"),
    )


def _repositories(checkout: Checkout, port: int) -> ServerSpec:
    """The demo listings' own repositories, and the pages of their demos."""
    directory: Path = checkout.data("demo") / "repositories"
    directory.mkdir(parents=True, exist_ok=True)
    url = f"http://{embedded.LOOPBACK}:{port}"
    return ServerSpec(
        name="repos",
        argv=(
            *(sys.executable, "-m", "local_stack.demo.gitserver"),
            *("--port", str(port), "--root", str(directory)),
        ),
        url=url,
        ready=Probe(f"tcp://{embedded.LOOPBACK}:{port}"),
    )
