"""Answers about all published solutions: who has one already is told so (RFC 9110, section 13)."""

import hashlib
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request, Response
from servicekit import http

from catalog.application.open_data import OpenData, Standing

CACHED = "public, max-age=60"


def headers(request: Request, data: OpenData, standing: Standing, content_type: str) -> dict[str, str]:
    """Return the headers of an answer.

    The entity tag follows from the set, what is said about all of it, the address and the format. It is weak, because
    what is published while a file is read may be in it.
    """
    parts = (standing.mark, repr(data.terms), data.profile.version, request.url.path, request.url.query, content_type)
    written = {
        "Content-Type": content_type,
        "ETag": f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"',
        "Cache-Control": CACHED,
        "Link": f'<{data.terms.licence.url}>; rel="license"',
        "Access-Control-Allow-Origin": "*",
    }
    if standing.changed_at is not None:
        written["Last-Modified"] = format_datetime(standing.changed_at.astimezone(UTC), usegmt=True)
    return written


def whole(request: Request, body: bytes, written: dict[str, str], standing: Standing) -> Response:
    """Return an answer that fits in memory, or 304 without it."""
    if is_known(request, written["ETag"], standing):
        return Response(status_code=304, headers=written)
    return Response(body, headers=written)


def is_known(request: Request, tag: str, standing: Standing) -> bool:
    """True when the client has this already; a date counts only where no entity tag is sent."""
    if "if-none-match" in request.headers:
        held = request.headers["if-none-match"].strip()
        return held == "*" or http.not_modified(request, tag.removeprefix("W/"))
    since = request.headers.get("if-modified-since")
    if since is None or standing.changed_at is None:
        return False
    try:
        known = parsedate_to_datetime(since)
    except ValueError:
        return False
    return known.tzinfo is not None and standing.changed_at.replace(microsecond=0) <= known
