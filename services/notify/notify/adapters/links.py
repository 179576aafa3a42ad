"""Signed links that turn e-mails off without a log-in."""

from itsdangerous import BadSignature, URLSafeSerializer

PATH = "/api/notify/unsubscribe"


class SignedLinks:
    """Tokens are signed, not encrypted: they hold the opaque user id. They do not expire, as old mails stay around."""

    def __init__(self, secret: str, public_url: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt="unsubscribe")
        self._public_url = public_url

    def url(self, user: str) -> str:
        """Return the user's link."""
        return f"{self._public_url}{PATH}?token={self._serializer.dumps(user)}"

    def user_of(self, token: str) -> str | None:
        """Return whose token it is; None for one that this service did not sign."""
        try:
            user = self._serializer.loads(token)
        except BadSignature:
            return None
        return user if isinstance(user, str) else None
