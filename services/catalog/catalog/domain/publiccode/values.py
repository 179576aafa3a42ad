"""Judges single values of a publiccode.yml by the kind of their key."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import langcodes
import regex
from contracts import web_address
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from catalog.domain.publiccode.reading import Node
from catalog.domain.publiccode.standard import Field, Standard
from catalog.domain.publiccode.violations import Violation

NOTHING: Final = object()
"""There is no usable value."""
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_YES_NO: Mapping[str, bool] = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_SHOWN = 80
FEW = 10
"""So many allowed values are named."""
LONGEST_LICENCE = 300
LONGEST_TAG = 60

Tell = Callable[..., None]


class Values:
    """Judges values; what is wrong goes to `found`."""

    def __init__(self, standard: Standard, found: list[Violation]) -> None:
        self._standard = standard
        self._found = found
        self._kinds: Mapping[str, Callable[[str, str, Field, Tell], Any]] = {
            "line": self._line,
            "text": self._text,
            "version": self._version,
            "url": self._url,
            "uri": self._uri,
            "resource": self._resource,
            "choice": self._choice,
            "licence": self._licence,
            "date": self._date,
            "email": self._email,
            "support": self._support,
            "country": self._country,
            "language_tag": self._language,
        }

    def scalar(self, node: Node, kind: str, field: Field, path: str) -> Any:
        """Return the usable value of a node that is no list or section, or NOTHING."""

        def tell(rule: str, **values: Any) -> None:
            self._found.append(Violation(path, rule, node.line, values))

        if kind == "any":
            return NOTHING
        if node.type in ("mapping", "list") or node.text is None:
            tell("yes-no" if kind == "yes_no" else "text")
            return NOTHING
        if kind == "yes_no":
            return self._yes_no(node, tell)
        if node.type != "text" and kind != "version":
            tell("text-unquoted", value=node.text[:_SHOWN])
        return self._kinds[kind](path, node.text.strip(), field, tell)

    def _line(self, _: str, text: str, field: Field, tell: Tell) -> Any:
        return self._text(_, " ".join(text.split()), field, tell)

    def _text(self, _: str, text: str, field: Field, tell: Tell) -> Any:
        if field.longest is not None or field.shortest is not None:
            length = graphemes(text)
            if field.longest is not None and length > field.longest:
                tell("too-long", length=length, n=field.longest)
            if field.shortest is not None and length < field.shortest:
                tell("too-short", length=length, n=field.shortest)
        return text

    def _version(self, _: str, text: str, __: Field, tell: Tell) -> Any:
        if text not in self._standard.versions:
            tell("version", value=text[:_SHOWN], allowed=", ".join(self._standard.versions))
            return NOTHING
        return text

    def _url(self, _: str, text: str, __: Field, tell: Tell) -> Any:
        try:
            return web_address.checked(text)
        except ValueError:
            tell("url")
            return NOTHING

    def _uri(self, _: str, text: str, __: Field, tell: Tell) -> Any:
        return text if _URI.fullmatch(text) else self._refuse(tell, "uri")

    def _resource(self, _: str, text: str, __: Field, tell: Tell) -> Any:
        scheme = text.partition(":")[0].lower() if _URI.fullmatch(text) else ""
        if text.startswith("/") or scheme not in ("", "http", "https"):
            return self._refuse(tell, "resource")
        return text

    def _choice(self, _: str, text: str, field: Field, tell: Tell) -> Any:
        allowed = self._standard.vocabularies[field.vocabulary or ""]
        if text in allowed:
            return text
        if (known := text.lower()) in (by_case := {each.lower(): each for each in allowed}):
            tell("choice-case", value=by_case[known])
            return by_case[known]
        close = difflib.get_close_matches(text.lower()[:_SHOWN], allowed, n=1)
        proposed = close or (allowed if len(allowed) <= FEW else ())
        shown = ", ".join(proposed)
        tell(
            "choice",
            value=text[:_SHOWN],
            hint=f" {'Gemeint sein könnte' if close else 'Erlaubt sind'}: {shown}." if shown else "",
            hint_en=f" {'Did you mean' if close else 'allowed'}: {shown}" if shown else "",
        )
        return NOTHING

    def _licence(self, _: str, text: str, __: Field, tell: Tell) -> Any:
        known = licence(text)
        if known is None:
            return self._refuse(tell, "licence", value=text[:_SHOWN])
        if known != text:
            tell("licence-case", value=known)
        return known

    def _date(self, _: str, text: str, __: Field, tell: Tell) -> Any:
        try:
            valid = _DATE.fullmatch(text) is not None and date.fromisoformat(text) is not None
        except ValueError:
            valid = False
        return text if valid else self._refuse(tell, "date", value=text[:_SHOWN])

    def _email(self, _: str, text: str, __: Field, tell: Tell) -> Any:
        return text if _EMAIL.fullmatch(text) else self._refuse(tell, "email")

    def _support(self, _: str, text: str, __: Field, tell: Tell) -> Any:
        scheme, _colon, name = text.partition(":")
        known = name in self._standard.vocabularies["support_aliases"] if scheme == "alias" else _URI.fullmatch(text)
        return text if known else self._refuse(tell, "support", value=text[:_SHOWN])

    def _country(self, _: str, text: str, __: Field, tell: Tell) -> Any:
        if text.upper() not in self._standard.vocabularies["countries"]:
            return self._refuse(tell, "country", value=text[:_SHOWN])
        if text != text.upper():
            tell("country-case", value=text.upper())
        return text.upper()

    def _language(self, _: str, text: str, __: Field, tell: Tell) -> Any:
        return text if is_language(text) else self._refuse(tell, "language", value=text[:_SHOWN])

    def _yes_no(self, node: Node, tell: Tell) -> Any:
        known = _YES_NO.get((node.text or "").strip().lower())
        if known is None:
            return self._refuse(tell, "yes-no")
        if node.type != "bool":
            tell("yes-no-spelling")
        return known

    @staticmethod
    def _refuse(tell: Tell, rule: str, **values: Any) -> Any:
        tell(rule, **values)
        return NOTHING


def graphemes(text: str) -> int:
    """Return how many characters a reader sees (Unicode's extended grapheme clusters)."""
    return sum(1 for _ in regex.finditer(r"\X", text))


def is_language(tag: str) -> bool:
    """True for a language tag of BCP 47 whose language, script and region exist."""
    return len(tag) <= LONGEST_TAG and _TAG.fullmatch(tag) is not None and langcodes.tag_is_valid(tag)


def licence(text: str) -> str | None:
    """Return an SPDX licence expression in its canonical spelling, None when it is none."""
    if len(text) > LONGEST_LICENCE:
        return None
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None


def suggestion(key: str, known: Sequence[str]) -> str | None:
    """Return the known key that a key was probably meant to be."""
    by_case = {each.lower(): each for each in known}
    close = difflib.get_close_matches(key.lower()[:_SHOWN], list(by_case), n=1, cutoff=0.75)
    return by_case[close[0]] if close else None
