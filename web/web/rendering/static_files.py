"""Static files under addresses that change with their content, so that browsers may keep them for ever."""

import hashlib
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"


class FingerprintedFiles(StaticFiles):
    """Serves files; what was asked for with `?v=` is marked immutable."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304):
            asked_by_version = scope.get("query_string", b"").startswith(b"v=")
            response.headers["Cache-Control"] = FOR_EVER if asked_by_version else A_DAY
        return response


class AssetAddresses:
    """Knows the address of each static file."""

    def __init__(self, root: Path, *, watch: bool) -> None:
        self._root = root
        self._watch = watch
        self._known: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """`css/app.css` becomes `/static/css/app.css?v=<digest>`; `watch` looks anew on each call."""
        if self._watch or name not in self._known:
            digest = hashlib.sha256((self._root / name).read_bytes()).hexdigest()[:12]
            self._known[name] = f"/static/{name}?v={digest}"
        return self._known[name]
