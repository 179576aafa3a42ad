"""What is wrong with a publiccode.yml: where, by which rule, how bad, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_TEXT = (Path(__file__).resolve().parent / "data" / "words.yaml").read_text(encoding="utf-8")


class Severity(StrEnum):
    """An error makes the file invalid, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation. `path` is dotted (`description.de.features[2]`), empty for the file; `line` counts from 1."""

    path: str
    rule: str
    line: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return Severity(_words()[self.rule][0])

    @property
    def de(self) -> str:
        """A German sentence."""
        return _words()[self.rule][1].format_map(self.values)

    @property
    def en(self) -> str:
        """The same in English."""
        return _words()[self.rule][2].format_map(self.values)


@cache
def _words() -> Mapping[str, tuple[str, str, str]]:
    return {rule: tuple(words) for rule, words in yaml.safe_load(_TEXT).items()}
