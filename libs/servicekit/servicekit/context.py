"""Who asked for what: the context bound around each request and each message."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

import structlog
from contracts.ids import uuid7

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")


@dataclass(frozen=True)
class RequestContext:
    """What is passed along from a request to its events and from an event to what it causes.

    `traceparent` follows W3C Trace Context; `causation_id` is the id of the event being handled.
    """

    correlation_id: str
    traceparent: str
    actor: str | None = None
    causation_id: str | None = None


_current: ContextVar[RequestContext | None] = ContextVar("request_context", default=None)


def next_traceparent(incoming: str | None) -> str:
    """Return a traceparent of the same trace with a span of its own; a new trace when `incoming` is no valid one."""
    match = _TRACEPARENT.match(incoming or "")
    trace, flags = (match.group(1), match.group(3)) if match else (secrets.token_hex(16), "01")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def current() -> RequestContext:
    """Return the bound context, or a fresh one outside any request."""
    bound = _current.get()
    return bound if bound is not None else RequestContext(correlation_id=uuid7(), traceparent=next_traceparent(None))


@contextmanager
def bound(context: RequestContext) -> Iterator[RequestContext]:
    """Bind the context for the block, for code and for log lines alike."""
    token = _current.set(context)
    with structlog.contextvars.bound_contextvars(
        correlation_id=context.correlation_id,
        **({"actor": context.actor} if context.actor else {}),
    ):
        try:
            yield context
        finally:
            _current.reset(token)


def set_actor(actor: str) -> None:
    """Note who is acting, once the token has been checked."""
    held = _current.get()
    if held is not None and held.actor != actor:
        _current.set(replace(held, actor=actor))
        structlog.contextvars.bind_contextvars(actor=actor)
