"""The standard as typed data, read from `data/standard.yaml`: versions, fields, enumerations."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

_TEXT = (Path(__file__).resolve().parent / "data" / "standard.yaml").read_text(encoding="utf-8")

Kind = Literal[
    "version", "line", "text", "url", "urls", "uri", "resource", "resources", "lines", "choice", "choices", "licence",
    "date", "email", "yes_no", "countries", "language_tags", "support", "languages", "record", "records", "any",
]  # fmt: skip


class Field(BaseModel):
    """One key. `longest` and `shortest` count grapheme clusters; `single`: a lone value is a list of one, too."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    need: Literal["mandatory", "once", "optional"] = "optional"
    vocabulary: str | None = None
    longest: int | None = None
    shortest: int | None = None
    single: bool = False
    deprecated: bool = False
    fields: Mapping[str, "Field"] = {}


class Standard(BaseModel):
    """All of it. `versions` are the published ones, `current` is what an export declares."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    versions: tuple[str, ...]
    current: str
    fields: Mapping[str, Field]
    vocabularies: Mapping[str, tuple[str, ...]]


@cache
def load() -> Standard:
    """Return the standard."""
    return Standard.model_validate(yaml.safe_load(_TEXT))
