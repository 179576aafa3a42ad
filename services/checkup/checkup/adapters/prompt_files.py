"""Reads the released prompts that ship with the service."""

import hashlib
import json
from functools import cache
from importlib import resources

import yaml

from checkup.application.model_answer import schema
from checkup.domain.assessment import Prompt, Question
from checkup.domain.rubric import Text

CURRENT = "2026.1"


@cache
def load(version: str = CURRENT) -> Prompt:
    """The prompt of that version."""
    source = (resources.files("checkup") / "prompts" / f"{version}.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(source)
    questions = tuple(
        Question(one["id"], Text(**one["title"]), tuple(Text(**anchor) for anchor in one["anchors"]))
        for one in data["questions"]
    )
    canonical = json.dumps([data, schema()], sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return Prompt(data["version"], hashlib.sha256(canonical).hexdigest(), data["system"], questions)
