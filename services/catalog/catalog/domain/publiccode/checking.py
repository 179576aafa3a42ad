"""Judges a publiccode.yml by the standard, and keeps of it what can be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.domain.publiccode import standard as standards
from catalog.domain.publiccode.reading import Node, read
from catalog.domain.publiccode.standard import Field, Standard
from catalog.domain.publiccode.values import NOTHING, Values, is_language, suggestion
from catalog.domain.publiccode.violations import Severity, Violation

MOST_VIOLATIONS = 200
"""How many violations of a file are told."""
_LIST_OF: Mapping[str, str] = {
    "urls": "url",
    "resources": "resource",
    "lines": "line",
    "choices": "choice",
    "countries": "country",
    "language_tags": "language_tag",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A file after the check. `document` holds its usable values: mappings, lists, texts, booleans."""

    document: Mapping[str, Any]
    violations: tuple[Violation, ...]

    @property
    def valid(self) -> bool:
        """True when there is no error."""
        return all(each.severity is not Severity.ERROR for each in self.violations)


def check(content: bytes) -> Checked:
    """Judge a file by the standard, whatever it is."""
    node, found = read(content)
    if node is None:
        return Checked({}, tuple(found))
    checker = _Checker(standards.load(), found)
    document = checker.section(node, checker.standard.fields, "")
    checker.maintenance(node, document)
    return Checked(document, tuple(sorted(found, key=lambda each: each.line or 0)[:MOST_VIOLATIONS]))


class _Checker:
    def __init__(self, standard: Standard, found: list[Violation]) -> None:
        self.standard = standard
        self._found = found
        self._values = Values(standard, found)

    def section(self, node: Node, fields: Mapping[str, Field], path: str) -> dict[str, Any]:
        """Judge the keys of a section; return what can be used."""
        usable: dict[str, Any] = {}
        seen: set[str] = set()
        for key, value in node.keys:
            at = _join(path, key)
            if key in seen:
                self._tell(at, "duplicate-key", value)
                continue
            seen.add(key)
            field = fields.get(key)
            if field is None:
                self._unknown(at, key, value, fields)
                continue
            if field.deprecated:
                self._tell(at, "deprecated", value)
            if value.type == "null" and field.kind != "any":
                self._tell(at, "missing" if field.need == "mandatory" else "empty", value)
                continue
            given = self._value(value, field, at)
            if given is not NOTHING:
                usable[key] = given
        for key, field in fields.items():
            if field.need == "mandatory" and key not in seen:
                self._found.append(Violation(_join(path, key), "missing", node.line if path else None))
        return usable

    def _value(self, node: Node, field: Field, path: str) -> Any:
        match field.kind:
            case "record":
                return self._record(node, field.fields, path)
            case "records":
                return self._list(node, field, path, lambda each, at: self._record(each, field.fields, at))
            case "languages":
                return self._languages(node, field, path)
            case kind if kind in _LIST_OF:
                of = _LIST_OF[kind]
                return self._list(node, field, path, lambda each, at: self._values.scalar(each, of, field, at))
            case kind:
                given = self._values.scalar(node, kind, field, path)
                if given == "":
                    self._tell(path, "missing" if field.need == "mandatory" else "empty", node)
                    return NOTHING
                return given

    def _record(self, node: Node, fields: Mapping[str, Field], path: str) -> Any:
        if node.type != "mapping":
            self._tell(path, "section", node)
            return NOTHING
        return self.section(node, fields, path)

    def _list(self, node: Node, field: Field, path: str, one: Any) -> Any:
        items = node.items
        if node.type != "list":
            if node.type == "mapping":
                self._tell(path, "list", node)
                return NOTHING
            if not field.single:
                self._tell(path, "list-of-one", node)
            items = (node,)
        given = [one(each, f"{path}[{index}]") for index, each in enumerate(items)]
        usable = [each for each in given if each is not NOTHING and each != ""]
        if not items:
            self._tell(path, "missing" if field.need == "mandatory" else "empty", node)
        return usable or NOTHING

    def _languages(self, node: Node, field: Field, path: str) -> Any:
        if node.type != "mapping" or not node.keys:
            self._tell(path, "section" if node.type != "mapping" else "missing", node)
            return NOTHING
        usable: dict[str, Any] = {}
        for language, value in node.keys:
            at = _join(path, language)
            if language in usable:
                self._tell(at, "duplicate-key", value)
                continue
            if not is_language(language):
                self._tell(at, "language", value, value=language[:80])
            texts = self._record(value, field.fields, at)
            if texts is not NOTHING:
                usable[language] = texts
        for key, each in field.fields.items():
            if each.need == "once" and not any(key in dict(value.keys) for _, value in node.keys):
                self._tell(f"{path}.*.{key}", "missing-in-every-language", node)
        return usable

    def maintenance(self, node: Node, document: Mapping[str, Any]) -> None:
        """Who maintains it has to fit how it is maintained."""
        given = document.get("maintenance")
        if not isinstance(given, Mapping) or "type" not in given:
            return
        section = next(value for key, value in node.keys if key == "maintenance")
        parts = {key: value for key, value in section.keys if value.type != "null"}
        if given["type"] == "contract" and "contractors" not in parts:
            self._tell("maintenance.contractors", "contractors-missing", section)
        if given["type"] != "contract" and "contractors" in parts:
            self._tell("maintenance.contractors", "contractors-forbidden", parts["contractors"])
        if given["type"] in ("internal", "community") and "contacts" not in parts:
            self._tell("maintenance.contacts", "contacts-missing", section)

    def _unknown(self, path: str, key: str, node: Node, fields: Mapping[str, Field]) -> None:
        meant = suggestion(key, list(fields)) if len(self._found) < MOST_VIOLATIONS else None
        hint = f" Gemeint sein könnte: {meant}." if meant else ""
        self._tell(path, "unknown-key", node, hint=hint, hint_en=f" Did you mean {meant}?" if meant else "")

    def _tell(self, path: str, rule: str, node: Node, **values: Any) -> None:
        self._found.append(Violation(path, rule, node.line, values))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
