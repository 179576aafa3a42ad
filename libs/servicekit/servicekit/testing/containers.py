"""The same servers as official images through testcontainers, where a Docker engine answers and it is asked for."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from servicekit.testing.process import Probe
from servicekit.testing.wait import until_sync

SWITCH = "MARKTPLATZ_TEST_CONTAINERS"


@dataclass(frozen=True, slots=True)
class Image:
    name: str
    port: int
    scheme: str
    command: str = ""
    env: dict[str, str] = field(default_factory=dict)
    suffix: str = ""


NATS = Image("nats:2.12", 4222, "nats", command="-js")
MONGO = Image("mongo:8", 27017, "mongodb", suffix="/?directConnection=true")
SEARCH = Image(
    "opensearchproject/opensearch:3",
    9200,
    "http",
    env={"discovery.type": "single-node", "DISABLE_SECURITY_PLUGIN": "true", "DISABLE_INSTALL_DEMO_CONFIG": "true"},
)


def wanted() -> bool:
    """Whether containers are asked for and a Docker engine answers."""
    if os.environ.get(SWITCH) != "1" or (docker := shutil.which("docker")) is None:
        return False
    return subprocess.run([docker, "info"], capture_output=True, check=False).returncode == 0


@contextmanager
def running(image: Image, timeout: float = 120.0) -> Iterator[str]:
    """Address of a container of that image while inside."""
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415 -- optional

    container = DockerContainer(image.name).with_exposed_ports(image.port)
    if image.command:
        container.with_command(image.command)
    for key, value in image.env.items():
        container.with_env(key, value)
    with container:
        authority = f"{container.get_container_host_ip()}:{container.get_exposed_port(image.port)}"
        probe = Probe(f"http://{authority}/" if image.scheme == "http" else f"tcp://{authority}")
        until_sync(lambda: probe.problem() is None, timeout, f"{image.name} to answer")
        yield f"{image.scheme}://{authority}{image.suffix}"
