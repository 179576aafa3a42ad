"""Whether today's schemas still read and write what was released: only additions may happen within a version."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
_SHAPE = ("type", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
_NARROWING = {"minLength": 1, "minimum": 1, "minItems": 1, "maxLength": -1, "maximum": -1, "maxItems": -1}


def breaks(event_type: str, released: Schema, current: Schema) -> list[str]:
    """Return each incompatible change in words, naming type and field; an empty list when there is none.

    Allowed are new optional fields and new types. Not allowed are removed or retyped fields, fields that are required
    now, values taken out of an enumeration, and tighter limits.
    """
    return [f"{event_type}: {fault}" for fault in _compare(released, current, released, current, "")]


def _resolve(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        schema = {**root["$defs"][name], **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def _compare(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> Iterator[str]:
    old, new = _resolve(old, old_root), _resolve(new, new_root)
    where = path or "the event"
    for key in _SHAPE:
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if key in _NARROWING:
            if after is not None and (before is None or (after - before) * _NARROWING[key] > 0):
                yield f"{where}: {key} is tighter now ({before} -> {after})"
        else:
            yield f"{where}: {key} changed from {before!r} to {after!r}"
    if "enum" in old and (gone := [value for value in old["enum"] if value not in new.get("enum", [])]):
        yield f"{where}: values were taken away: {', '.join(map(str, gone))}"
    yield from _properties(old, new, old_root, new_root, path)
    for key in ("items", "additionalProperties"):
        if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
            yield from _compare(old[key], new[key], old_root, new_root, f"{path}[]")
    yield from _alternatives(old, new, old_root, new_root, path)


def _properties(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name, schema in before.items():
        field = f"{path}.{name}" if path else name
        if name not in after:
            yield f"{field}: the field was removed"
        else:
            yield from _compare(schema, after[name], old_root, new_root, field)
    for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
        yield f"{f'{path}.{name}' if path else name}: the field is required now"


def _alternatives(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> Iterator[str]:
    before, after = old.get("anyOf", []), new.get("anyOf", [])
    if not before:
        return
    kinds = {_kind(option, new_root): option for option in after}
    for option in before:
        kind = _kind(option, old_root)
        if kind not in kinds:
            yield f"{path}: may no longer be {kind}"
        else:
            yield from _compare(option, kinds[kind], old_root, new_root, path)


def _kind(schema: Schema, root: Schema) -> str:
    resolved = _resolve(schema, root)
    return str(resolved.get("type") or resolved.get("title") or sorted(resolved))


def check(released_directory: Path, current: dict[str, Schema]) -> list[str]:
    """Compare the frozen schemas below a directory with the current ones, by event type; return every fault."""
    faults: list[str] = []
    for file in sorted(released_directory.glob("*.json")):
        event_type = file.stem
        if event_type not in current:
            faults.append(f"{event_type}: the event was released and is no longer there")
        else:
            faults += breaks(event_type, json.loads(file.read_text()), current[event_type])
    return faults
