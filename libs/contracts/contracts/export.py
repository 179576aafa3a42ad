"""Writes what is generated from the event classes: JSON Schemas, AsyncAPI documents, `docs/events.md`.

`python -m contracts.export` writes, `--check` only compares, `--release` freezes what is new into `released/` and
`samples/`. Files that exist in `released/` and `samples/` are never changed.
"""

import json
import sys
from pathlib import Path
from typing import Any

from contracts import asyncapi, compat, reference, registry, samples
from contracts.envelope import Event

Schema = dict[str, Any]
LIBRARY = Path(__file__).resolve().parents[1]
PROJECT = LIBRARY.parents[1]


def written_schema(event_class: type[Event]) -> Schema:
    """Return the JSON Schema of what is published: every field is there, but not attributes without a value."""
    schema = event_class.model_json_schema(mode="serialization")
    schema["required"] = [name for name in schema["required"] if event_class.model_fields[name].default is not None]
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def read_schema(event_class: type[Event]) -> Schema:
    """Return the JSON Schema of what is accepted: fields with a default may be missing."""
    return event_class.model_json_schema(mode="validation")


def generated() -> dict[Path, str]:
    """Return every generated file with its content."""
    files: dict[Path, str] = {}
    schemas = {event.event_type(): written_schema(event) for event in registry.all_events()}
    for event_type, schema in schemas.items():
        files[LIBRARY / "schemas" / f"{event_type}.json"] = _json(schema)
    public = [event for event in registry.all_events() if event.visibility == "public"]
    files[LIBRARY / "asyncapi" / "system.json"] = _json(asyncapi.document(registry.all_events(), schemas, public=False))
    files[LIBRARY / "asyncapi" / "public.json"] = _json(asyncapi.document(public, schemas, public=True))
    files[PROJECT / "docs" / "events.md"] = reference.markdown(registry.all_events())
    return files


def stale() -> list[Path]:
    """Return generated files that are missing, differ, or belong to no event any more."""
    files = generated()
    wrong = [path for path, content in files.items() if not path.exists() or path.read_text() != content]
    return wrong + [path for path in (LIBRARY / "schemas").glob("*.json") if path not in files]


def release() -> list[Path]:
    """Freeze schema and sample of every event that was not released yet; return what was written."""
    written = []
    for event_class in registry.all_events():
        for path, content in (
            (LIBRARY / "released" / f"{event_class.event_type()}.json", _json(read_schema(event_class))),
            (LIBRARY / "samples" / f"{event_class.event_type()}.json", samples.of(event_class)),
        ):
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
                written.append(path)
    return written


def incompatibilities() -> list[str]:
    """Return how today's events break what was released."""
    current = {event.event_type(): read_schema(event) for event in registry.all_events()}
    return compat.check(LIBRARY / "released", current)


def _json(document: Schema) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def main(arguments: list[str]) -> int:
    """Run the command; return the exit code."""
    if "--release" in arguments:
        for path in release():
            sys.stdout.write(f"released {path.relative_to(PROJECT)}\n")
    if "--check" in arguments:
        faults = incompatibilities() + [f"{path.relative_to(PROJECT)} is not current" for path in stale()]
        sys.stdout.writelines(f"{fault}\n" for fault in faults)
        if faults:
            sys.stdout.write("run `make generated`; released files are never edited\n")
        return 1 if faults else 0
    for path in stale():
        if path in (files := generated()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path])
        else:
            path.unlink()
        sys.stdout.write(f"wrote {path.relative_to(PROJECT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
