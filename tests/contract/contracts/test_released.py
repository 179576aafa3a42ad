"""What was released stays readable: frozen schemas, frozen samples, generated files."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from contracts import compat, export, registry
from contracts.catalog import RatingAdded
from jsonschema import Draft202012Validator

RELEASED = sorted((export.LIBRARY / "released").glob("*.json"))
SAMPLES = sorted((export.LIBRARY / "samples").glob("*.json"))


def test_every_event_is_released_with_a_sample() -> None:
    types = {event.event_type() for event in registry.all_events()}
    assert {file.stem for file in RELEASED} == types == {file.stem for file in SAMPLES}


def test_nothing_released_is_broken() -> None:
    assert export.incompatibilities() == []


def test_generated_files_are_current() -> None:
    assert export.stale() == []


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_frozen_samples_are_still_read_and_fit_the_published_schema(file: Path) -> None:
    event = registry.parse(file.read_bytes())
    schema = json.loads((export.LIBRARY / "schemas" / f"{type(event).event_type()}.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(event.to_bytes()))
    bare = type(event).new(event.data, aggregate_id=event.subject, time=event.time)
    Draft202012Validator(schema).validate(json.loads(bare.to_bytes()))


RELEASED_SCHEMA = export.read_schema(RatingAdded)


def changed(change: Any) -> list[str]:
    schema = copy.deepcopy(RELEASED_SCHEMA)
    change(schema)
    return compat.breaks("rating_added", RELEASED_SCHEMA, schema)


def drop(schema: dict[str, Any]) -> None:
    del schema["$defs"]["Rating"]["properties"]["report"]


def retype(schema: dict[str, Any]) -> None:
    schema["$defs"]["Rating"]["properties"]["overall"]["type"] = "string"


def require(schema: dict[str, Any]) -> None:
    schema["$defs"]["Rating"]["properties"]["colour"] = {"type": "string"}
    schema["$defs"]["Rating"]["required"].append("colour")


def narrow(schema: dict[str, Any]) -> None:
    schema["$defs"]["RatingSummary"]["properties"]["count"]["minimum"] = 1


def shrink(schema: dict[str, Any]) -> None:
    schema["$defs"]["SizeClass"]["enum"].remove("under_5k")


def no_longer_null(schema: dict[str, Any]) -> None:
    report = schema["$defs"]["Rating"]["properties"]["report"]
    report["anyOf"] = [option for option in report["anyOf"] if option["type"] != "null"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop, "rating_added: data.rating.report: the field was removed"),
        (retype, "rating_added: data.rating.overall: type changed from 'integer' to 'string'"),
        (require, "rating_added: data.rating.colour: the field is required now"),
        (narrow, "rating_added: data.summary.count: minimum is tighter now (0 -> 1)"),
        (shrink, "rating_added: data.rating.size_class: values were taken away: under_5k"),
        (no_longer_null, "rating_added: data.rating.report: may no longer be null"),
    ],
)
def test_breaking_changes_are_found_and_named(change: Any, message: str) -> None:
    assert changed(change) == [message]


def add_optional(schema: dict[str, Any]) -> None:
    schema["$defs"]["Rating"]["properties"]["colour"] = {"type": "string", "default": "red"}


def widen(schema: dict[str, Any]) -> None:
    schema["$defs"]["RatingSummary"]["properties"]["count"]["minimum"] = -1
    schema["$defs"]["SizeClass"]["enum"].append("a_new_class")


@pytest.mark.parametrize("change", [add_optional, widen])
def test_additions_are_allowed(change: Any) -> None:
    assert changed(change) == []


def test_an_event_that_vanished_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone.v1.json").write_text("{}")
    assert compat.check(tmp_path, {}) == ["gone.v1: the event was released and is no longer there"]


@pytest.mark.parametrize("name", ["system", "public"])
def test_asyncapi_documents_name_their_messages(name: str) -> None:
    document = json.loads((export.LIBRARY / "asyncapi" / f"{name}.json").read_text())
    assert document["asyncapi"] == "3.0.0"
    visible = {e.__name__ for e in registry.all_events() if name == "system" or e.visibility == "public"}
    assert set(document["components"]["messages"]) == visible
    for operation in document["operations"].values():
        assert operation["channel"]["$ref"].removeprefix("#/channels/") in document["channels"]
    if name == "public":
        assert {operation["action"] for operation in document["operations"].values()} == {"receive"}


def test_the_library_stands_on_pydantic_alone() -> None:
    code = (
        "import sys; from contracts import asyncapi, compat, export, reference, registry, samples, topology\n"
        "roots = {name.split('.')[0] for name in sys.modules}\n"
        "others = {'nats', 'fastapi', 'faststream', 'motor', 'pymongo', 'structlog', 'orjson', 'httpx', 'servicekit'}\n"
        "print(sorted(roots & others))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
