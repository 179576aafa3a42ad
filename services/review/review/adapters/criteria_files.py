"""Reads the published criteria, one YAML file per version, from `review/criteria/`."""

from functools import cache
from importlib import resources
from typing import Any

import yaml

from review.domain.criteria import CriteriaSet, Criterion, CriterionKind, Grade


class CriteriaFiles:
    """The criteria of every version; `current` is the one that new cases get."""

    def __init__(self, current: str) -> None:
        names = (file.name for file in resources.files("review").joinpath("criteria").iterdir())
        self._versions = sorted((name.removesuffix(".yaml") for name in names if name.endswith(".yaml")), key=_numbers)
        self._current = self.get(current)

    @property
    def current(self) -> CriteriaSet:
        """The criteria that new cases are judged by."""
        return self._current

    def get(self, version: str) -> CriteriaSet:
        """Return the criteria of one version. Raises KeyError when there is no such version."""
        return _load(version)

    def versions(self) -> list[str]:
        """Return every version there is, oldest first."""
        return list(self._versions)


@cache
def _load(version: str) -> CriteriaSet:
    file = resources.files("review").joinpath("criteria", f"{version}.yaml")
    if "/" in version or not file.is_file():
        raise KeyError(version)
    raw: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    if raw["version"] != version:
        raise ValueError(f"criteria/{version}.yaml says that it is version {raw['version']}")
    return CriteriaSet(
        version=version,
        valid_from=raw["valid_from"],
        criteria=tuple(Criterion(**{**one, "kind": CriterionKind(one["kind"])}) for one in raw["criteria"]),
        grades=tuple(Grade(value, label["de"], label["en"]) for value, label in raw["grades"].items()),
    )


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
