"""Every manifest can be read, and every file that a kustomization names is there (needs no tool)."""

from pathlib import Path

import pytest
import yaml

from .manifests import K8S, SERVICES, Object

YAML = sorted(K8S.rglob("*.yaml"))
KUSTOMIZATIONS = [path for path in YAML if path.name == "kustomization.yaml"]


def documents(path: Path) -> list[Object]:
    return [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if each]


@pytest.mark.parametrize("path", YAML, ids=lambda path: str(path.relative_to(K8S)))
def test_it_is_yaml(path: Path) -> None:
    assert documents(path)


@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda path: str(path.parent.relative_to(K8S)))
def test_what_it_names_exists(path: Path) -> None:
    (content,) = documents(path)
    for name in content.get("resources", []):
        target = path.parent / name
        assert target.is_file() or (target / "kustomization.yaml").is_file(), name
    for name in content.get("components", []):
        (component,) = documents(path.parent / name / "kustomization.yaml")
        assert component["kind"] == "Component", name
    for patch in content.get("patches", []):
        assert (path.parent / patch["path"]).is_file(), patch
    for generator in (*content.get("configMapGenerator", []), *content.get("secretGenerator", [])):
        assert all((path.parent / name).is_file() for name in generator.get("files", []))


def test_no_file_is_forgotten() -> None:
    named: set[Path] = set()
    for path in KUSTOMIZATIONS:
        (content,) = documents(path)
        names = [*content.get("resources", []), *(patch["path"] for patch in content.get("patches", []))]
        named |= {(path.parent / name).resolve() for name in names}
    assert set(YAML) - named - set(KUSTOMIZATIONS) == set()


def test_the_base_holds_no_secret() -> None:
    for path in sorted((K8S / "base").rglob("*.yaml")):
        for document in documents(path):
            assert document.get("kind") != "Secret"
            assert "secretGenerator" not in document


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_an_api_and_a_worker(service: str) -> None:
    deployments = [each for each in documents(K8S / "base" / f"{service}.yaml") if each["kind"] == "Deployment"]
    assert [each["metadata"]["name"] for each in deployments] == [f"{service}-api", f"{service}-worker"]
