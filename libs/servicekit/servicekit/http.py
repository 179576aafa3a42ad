"""What every HTTP API shares: the application factory, conditional requests and paging."""

import asyncio
import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Any

import fastapi_offline
import orjson
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.staticfiles import StaticFiles

from servicekit import errors, problems
from servicekit.health import Checks
from servicekit.middleware import RequestMiddleware
from servicekit.settings import ServiceSettings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
_ENCODED = r"-(?:gzip|zstd|br)"
"""A gateway that compresses an answer names the encoding in its entity tag; the version is the same."""
_ETAG = re.compile(rf'^(?:W/)?"?(\d{{1,18}})(?:{_ENCODED})?"?$')
_TOLD = re.compile(rf'{_ENCODED}"$')


def create_app(
    settings: ServiceSettings,
    *,
    title: str,
    lifespan: Lifespan,
    routers: Sequence[APIRouter] = (),
    description: str = "",
    larger_bodies: Mapping[str, int] | None = None,
) -> FastAPI:
    """Build the application of one process; the lifespan puts `container` and `checks` into `app.state`.

    Services serve paths without the gateway's prefix; the API description names it as the server. `/docs` shows the
    description with assets of our own, so it works without internet. `larger_bodies` gives paths (regular expressions)
    limits of their own in bytes.
    """
    prefix = f"/api/{settings.service_name}"
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        servers=[{"url": prefix}],
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses={"default": {"description": "Problem", "content": {problems.MEDIA_TYPE: {}}}},
    )
    app.state.checks = Checks()
    app.state.stopping = asyncio.Event()
    app.add_middleware(
        RequestMiddleware, max_body_bytes=settings.max_body_bytes, larger=larger_bodies or {}, public_prefix=prefix
    )
    problems.install(app, prefix)
    app.include_router(_operations(title))
    app.mount("/docs-assets", StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static"))
    for router in routers:
        app.include_router(router)
    return app


def _operations(title: str) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="openapi.json",  # relative, so that it is right with and without the gateway's prefix
            title=title,
            swagger_js_url="docs-assets/swagger-ui-bundle.js",
            swagger_css_url="docs-assets/swagger-ui.css",
            swagger_favicon_url="docs-assets/favicon.png",
        )

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/health/ready")
    async def ready(request: Request) -> JSONResponse:
        results = await request.app.state.checks.run()
        well = all(result == "ok" for result in results.values())
        return JSONResponse(
            {"status": "ok" if well else "not ready", "checks": results}, status_code=200 if well else 503
        )

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def container(request: Request) -> Any:
    """Return what `wiring.build` made (dependency for routers)."""
    return request.app.state.container


def etag(version: int) -> str:
    """Return the strong entity tag of an aggregate's version."""
    return f'"{version}"'


def _parse_match(value: str) -> int:
    match = _ETAG.match(value.strip())
    if match is None:
        raise errors.malformed("malformed-if-match", f'If-Match must be an entity tag such as "3", not {value[:50]!r}')
    return int(match.group(1))


async def _if_match(if_match: Annotated[str | None, Header()] = None) -> int:
    if if_match is None:
        raise errors.ProblemError(
            "if-match-required", "precondition_required", "send If-Match with the ETag you last read"
        )
    return _parse_match(if_match)


async def _optional_if_match(if_match: Annotated[str | None, Header()] = None) -> int | None:
    return None if if_match is None or if_match.strip() == "*" else _parse_match(if_match)


IfMatch = Annotated[int, Depends(_if_match)]
"""The version the caller worked from; 428 when the header is missing, 400 when it is no entity tag."""
OptionalIfMatch = Annotated[int | None, Depends(_optional_if_match)]
"""Like IfMatch, but None when the header is missing or `*`."""


def encode_cursor(position: dict[str, Any]) -> str:
    """Return an opaque cursor for a position in a list."""
    return base64.urlsafe_b64encode(orjson.dumps(position)).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> dict[str, Any]:
    """Read a cursor back; raises ProblemError `bad-cursor` (400) for anything this service did not make."""
    try:
        position = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, orjson.JSONDecodeError, ValueError):
        position = None
    if not isinstance(position, dict):
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out")
    return position


class PageParams:
    """`limit` (1 to 100, 20 by default) and `cursor` of a list request."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(max_length=2000)] = None,
    ) -> None:
        self.limit = limit
        self.position = decode_cursor(cursor) if cursor else None


Page = Annotated[PageParams, Depends()]


def not_modified(request: Request, tag: str) -> bool:
    """True when the client already has this entity tag (`If-None-Match`)."""
    held = request.headers.get("if-none-match", "")
    return tag in {_TOLD.sub('"', part.strip().removeprefix("W/")) for part in held.split(",")} if held else False
