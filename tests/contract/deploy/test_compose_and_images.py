"""compose.yaml, the Dockerfile and the NATS configuration fit the code."""

import re
import runpy
import subprocess
import tomllib

import pytest
from checkup.settings import CheckupSettings
from contracts.topology import PERMISSIONS
from servicekit.testing.process import installed

from .manifests import APPLICATIONS, K8S, ROOT, SERVICES, compose, scripts, settings_names

DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
SERVERS = {"nats", "mongodb", "opensearch", "mail", "login", "gateway", "provision", "import", "repositories"}
subset = runpy.run_path(str(ROOT / "deploy/docker/locked_subset.py"))
nats_conf = runpy.run_path(str(ROOT / "deploy/docker/render_nats_conf.py"))


def test_compose_has_everything() -> None:
    assert compose()["services"].keys() == {*APPLICATIONS, *SERVERS}


@pytest.mark.parametrize("name", APPLICATIONS)
def test_a_service_in_compose_fits_its_code(name: str) -> None:
    service = compose()["services"][name]
    command, *mode = service["command"]
    assert command in scripts(name)
    assert mode == ([] if name == "web" else ["all"])
    shared = {"NATS_URL", "MONGODB_URL", "LOG_LEVEL", "OIDC_AUDIENCE"}
    assert service["environment"].keys() - shared <= settings_names(name)
    assert service["build"]["args"] == {"SERVICE": name}
    assert service["image"] == f"marktplatz-{name}"


def test_servers_are_official_images_with_a_version() -> None:
    images = {name: each["image"] for name, each in compose()["services"].items() if "build" not in each}
    assert images.pop("provision") == "marktplatz-catalog"
    assert images.keys() == {"nats", "mongodb", "opensearch", "mail", "gateway"}
    assert all(re.search(r":v?\d", image) for image in images.values())


def test_only_loopback_is_published() -> None:
    ports = [port for each in compose()["services"].values() for port in each.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_gateway_finds_the_services() -> None:
    caddyfile = (ROOT / "deploy/gateway/Caddyfile").read_text(encoding="utf-8")
    upstreams = dict(re.findall(r"\{\$(\w+)_UPSTREAM:(\S+?)\}", caddyfile))
    assert upstreams == {name.upper(): f"{name}:8000" for name in APPLICATIONS}
    assert compose()["services"]["gateway"]["depends_on"].keys() == set(APPLICATIONS)


def test_the_checkup_may_fetch_what_the_import_points_to() -> None:
    services = compose()["services"]
    allowed = services["checkup"]["environment"]["CHECKUP_ALLOW_LOCAL"]
    assert CheckupSettings(checkup_allow_local=allowed).checkup_allow_local == allowed
    assert services["import"]["environment"]["DEMO_REPOSITORIES_URL"] == f"http://{allowed}"
    assert services["repositories"]["command"][-2:] == ["--port", allowed.rpartition(":")[2]]
    assert {services[name]["network_mode"] for name in ("import", "repositories")} == {"service:checkup"}


def test_what_a_service_waits_for_is_there() -> None:
    services = compose()["services"]
    for name, each in services.items():
        waits_for = each.get("depends_on", {})
        assert waits_for.keys() <= services.keys(), name
        for other, how in waits_for.items():
            assert how["condition"] != "service_healthy" or "healthcheck" in services[other], (
                f"{name} waits for {other}"
            )


def test_every_nats_user_has_a_password() -> None:
    services = compose()["services"]
    expected = {f"NATS_PASSWORD_{user.name.upper()}" for user in PERMISSIONS}
    assert services["nats"]["environment"].keys() == expected
    for name in (*SERVICES, "provision"):
        user = services[name]["environment"]["NATS_USER"]
        value = services["nats"]["environment"][f"NATS_PASSWORD_{user.upper()}"]
        assert services[name]["environment"]["NATS_PASSWORD"] == value


def test_the_nats_configuration_is_current() -> None:
    current = (K8S / "components/development-servers/nats.conf").read_text(encoding="utf-8")
    assert current == nats_conf["rendered"](), "run: python deploy/docker/render_nats_conf.py"
    assert "@" not in current


def test_nats_takes_the_configuration() -> None:
    config = K8S / "components/development-servers/nats.conf"
    passwords = {f"NATS_PASSWORD_{user.name.upper()}": user.name for user in PERMISSIONS}
    command = [installed("nats-server"), "-t", "--config", str(config)]
    done = subprocess.run(command, env=passwords, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [*APPLICATIONS, "local"])
def test_an_image_can_be_built_of_each(name: str) -> None:
    stages = set(re.findall(r"(?m)^FROM \S+ AS (\S+)", DOCKERFILE))
    assert {f"assets-{name}", f"base-{name}"} <= stages
    install = (ROOT / "deploy/docker/install.sh").read_text(encoding="utf-8")
    assert re.search(rf"\b{name}\b", install)


def test_images_run_without_root() -> None:
    assert re.findall(r"(?m)^USER (.+)$", DOCKERFILE) == ["10001:10001"]


def test_the_builder_gets_what_the_dockerfile_copies() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = [line[1:] for line in ignored if line.startswith("!")]
    copies = [words.split()[:-1] for words in re.findall(r"(?m)^COPY (?!--from)(.+)$", DOCKERFILE)]
    for source in [each for words in copies for each in words]:
        assert (ROOT / source).exists(), source
        assert any(source == each or source.startswith(f"{each}/") for each in sent), source


@pytest.mark.parametrize("folder", ["libs/contracts", "libs/servicekit", *(f"services/{s}" for s in SERVICES), "web"])
def test_the_lock_knows_what_a_package_needs(folder: str) -> None:
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {subset["normalised"](re.split(r"[\[<>=;~! ]", each)[0]) for each in project["dependencies"]}
    locked = {name for name, _ in subset["pins"](LOCK)}
    assert {name for name in names if not name.startswith("marktplatz-")} <= locked, "run: make lock"


def test_only_what_is_wanted_is_taken_from_the_lock_with_its_hashes() -> None:
    lock = (
        "a==1 \\\n    --hash=sha256:aa\nb-c==2 ; sys_platform == 'x' \\\n    --hash=sha256:bb\n    --hash=sha256:cc\n"
    )
    assert subset["subset"](lock, "B_C==2\n") == lock[lock.index("b-c") :]
    with pytest.raises(subset["LockOutdated"], match=r"not in the lock file: a==3; run make lock"):
        subset["subset"](lock, "a==3\nb-c==2\n")
