"""Puts the server and the k-NN plugin below `.local/opensearch`: Maven fetches them, their hashes are pinned here."""

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from opensearch_local import place
from opensearch_local.faults import NotHereError, ProvisionError

COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A zip of a Maven repository."""

    group: str
    name: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        return f"{self.name}-{self.version}.zip"


SERVER = Artifact(
    "org.opensearch.distribution.integ-test-zip",
    "opensearch",
    "3.6.0",
    "a91faa1dc1cadc78cb278b4f63847e19e1627a4e9de698e14e7efc14ee37b286",
)
PLUGINS = (
    Artifact(
        "org.opensearch.plugin",
        "opensearch-knn",
        "3.6.0.0",
        "ac392ca28a39b3bf290648a422ef30cb149dda2963a9d7feb26060e932341c9a",
    ),
)
LEFT_OUT = ("modules/ingest-geoip/",)
"""A third of the whole, and nothing we use."""


def provisioned(say: Callable[[str], None]) -> Path:
    """Return the server's folder, made now if it is not there."""
    base = place.base()
    pins = "".join(each.sha256 for each in (SERVER, *PLUGINS)) + "".join(LEFT_OUT)
    home = base / f"{SERVER.name}-{SERVER.version}-{hashlib.sha256(pins.encode()).hexdigest()[:8]}"
    base.mkdir(parents=True, exist_ok=True)
    with _alone(base):
        if not home.exists():
            with tempfile.TemporaryDirectory(prefix="new-", dir=base) as fresh:
                _assemble(Path(fresh), say).rename(home)
    return home


def _assemble(directory: Path, say: Callable[[str], None]) -> Path:
    maven = shutil.which("mvn")
    if maven is None:
        raise NotHereError("Maven is needed to fetch OpenSearch: there is no `mvn` on the PATH")
    say(f"fetching OpenSearch {SERVER.version} with k-NN by Maven (about 165 MB, once per machine)")
    for artifact in (SERVER, *PLUGINS):
        _fetch(maven, artifact, directory)
    with zipfile.ZipFile(directory / SERVER.file) as archive:
        root = f"{SERVER.name}-{SERVER.version}/"
        left_out = tuple(root + each for each in LEFT_OUT)
        archive.extractall(directory, [each for each in archive.namelist() if not each.startswith(left_out)])
    home = directory / root
    for plugin in PLUGINS:
        with zipfile.ZipFile(directory / plugin.file) as archive:
            archive.extractall(home / "plugins" / plugin.name)
    place.hand_over(home)
    return home


def _fetch(maven: str, artifact: Artifact, directory: Path) -> None:
    coordinates = f"{artifact.group}:{artifact.name}:{artifact.version}:zip"
    done = subprocess.run(
        [maven, "-B", "-q", "-c", "-ntp", COPY, f"-Dartifact={coordinates}", f"-DoutputDirectory={directory}"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ProvisionError(f"Maven could not fetch {coordinates}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    with (directory / artifact.file).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != artifact.sha256:
        raise ProvisionError(f"{coordinates} is not the file that is pinned: its SHA-256 is {digest}")


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
