"""What is started with which environment."""

from pathlib import Path

from local_stack import plan
from local_stack.checkout import PROJECT, Checkout, Secrets
from local_stack.plan import PORT_NAMES, SERVICES, Plan
from local_stack.ports import Ports

PORTS = Ports({name: 20_000 + number for number, name in enumerate(PORT_NAMES)}, ())
SECRETS = Secrets(nats={name: f"password of {name}" for name in ("operator", *SERVICES)}, session="s", notify="n")


def planned(tmp_path: Path, **environ: str) -> Plan:
    return plan.make(Checkout(PROJECT, tmp_path), PORTS, SECRETS, environ, users=[], nats_authorization="")


def test_all_servers_services_web_and_the_gateway_are_started(tmp_path: Path) -> None:
    made = planned(tmp_path)
    assert [spec.name for spec in made.backing] == ["nats", "mongo", "opensearch", "oidc", "smtp", "repos"]
    assert [spec.name for spec in made.applications] == [*SERVICES, "web", "gateway"]
    assert made.gateway == f"http://127.0.0.1:{PORTS['gateway']}"


def test_a_server_with_an_address_in_the_environment_is_not_started(tmp_path: Path) -> None:
    made = planned(tmp_path, MONGODB_URL="mongodb://db.example.org", OIDC_ISSUER="https://login.example.org")
    assert [spec.name for spec in made.backing] == ["nats", "opensearch", "smtp", "repos"]
    catalog = made.applications[0]
    assert catalog.env["MONGODB_URL"] == "mongodb://db.example.org"
    assert catalog.env["OIDC_ISSUER"] == made.addresses["oidc"] == "https://login.example.org"


def test_each_service_has_its_own_database_and_nats_user(tmp_path: Path) -> None:
    services = {spec.name: spec.env for spec in planned(tmp_path).applications}
    for name in SERVICES:
        assert services[name]["MONGODB_DATABASE"] == name
        assert services[name]["NATS_USER"] == name
        assert services[name]["NATS_PASSWORD"] == f"password of {name}"
        assert services[name]["PORT"] == str(PORTS[name])
    assert planned(tmp_path).provision_env["NATS_USER"] == "operator"


def test_a_foreign_nats_gets_the_login_of_the_environment(tmp_path: Path) -> None:
    made = planned(tmp_path, NATS_URL="nats://bus.example.org", NATS_USER="me", NATS_PASSWORD="mine")
    assert {(spec.env.get("NATS_USER"), spec.env.get("NATS_PASSWORD")) for spec in made.applications[:5]} == {
        ("me", "mine")
    }
    assert "NATS_USER" not in planned(tmp_path, NATS_URL="nats://bus.example.org").applications[0].env


def test_secrets_reach_only_who_needs_them(tmp_path: Path) -> None:
    holders = {
        name: {spec.name for spec in planned(tmp_path).applications if name in spec.env}
        for name in ("SESSION_SECRET", "NOTIFY_SECRET", "CHECKUP_ALLOW_LOCAL", "CATALOG_ALLOW_LOCAL")
    }
    assert holders == {
        "SESSION_SECRET": {"web"},
        "NOTIFY_SECRET": {"notify"},
        "CHECKUP_ALLOW_LOCAL": {"checkup"},
        "CATALOG_ALLOW_LOCAL": {"catalog"},
    }


def test_the_gateway_knows_where_everybody_is(tmp_path: Path) -> None:
    gateway = planned(tmp_path).applications[-1]
    for name in (*SERVICES, "web"):
        assert gateway.env[f"{name.upper()}_UPSTREAM"] == f"127.0.0.1:{PORTS[name]}"
