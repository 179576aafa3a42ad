"""The Kubernetes manifests, rendered where there is a tool for it, and compose.yaml, as objects."""

import runpy
import subprocess
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from pydantic_settings import BaseSettings

ROOT = Path(__file__).resolve().parents[3]
K8S = ROOT / "deploy" / "k8s"
DEV = K8S / "overlays" / "dev"
SERVICES = ("catalog", "review", "checkup", "search", "notify")
APPLICATIONS = (*SERVICES, "web")

Object = dict[str, Any]


def renderer() -> list[str] | None:
    """The command that renders a kustomization here, None when there is no such tool."""
    command: list[str] | None = runpy.run_path(str(K8S / "render.py"))["renderer"]()
    return command


@cache
def rendered(folder: Path) -> tuple[Object, ...]:
    command = renderer()
    assert command is not None
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return tuple(each for each in yaml.safe_load_all(done.stdout) if each)


def of_kind(objects: tuple[Object, ...], kind: str) -> list[Object]:
    return [each for each in objects if each["kind"] == kind]


def named(objects: tuple[Object, ...], kind: str, name: str) -> Object:
    """The object with a name, or with this name and the hash that a generator added."""
    found = [
        each
        for each in of_kind(objects, kind)
        if each["metadata"]["name"] == name or each["metadata"]["name"].rpartition("-")[0] == name
    ]
    assert len(found) == 1, f"{kind} {name}: {len(found)} found"
    return found[0]


def pod(workload: Object) -> Object:
    spec: Object = workload["spec"]["template"]["spec"]
    return spec


def label(workload: Object, what: str) -> str:
    """A recommended label of the pods: `name`, `component`, `part-of`."""
    labels: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return labels.get(f"app.kubernetes.io/{what}", "")


def ours(objects: tuple[Object, ...]) -> list[Object]:
    """The workloads that run our own images as part of the product."""
    workloads = [*of_kind(objects, "Deployment"), *of_kind(objects, "Job")]
    return [each for each in workloads if label(each, "part-of") == "marktplatz"]


def scripts(application: str) -> set[str]:
    """The console scripts that an image of this application has."""
    folder = ROOT / ("web" if application == "web" else f"services/{application}")
    found: set[str] = set()
    for path in (folder, ROOT / "libs/servicekit"):
        project = tomllib.loads((path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        found |= set(project.get("scripts", {}))
    return found


@cache
def settings_names(application: str) -> frozenset[str]:
    """The environment variables that an application reads."""
    module = import_module(f"{application}.settings")
    classes = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseSettings) and each.__module__ == module.__name__
    ]
    assert len(classes) == 1, application
    return frozenset(name.upper() for name in classes[0].model_fields)


def compose() -> Object:
    content: Object = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return content
