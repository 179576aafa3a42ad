"""Trace context is continued where it is valid and begun anew where it is not."""

import pytest
from servicekit import context

VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_valid_traceparent_keeps_its_trace_and_gets_a_new_span() -> None:
    continued = context.next_traceparent(VALID)
    assert continued.split("-")[1] == VALID.split("-")[1]
    assert continued.split("-")[2] != VALID.split("-")[2]
    assert continued.endswith("-01")


@pytest.mark.parametrize("bad", [None, "", "garbage", VALID.upper(), VALID[:-1], VALID + "0", "ff" + VALID[2:]])
def test_anything_else_begins_a_new_trace(bad: str | None) -> None:
    begun = context.next_traceparent(bad)
    assert begun.split("-")[1] != VALID.split("-")[1]
    assert len(begun) == len(VALID)


def test_context_is_bound_for_the_block_only() -> None:
    inner = context.RequestContext(correlation_id="c-1", traceparent=VALID)
    with context.bound(inner):
        context.set_actor("someone")
        assert context.current().actor == "someone"
        assert context.current().correlation_id == "c-1"
    assert context.current().correlation_id != "c-1"
