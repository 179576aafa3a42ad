"""Generates the git repositories that the checkup measures in a demonstration without internet.

`python -m local_stack.demo.repositories --root DIR` writes bare repositories: one for each plan (good, middling, bad)
and a clone of the project's own repository where there is one.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local_stack.demo.history import Author, Plan, fast_import, history, midnight

TEMPLATES = Path(__file__).parent / "templates"
CHECKOUT = Path(__file__).resolve().parents[4]
MARKER = "marktplatz-demo.json"
OWN = "marktplatz"
STALE_AFTER = timedelta(days=60)
GIT_TIMEOUT_SECONDS = 120
GIT_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "HOME": os.devnull,
    "LC_ALL": "C.UTF-8",
}

PLANS = (
    Plan(
        name="mitfahrbank",
        quality="good",
        authors=(
            Author("Alex Muster", "alex.muster@kreis.example.org", 6),
            Author("Kim Beispiel", "kim.beispiel@verein.example.org", 5),
            Author("Robin Vorlage", "robin.vorlage@stadt.example.org", 4),
            Author("Sascha Probe", "sascha.probe@verein.example.org", 3),
            Author("Toni Entwurf", "toni.entwurf@dienstleister.example.org", 3),
            Author("Luca Modell", "luca.modell@kreis.example.org", 2),
            Author("Jona Schablone", "jona.schablone@example.org", 2),
        ),
        first_day=362,
        last_day=3,
        order=(
            *("README", "LICENSE", "pyproject", ".gitignore", "mitfahrbank/__init__", "mitfahrbank/geometry"),
            *("tests/conftest", "tests/test_geometry", "mitfahrbank/wishes", "tests/test_wishes", "requirements"),
            *("Makefile", ".github/workflows", "docs/adr", "mitfahrbank", "tests", "docs/architektur", "web", "docs"),
        ),
        releases=("1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.5.0", "1.5.1", "1.6.0"),
        copyright="Landkreis Musterland und Mitwirkende",
    ),
    Plan(
        name="kulturangebote",
        quality="middling",
        authors=(
            Author("Mika Muster", "mika.muster@kreis.example.org", 7),
            Author("Noel Beispiel", "noel.beispiel@kreis.example.org", 2),
            Author("Ulli Vorlage", "ulli.vorlage@example.org", 1),
        ),
        first_day=330,
        last_day=40,
        order=("README", "package", "src/offers", "src", "test", "LICENSE"),
        releases=("0.9.0", "1.0.0"),
    ),
    Plan(
        name="heckenkarte",
        quality="bad",
        authors=(Author("Deniz Muster", "deniz.muster@example.org"),),
        first_day=350,
        last_day=290,
        order=("README", "karte"),
        messages=("Initial commit", "wip", "update", "fix", "fix 2", "final", "final neu"),
        steps_per_file=1,
    ),
)


@dataclass(frozen=True)
class Repository:
    """A repository that can be served; `skipped` says why there is none."""

    name: str
    quality: str
    path: Path
    head: str | None = None
    skipped: str | None = None


class GitFailed(RuntimeError):
    """A git command ended with an error; the message has its last line."""


def generate(
    root: Path, *, as_of: datetime | None = None, checkout: Path = CHECKOUT, plans: Sequence[Plan] = PLANS
) -> list[Repository]:
    """Brings the repositories under `root` up to date and says what is there; what is current is left alone."""
    if shutil.which("git") is None:
        reason = "git is not installed"
        return [Repository(plan.name, plan.quality, root / f"{plan.name}.git", skipped=reason) for plan in plans]
    root.mkdir(parents=True, exist_ok=True)
    at = midnight(as_of or datetime.now(UTC))
    return [*(_generated(root, plan, at, keep=as_of is None) for plan in plans), _own(root, checkout)]


def template_files(name: str) -> dict[str, str]:
    """The final files of a repository by path; templates end in `.in` so that no tool takes them for our own code."""
    folder = TEMPLATES / name
    found = sorted(path for path in folder.rglob("*.in") if path.is_file())
    return {path.relative_to(folder).as_posix().removesuffix(".in"): path.read_text(encoding="utf-8") for path in found}


def _generated(root: Path, plan: Plan, at: datetime, *, keep: bool) -> Repository:
    path = root / f"{plan.name}.git"
    files = template_files(plan.name)
    digest = hashlib.sha256(json.dumps([asdict(plan), files], sort_keys=True).encode()).hexdigest()
    marker = _marker(path)
    if marker.get("digest") == digest and (at.isoformat() == marker.get("as_of") or (keep and _fresh(marker, at))):
        return Repository(plan.name, plan.quality, path, head=_head(path))
    building = root / f"{plan.name}.git.new"
    shutil.rmtree(building, ignore_errors=True)
    _git("init", "--quiet", "--bare", "--initial-branch=main", str(building))
    stream = fast_import(history(plan, files, at))
    _git("fast-import", "--quiet", "--done", repository=building, stdin=stream)
    (building / "description").write_text(f"Beispielmaterial ({plan.quality})\n", encoding="utf-8")
    (building / MARKER).write_text(json.dumps({"digest": digest, "as_of": at.isoformat()}) + "\n", encoding="utf-8")
    _publish(building, path)
    return Repository(plan.name, plan.quality, path, head=_head(path))


def _own(root: Path, checkout: Path) -> Repository:
    path = root / f"{OWN}.git"
    try:
        head = _git("-C", str(checkout), "rev-parse", "--verify", "HEAD").strip()
        top = _git("-C", str(checkout), "rev-parse", "--show-toplevel").strip()
    except GitFailed as error:
        return Repository(OWN, "own", path, skipped=f"{checkout} is not a git checkout with a commit: {error}")
    if Path(top).resolve() != checkout.resolve():
        return Repository(OWN, "own", path, skipped=f"{checkout} is only a folder inside another git checkout")
    if path.exists() and _head(path) == head:
        return Repository(OWN, "own", path, head=head)
    building = root / f"{OWN}.git.new"
    shutil.rmtree(building, ignore_errors=True)
    try:
        _git("init", "--quiet", "--bare", "--initial-branch=main", str(building))
        refs = ("HEAD:refs/heads/main", "refs/tags/*:refs/tags/*")
        _git("fetch", "--quiet", "--update-shallow", str(checkout), *refs, repository=building)
    except GitFailed as error:
        shutil.rmtree(building, ignore_errors=True)
        return Repository(OWN, "own", path, skipped=f"the checkout could not be copied: {error}")
    _publish(building, path)
    return Repository(OWN, "own", path, head=head)


def _publish(building: Path, path: Path) -> None:
    """Puts a finished repository in place; an interrupted run leaves at most a folder that the next one removes."""
    _git("update-server-info", repository=building)
    shutil.rmtree(path, ignore_errors=True)
    building.rename(path)


def _marker(path: Path) -> Mapping[str, str]:
    try:
        found: dict[str, str] = json.loads((path / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _fresh(marker: Mapping[str, str], at: datetime) -> bool:
    try:
        return timedelta() <= at - datetime.fromisoformat(marker["as_of"]) < STALE_AFTER
    except (KeyError, ValueError):
        return False


def _head(path: Path) -> str | None:
    try:
        return _git("rev-parse", "--verify", "--quiet", "refs/heads/main", repository=path).strip()
    except GitFailed:
        return None


def _git(*arguments: str, repository: Path | None = None, stdin: bytes = b"") -> str:
    environment = {"PATH": os.environ.get("PATH", os.defpath), **GIT_ENVIRONMENT}
    where = () if repository is None else (f"--git-dir={repository}",)
    try:
        done = subprocess.run(
            ["git", *where, *arguments],
            input=stdin,
            env=environment,
            capture_output=True,
            timeout=GIT_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitFailed(str(error)) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise GitFailed(lines[-1] if lines else f"git {arguments[0]} ended with {done.returncode}")
    return done.stdout.decode()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Generate the demonstration repositories.")
    parser.add_argument("--root", type=Path, required=True, help="folder for the bare repositories")
    for repository in generate(parser.parse_args(arguments).root):
        print(f"{repository.name:16s} {repository.quality:9s} {repository.skipped or repository.head}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
