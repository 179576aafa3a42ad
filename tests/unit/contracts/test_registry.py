"""Reading events: the newest class for good bytes, a reason in words for bad ones."""

import json
from typing import Any

import pytest
from contracts import registry, samples
from contracts.catalog import MemberJoined, SolutionPublished
from contracts.review import ReviewCompleted
from contracts.upcast import Upcasters
from hypothesis import given
from hypothesis import strategies as st


def sample(event_class: Any = SolutionPublished) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(samples.of(event_class))
    return document


def encoded(document: Any) -> bytes:
    return json.dumps(document).encode()


@pytest.mark.parametrize("event_class", registry.all_events(), ids=lambda event: event.name)
def test_every_event_survives_the_wire(event_class: Any) -> None:
    event = registry.parse(samples.of(event_class).encode())
    assert type(event) is event_class
    assert registry.parse(event.to_bytes()) == event
    document = json.loads(event.to_bytes())
    assert document["specversion"] == "1.0"
    assert document["type"] == event_class.event_type()
    assert document["source"] == f"/marktplatz/{event_class.owner}"


def test_the_type_is_found_wherever_it_stands() -> None:
    document = sample(ReviewCompleted)
    event_type = document.pop("type")
    document["data"]["type"] = "digital.marktplatz.catalog.solution_published.v1"
    reordered = {"data": document.pop("data"), **document, "type": event_type}
    assert isinstance(registry.parse(encoded(reordered)), ReviewCompleted)


def test_unknown_fields_are_ignored() -> None:
    document = sample()
    document["data"]["colour"] = "red"
    document["partitionkey"] = "x"
    assert registry.parse(encoded(document)) == registry.parse(encoded(sample()))


@pytest.mark.parametrize("missing", ["id", "time", "specversion", "source", "subject", "data"])
def test_missing_attributes_are_named(missing: str) -> None:
    document = sample()
    del document[missing]
    with pytest.raises(registry.MalformedEvent, match=f"{missing}: Field required"):
        registry.parse(encoded(document))


def test_another_version_of_cloudevents_is_refused() -> None:
    with pytest.raises(registry.MalformedEvent, match=r"specversion: Input should be '1\.0'"):
        registry.parse(encoded({**sample(), "specversion": "0.3"}))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "not a JSON object but list"),
        (b"{}", "`type` is missing"),
        (b'{"type": 3}', "`type` is missing"),
    ],
)
def test_other_bytes_are_refused_in_words(raw: bytes, reason: str) -> None:
    with pytest.raises(registry.MalformedEvent, match=reason):
        registry.parse(raw)


def test_an_unknown_type_is_its_own_error() -> None:
    with pytest.raises(registry.UnknownEventType, match=r"catalog\.unheard_of\.v1"):
        registry.parse(encoded({**sample(), "type": "digital.marktplatz.catalog.unheard_of.v1"}))


def test_a_time_without_zone_is_refused_and_others_become_utc() -> None:
    with pytest.raises(registry.MalformedEvent, match="time"):
        registry.parse(encoded({**sample(), "time": "2026-03-29T02:30:00"}))
    event = registry.parse(encoded({**sample(), "time": "2026-03-29T03:30:00+02:00"}))
    assert json.loads(event.to_bytes())["time"] == "2026-03-29T01:30:00Z"


@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_garbage_never_gets_through_or_raises_anything_else(raw: bytes) -> None:
    with pytest.raises((registry.MalformedEvent, registry.UnknownEventType)):
        registry.parse(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(data=json_values)
def test_any_data_either_fits_or_is_named_as_malformed(data: Any) -> None:
    try:
        event = registry.parse(encoded({**sample(MemberJoined), "data": data}))
    except registry.MalformedEvent as error:
        reason = str(error)
    else:
        reason = "member_joined"
        assert isinstance(event, MemberJoined)
    assert "member_joined" in reason


def test_old_versions_are_lifted_step_by_step() -> None:
    steps = Upcasters()

    @steps.step("thing.v1")
    def second(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "type": "thing.v2", "data": {"names": [document["data"]["name"]]}}

    @steps.step("thing.v2")
    def third(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "type": "thing.v3", "data": {"count": len(document["data"]["names"])}}

    assert steps.lift({"type": "thing.v1", "data": {"name": "a"}}) == {"type": "thing.v3", "data": {"count": 1}}
    assert steps.lift({"type": "thing.v3", "data": {}}) == {"type": "thing.v3", "data": {}}
    with pytest.raises(ValueError, match="has a step already"):
        steps.step("thing.v1")(second)


def test_parse_lifts_an_old_version(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Upcasters()
    old_type = "digital.marktplatz.catalog.member_joined.v0"

    @steps.step(old_type)
    def first(document: dict[str, Any]) -> dict[str, Any]:
        data = {**document["data"], "role": "member"}
        return {**document, "type": MemberJoined.event_type(), "data": data}

    monkeypatch.setattr(registry, "upcasters", steps)
    document = sample(MemberJoined)
    del document["data"]["role"]
    event = registry.parse(encoded({**document, "type": old_type}))
    assert isinstance(event, MemberJoined)
    assert event.data.role == "member"
