"""The session: an encrypted, HttpOnly cookie that holds the user's bearer token; nothing is kept on the server."""

import base64
import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from starlette.responses import Response

from web.settings import WebSettings

COOKIE = "mp_sitzung"
LARGEST_COOKIE = 4000


class SessionTooLargeError(Exception):
    """The identity provider's token does not fit into a cookie."""


@dataclass(frozen=True)
class Session:
    """A logged-in user; `sid` survives a renewed log-in of the same user, so that open forms stay valid."""

    sid: str
    sub: str
    name: str
    email: str | None
    roles: tuple[str, ...]
    token: str
    expires_at: datetime

    def expired(self, now: datetime) -> bool:
        """True when the services would no longer accept the token."""
        return now >= self.expires_at


class SessionCodec:
    """Turns sessions into cookies and back, and signs what belongs to one."""

    def __init__(self, settings: WebSettings) -> None:
        self._secret = settings.session_secret.encode()
        digest = hashlib.sha256(b"session:" + self._secret).digest()
        self._cipher = Fernet(base64.urlsafe_b64encode(digest))
        self._lifetime = timedelta(hours=settings.session_hours)
        self._secure = settings.secure
        port = urlsplit(settings.public_url).port
        self.cookie = f"{COOKIE}_{port}" if port else COOKIE
        """Name of the session's cookie. Cookies do not know ports: two systems on one host need two names."""

    def seal(self, content: dict[str, Any]) -> str:
        """Encrypt a small JSON object."""
        return self._cipher.encrypt(zlib.compress(json.dumps(content).encode(), 9)).decode()

    def unseal(self, sealed: str | None, lifetime: timedelta) -> dict[str, Any] | None:
        """Return what was sealed; None when it is missing, foreign, or older than `lifetime`."""
        if not sealed:
            return None
        try:
            plain = self._cipher.decrypt(sealed.encode(), ttl=int(lifetime.total_seconds()))
            content: dict[str, Any] = json.loads(zlib.decompress(plain))
        except (InvalidToken, zlib.error, ValueError):
            return None
        return content

    def read(self, cookies: Mapping[str, str]) -> Session | None:
        """Return the session in a request's cookies, also an expired one; None when there is none to trust."""
        content = self.unseal(cookies.get(self.cookie), self._lifetime)
        if content is None:
            return None
        try:
            expires_at = datetime.fromtimestamp(content.pop("expires_at"), UTC)
            return Session(roles=tuple(content.pop("roles")), expires_at=expires_at, **content)
        except (KeyError, TypeError, ValueError):
            return None

    def write(self, response: Response, session: Session) -> None:
        """Set the session cookie; raises SessionTooLargeError instead of a log-in that silently does not stick."""
        content = asdict(session) | {"expires_at": session.expires_at.timestamp()}
        sealed = self.seal(content)
        if len(sealed) > LARGEST_COOKIE:
            raise SessionTooLargeError(f"the session needs {len(sealed)} bytes, a cookie holds {LARGEST_COOKIE}")
        self.set_cookie(response, self.cookie, sealed, lifetime=self._lifetime)

    def set_cookie(
        self, response: Response, name: str, value: str, *, lifetime: timedelta | None, path: str = "/"
    ) -> None:
        """Set a cookie as all of ours are: HttpOnly, SameSite=Lax, Secure where we are reached by https."""
        response.set_cookie(
            name,
            value,
            max_age=int(lifetime.total_seconds()) if lifetime else None,
            path=path,
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )

    def csrf_token(self, sid: str) -> str:
        """Return a token for the forms of this session; it looks different each time, so that nothing can be
        learnt from the length of a compressed page."""
        return self._csrf(sid, secrets.token_hex(8))

    def csrf_matches(self, sid: str, given: str) -> bool:
        """True for every token that was made for this session; compares in constant time."""
        return hmac.compare_digest(self._csrf(sid, given.partition(".")[0]).encode(), given.encode())

    def _csrf(self, sid: str, salt: str) -> str:
        signature = hmac.new(self._secret, f"csrf:{sid}:{salt}".encode(), hashlib.sha256).hexdigest()
        return f"{salt}.{signature}"


def new_sid() -> str:
    """A fresh session id."""
    return secrets.token_urlsafe(18)
