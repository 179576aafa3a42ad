"""The marketplace's own German words in English: whole sentences with places for names, and labels of vocabularies."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from contracts import vocabulary

_ENGLISH = (resources.files("notify") / "locales" / "en.json").read_text(encoding="utf-8")
_PLACE = re.compile(r"\\\{(\w+)\\\}")
OWN = frozenset({"why", "what", "changes", "news", "label", "kinds", "bundesland", "role_name"})
"""Facts in the marketplace's own words; all others were written by people, or are names."""


class Phrases:
    """Says in English what is known; anything else stays as it is."""

    def __init__(self, phrases: Mapping[str, str], labels: Mapping[str, str]) -> None:
        self._words = {**labels, **{german: english for german, english in phrases.items() if "{" not in german}}
        self._patterns = [(_pattern(german), english) for german, english in phrases.items() if "{" in german]

    def english(self, german: str) -> str:
        """Return a word or a sentence in English."""
        if german in self._words:
            return self._words[german]
        for pattern, english in self._patterns:
            if (found := pattern.fullmatch(german)) is not None:
                return english.format(**{name: self._part(name, each) for name, each in found.groupdict().items()})
        return german

    def of_facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return facts with the marketplace's own words in English."""
        return {name: self._value(value, own=name in OWN) for name, value in facts.items()}

    def _part(self, name: str, german: str) -> str:
        """What stands in a place; `names` are several."""
        return ", ".join(map(self.english, german.split(", "))) if name == "names" else self.english(german)

    def _value(self, value: Any, *, own: bool) -> Any:
        if isinstance(value, str):
            return self.english(value) if own else value
        if isinstance(value, Mapping):
            return self.of_facts(value)
        if isinstance(value, list | tuple):
            return [self._value(each, own=own) for each in value]
        return value


@cache
def load() -> Phrases:
    """Return the phrases of the locale file, with the labels of all vocabularies."""
    return Phrases(json.loads(_ENGLISH), _labels())


def _labels() -> dict[str, str]:
    kinds = [each for each in vars(vocabulary).values() if isinstance(each, type) and issubclass(each, vocabulary.Term)]
    return {vocabulary.label(term): vocabulary.label(term, "en") for kind in kinds for term in kind}


def _pattern(german: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(german)), re.DOTALL)
