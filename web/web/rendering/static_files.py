"""Static files under addresses that change with their content, so that browsers may keep them for ever."""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from web.assets import STATIC

FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
_MEDIA_TYPES = mimetypes.MimeTypes()
_MEDIA_TYPES.add_type("font/woff2", ".woff2")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """What is sent of one file."""

    content: bytes
    digest: str
    media_type: str

    @property
    def etag(self) -> str:
        """The strong entity tag."""
        return f'"{self.digest}"'


class StaticDirectory:
    """Serves the files of a folder as they were when it was made; with `reload` as they are when asked for.

    What was asked for with `?v=` is marked immutable.
    """

    def __init__(self, root: Path, *, reload: bool = False) -> None:
        self._root = root
        self._reload = reload
        self._read = _files(root)

    @property
    def _files(self) -> Mapping[str, StaticFile]:
        return _files(self._root) if self._reload else self._read

    def address(self, name: str) -> str:
        """`css/app.css` becomes `/static/css/app.css?v=<digest>`; raises KeyError when there is no such file."""
        return f"/static/{name}?v={self._files[name].digest}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (ASGI)."""
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405)
        found = self._files.get(scope["path"].removeprefix(scope["root_path"]).lstrip("/"))
        if found is None:
            raise HTTPException(404)
        asked_by_version = scope.get("query_string", b"").startswith(b"v=")
        headers = {"Cache-Control": FOR_EVER if asked_by_version else A_DAY, "ETag": found.etag}
        held = Headers(scope=scope).get("if-none-match", "")
        if found.etag in {tag.strip().removeprefix("W/") for tag in held.split(",")}:
            await Response(status_code=304, headers=headers)(scope, receive, send)
            return
        await Response(found.content, headers=headers, media_type=found.media_type)(scope, receive, send)


@cache
def own(*, reload: bool) -> StaticDirectory:
    """Return the front end's static files, read once for the process."""
    return StaticDirectory(STATIC, reload=reload)


def _files(root: Path) -> dict[str, StaticFile]:
    return {
        path.relative_to(root).as_posix(): _file(path)
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def _file(path: Path) -> StaticFile:
    content = path.read_bytes()
    media_type = _MEDIA_TYPES.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(content, hashlib.sha256(content).hexdigest()[:12], media_type)
