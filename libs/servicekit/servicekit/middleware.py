"""Binds a context to each request, measures it, and refuses bodies that are too large."""

import re
import time
from collections.abc import Mapping

from contracts.ids import uuid7
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit import context, logging, problems, telemetry
from servicekit.errors import ProblemError

log = logging.get("http")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9_.:-]{1,100}$")
_QUIET = ("/health/", "/metrics")


class RequestMiddleware:
    """Outermost layer: request id, trace context, body limit, metrics and one log line per request."""

    def __init__(
        self, app: ASGIApp, *, max_body_bytes: int, larger: Mapping[str, int] | None = None, public_prefix: str = ""
    ) -> None:
        self._app = app
        self._public_prefix = public_prefix
        self._max_body_bytes = max_body_bytes
        self._larger = [(re.compile(pattern), limit) for pattern, limit in (larger or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = next((most for pattern, most in self._larger if pattern.match(scope["path"])), self._max_body_bytes)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.match(given) else uuid7()
        bound = context.RequestContext(
            correlation_id=request_id, traceparent=context.next_traceparent(headers.get("traceparent"))
        )
        status = 500
        started = time.perf_counter()
        answered = False

        async def sending(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                answered = True
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        received = 0

        async def receiving() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit and not answered:
                raise HTTPException(413, detail=_too_large(limit).detail)
            return message

        public_path = self._public_prefix + scope["path"]
        with context.bound(bound):
            try:
                if self._announced(headers) > limit:
                    await problems.response(_too_large(limit), public_path)(scope, receive, sending)
                else:
                    await self._app(scope, receiving, sending)
            except ClientDisconnect:
                status = 499  # as nginx counts them: nobody is there to answer
            except Exception as error:
                if answered:
                    raise
                await problems.unexpected(public_path, error)(scope, receive, sending)
            finally:
                self._record(scope, status, time.perf_counter() - started)

    @staticmethod
    def _announced(headers: Headers) -> int:
        length = headers.get("content-length", "")
        return int(length) if length.isdecimal() else 0

    @staticmethod
    def _record(scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        telemetry.HTTP_REQUESTS.labels(scope["method"], route, str(status)).inc()
        telemetry.HTTP_SECONDS.labels(scope["method"], route).observe(seconds)
        if not scope["path"].startswith(_QUIET):
            log.debug("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1000, 1))


def _too_large(limit: int) -> ProblemError:
    return ProblemError("body-too-large", "too_large", f"the body exceeds {limit} bytes")
