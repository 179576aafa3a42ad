"""Between a publiccode.yml and the answers of the profile: the questionnaire names the key of each question."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import regex
from contracts.profile.questionnaire import Question, Questionnaire

from catalog.domain.publiccode import standard as standards
from catalog.domain.publiccode.values import graphemes

GERMAN = "de"
LANGUAGES = (GERMAN, "en")
"""Whose texts are taken over first; then any."""
_SCREENSHOTS = "media"
"""Pictures are uploaded, not linked to."""
_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file says to the profile.

    `answers` by question, fit for it; `language`: that of the texts; `left`: keys that no question asks for.
    """

    answers: Mapping[str, Any]
    language: str | None
    left: tuple[str, ...]


def mapped(profile: Questionnaire) -> Sequence[Question]:
    """Return the questions that a file can answer."""
    return [each for each in profile.questions if each.export.publiccode and each.id != _SCREENSHOTS]


def path_of(question: Question) -> str:
    """Return the key of a question that is mapped."""
    return question.export.publiccode or ""


def answers_in(document: Mapping[str, Any], profile: Questionnaire) -> Taken:
    """Return the answers in the usable values of a file."""
    language = _language(document)
    answers: dict[str, Any] = {}
    read: set[str] = {"publiccodeYmlVersion"}
    for question in mapped(profile):
        path = _in_language(path_of(question), language)
        read.add(path)
        given = _at(document, path.split("."))
        if given is not None and (fit := _fit(question, given)) not in (None, "", []):
            answers[question.id] = fit
    left = tuple(path for path in _paths(document) if path not in read)
    return Taken(answers, language, left)


def exportable(question: Question, answer: Any) -> Any:
    """Return an answer as the file can say it: within the limits of its key."""
    field = _field(path_of(question))
    if field is not None and field.longest is not None and isinstance(answer, str):
        return shortened(answer, field.longest)
    return answer


def shortened(text: str, most: int) -> str:
    """Return the text, cut at a word where it has more than `most` characters (grapheme clusters)."""
    if graphemes(text) <= most:
        return text
    head = "".join(match.group() for match, _ in zip(_GRAPHEME.finditer(text), range(most - 1), strict=False))
    words = re.sub(r"\s+\S*$", "", head)
    return (words if len(words) > len(head) // 2 else head).rstrip(" \n,;:–-") + "…"


def _field(path: str) -> standards.Field | None:
    fields = standards.load().fields
    field: standards.Field | None = None
    for step in path.split("."):
        if field is not None and field.kind == "languages" and step not in field.fields:
            continue
        field = fields.get(step)
        fields = field.fields if field is not None else {}
    return field


def _language(document: Mapping[str, Any]) -> str | None:
    given = [language for language, texts in (document.get("description") or {}).items() if texts]
    for wanted in LANGUAGES:
        for language in given:
            if language.lower().partition("-")[0] == wanted:
                return str(language)
    return str(given[0]) if given else None


def _in_language(path: str, language: str | None) -> str:
    return path.replace(f"description.{GERMAN}.", f"description.{language or GERMAN}.")


def _at(value: Any, steps: Sequence[str]) -> Any:
    """Follow a path; in a list the first entry that leads on."""
    for number, step in enumerate(steps):
        if isinstance(value, list):
            found = (_at(each, steps[number:]) for each in value)
            return next((each for each in found if each is not None), None)
        value = value.get(step) if isinstance(value, Mapping) else None
        if value is None:
            return None
    return value


def _fit(question: Question, given: Any) -> Any:
    """Return the value as the question takes it; entries that it cannot take are left out."""
    if question.type in ("lines", "urls", "choices"):
        entries = given if isinstance(given, list) else [given]
        texts = [fit for each in entries if (fit := _fit_one(question, each))]
        return list(dict.fromkeys(texts))[: question.most_entries]
    return None if isinstance(given, list | Mapping) else _fit_one(question, given)


def _fit_one(question: Question, given: Any) -> str | None:
    """A text without control characters and within the limit, None where that cannot be."""
    if question.type == "date":
        return str(given)
    text = str(given)
    if question.choices:
        return text if question.chosen(text) else None
    broken = question.type in ("note", "markdown")
    if question.type not in ("url", "urls"):
        text = "".join(each if _printable(each, line_breaks=broken) else " " for each in text)
        text = text.strip() if broken else " ".join(text.split())
    if question.pattern is not None and not re.search(question.pattern, text):
        text = _spelled(text)
        return text if re.search(question.pattern, text) else None
    if question.limit is not None and len(text) > question.limit:
        return None if question.type in ("url", "urls") else shortened(text, question.limit)[: question.limit]
    return text


def _spelled(tag: str) -> str:
    """A language tag as it is spelled by convention: the language in lower case."""
    language, dash, rest = tag.partition("-")
    return f"{language.lower()}{dash}{rest}"


def _printable(character: str, *, line_breaks: bool) -> bool:
    if character in "\n\r\t":
        return line_breaks
    return unicodedata.category(character) not in ("Cc", "Cs")


def _paths(document: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The dotted paths of a document's values; in lists those of the entries' keys, once."""
    for key, value in document.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _paths(value, f"{path}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            merged = {name: entry for each in value for name, entry in each.items()}
            yield from _paths(merged, f"{path}.")
        else:
            yield path
