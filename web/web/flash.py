"""One message that survives a redirect: `Ihr Entwurf ist gespeichert.`"""

from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from web.settings import WebSettings

COOKIE = "mp_hinweis"


class Flash(NamedTuple):
    """A German text (the key of its translation) with its tone: success, info, warning or danger."""

    text: str
    tone: str = "success"


class FlashCodec:
    """Signs messages into a cookie of the browser's session and takes them out again."""

    def __init__(self, settings: WebSettings) -> None:
        self._serializer = URLSafeSerializer(settings.session_secret, salt="flash")
        self._secure = settings.secure

    def put(self, response: Response, flash: Flash) -> None:
        """Show the message on the next page."""
        response.set_cookie(
            COOKIE, self._serializer.dumps(list(flash)), httponly=True, samesite="lax", secure=self._secure
        )

    def take(self, request: Request) -> Flash | None:
        """Return the message that came with the request."""
        try:
            return Flash(*self._serializer.loads(request.cookies.get(COOKIE, "")))
        except (BadSignature, TypeError):
            return None
