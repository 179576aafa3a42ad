"""Middleware around every answer: request id, security headers, an access log."""

import re
import secrets
import time
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.settings import WebSettings

log = structlog.stdlib.get_logger("web.access")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,80}$")


def content_security_policy(settings: WebSettings) -> str:
    """Own scripts, styles and fonts only, nothing inline; forms may end at the identity provider's log-in."""
    issuer = urlsplit(settings.oidc_issuer)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            f"form-action 'self' {issuer.scheme}://{issuer.netloc}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "manifest-src 'self'",
        )
    )


def security_headers(settings: WebSettings) -> dict[str, str]:
    """The headers every answer carries."""
    headers = {
        "Content-Security-Policy": content_security_policy(settings),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


class Guard:
    """Adds the headers, gives each request an id that the services see too, and logs how it went."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self.app = app
        self._headers = security_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.match(given) else secrets.token_hex(12)
        scope.setdefault("state", {})["request_id"] = request_id
        method = scope["method"]
        inner = {**scope, "method": "GET"} if method == "HEAD" else scope  # the server leaves the body out
        status = 500
        start = time.perf_counter()
        end = 0.0

        async def send_guarded(message: Message) -> None:
            nonlocal status, end
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers["X-Request-Id"] = request_id
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                end = time.perf_counter()  # what is done in the background afterwards keeps nobody waiting

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(inner, receive, send_guarded)
            finally:
                if not scope["path"].startswith(("/static/", "/health/")):
                    milliseconds = round(((end or time.perf_counter()) - start) * 1000, 1)
                    log.info("request", method=method, path=scope["path"], status=status, milliseconds=milliseconds)
