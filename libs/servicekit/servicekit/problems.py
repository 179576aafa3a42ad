"""Maps every error to problem+json (RFC 9457), in this one place."""

from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from servicekit import context, logging
from servicekit.errors import FieldError, ProblemError
from servicekit.mongo import UNREACHABLE

log = logging.get(__name__)

MEDIA_TYPE = "application/problem+json"
STATUS: dict[str, int] = {
    "malformed": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "not_acceptable": 406,
    "conflict": 409,
    "gone": 410,
    "stale": 412,
    "too_large": 413,
    "invalid": 422,
    "precondition_required": 428,
    "too_many": 429,
    "unavailable": 503,
}
_HTTP_SLUGS = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large", 415: "unsupported-media-type"}


def body(slug: str, status: int, detail: str, fields: tuple[FieldError, ...] = (), instance: str = "") -> bytes:
    """Return the problem document as JSON."""
    document: dict[str, Any] = {
        "type": f"/problems/{slug}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "slug": slug,
        "instance": instance,
        "request_id": context.current().correlation_id,
        "errors": [{"field": field.field, "message": field.message} for field in fields],
    }
    return orjson.dumps(document)


def response(error: ProblemError, instance: str = "") -> Response:
    """Return the answer for a ProblemError."""
    status = STATUS[error.kind]
    headers: dict[str, str] = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="marktplatz"'
    content = body(error.slug, status, error.detail, error.fields, instance)
    return Response(content, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def unexpected(instance: str, error: Exception) -> Response:
    """Log an error nobody foresaw and return the answer for it, which tells nothing about our inside."""
    log.error("unexpected error", path=instance, exc_info=error)
    content = body("internal-error", 500, "something went wrong on our side", instance=instance)
    return Response(content, status_code=500, media_type=MEDIA_TYPE)


def field_errors(error: RequestValidationError) -> list[FieldError]:
    """Return pydantic's findings as dotted paths and sentences, without echoing the input."""
    found = []
    for entry in error.errors():
        location = [str(part) for part in entry["loc"]]
        path = ".".join(location[1:] if location and location[0] in ("body", "query", "path", "header") else location)
        found.append(FieldError(path or "body", entry["msg"]))
    return found


def install(app: FastAPI, public_prefix: str) -> None:
    """Register the handlers; `public_prefix` is what the gateway takes off paths: `instance` is what was asked for."""

    @app.exception_handler(ProblemError)
    async def _problem(request: Request, error: ProblemError) -> Response:
        return response(error, public_prefix + request.url.path)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        if found and found[0]["type"] == "json_invalid":
            message = found[0].get("ctx", {}).get("error", "it cannot be parsed")
            return response(
                ProblemError("malformed-json", "malformed", f"the body is not JSON: {message}"),
                public_prefix + request.url.path,
            )
        fields = field_errors(error)
        listed = "; ".join(f"{field.field}: {field.message}" for field in fields[:5])
        return response(
            ProblemError("invalid-request", "invalid", f"the request is not valid: {listed}", fields=fields),
            public_prefix + request.url.path,
        )

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        slug = _HTTP_SLUGS.get(error.status_code, "http-error")
        content = body(slug, error.status_code, str(error.detail), instance=public_prefix + request.url.path)
        return Response(
            content, status_code=error.status_code, headers=dict(error.headers or {}), media_type=MEDIA_TYPE
        )

    async def _unreachable(request: Request, error: Exception) -> Response:
        log.error("dependency unreachable", path=request.url.path, error=repr(error))
        return response(
            ProblemError("temporarily-unavailable", "unavailable", "a part of the system is away", retry_after=5),
            public_prefix + request.url.path,
        )

    for kind in UNREACHABLE.__args__:
        app.add_exception_handler(kind, _unreachable)
