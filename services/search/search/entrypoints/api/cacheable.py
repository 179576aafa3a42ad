"""Answers that are sent again only when they changed."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request, Response
from servicekit import http

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Not modified"}}
"""For the documentation of such an endpoint."""


def cacheable(request: Request, content: object, headers: Mapping[str, str] | None = None) -> Response:
    """Return JSON with an `ETag`, or 304 when the client has it; written directly, since such paths are hot."""
    body = orjson.dumps(content)
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    told = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    if http.not_modified(request, tag):
        return Response(status_code=304, headers=told)
    return Response(body, media_type="application/json", headers=told)
