"""Request models that refuse what they do not know, and texts that are safe to print, mail and index."""

import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any

from contracts import web_address
from contracts.writing_direction import TURNING
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

_LINE_BREAKS = frozenset("\n\r\t")


class Request(BaseModel):
    """A request body: unknown fields are refused, blanks around texts are dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry)


def without_control_characters(value: Any, *, line_breaks: bool) -> Any:
    """Return the text, or list of texts, unchanged; raises ValueError for one with control characters."""
    allowed = _LINE_BREAKS if line_breaks else frozenset[str]()
    for text in _strings(value):
        if any(unicodedata.category(character) == "Cc" and character not in allowed for character in text):
            raise ValueError("must not contain control characters" + ("" if line_breaks else " or line breaks"))
    return value


def _line(value: str) -> str:
    if not TURNING.isdisjoint(value):
        raise ValueError("must not contain characters that turn the direction of writing")
    return str(without_control_characters(value, line_breaks=False))


def _text(value: str) -> str:
    return str(without_control_characters(value, line_breaks=True))


Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_line)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_line)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=5000), AfterValidator(_text)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_text)]
UserId = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_line)]
WebAddress = Annotated[
    str, StringConstraints(max_length=2000), AfterValidator(_line), AfterValidator(web_address.checked)
]
EMail = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), AfterValidator(_line)]


class Reason(Request):
    """Why the team does something; those concerned will read it."""

    reason: Note


class OptionalNote(Request):
    """A word to go with it."""

    note: Note | None = None
