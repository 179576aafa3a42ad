"""`Idempotency-Key`: the same request sent twice is carried out once and answered the same."""

import hashlib
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from contracts.ids import derived_id, uuid7
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pymongo.errors import DuplicateKeyError

from servicekit import auth, errors
from servicekit.clock import Clock
from servicekit.mongo import Database

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
ABANDONED = timedelta(seconds=60)
"""After this long a request without an answer counts as cut off by a crash, and may be carried out again."""
_KEPT_HEADERS = ("content-type", "etag", "location")


class IdempotencyStore:
    """Answers by user, path and key, kept for a day."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._collection = db["idempotency"]
        self._clock = clock

    async def prepare(self) -> None:
        """Create the index that forgets old answers (idempotent)."""
        await self._collection.create_index("created_at", expireAfterSeconds=int(KEPT.total_seconds()))

    async def begin(self, key: str, fingerprint: str) -> dict[str, Any] | None:
        """Claim the key; return the stored answer when there is one.

        Raises ProblemError `idempotency-key-reused` (422) or `request-in-progress` (409).
        """
        now = self._clock.now()
        claim = {"_id": key, "fingerprint": fingerprint, "created_at": now, "answer": None}
        try:
            await self._collection.insert_one(claim)
            return None
        except DuplicateKeyError:
            held = await self._collection.find_one({"_id": key})
        if held is None:
            return await self.begin(key, fingerprint)
        if held["fingerprint"] != fingerprint:
            raise errors.invalid("idempotency-key-reused", "this Idempotency-Key was used with another request")
        if held["answer"] is not None:
            return dict(held["answer"])
        taken = await self._collection.update_one(
            {"_id": key, "answer": None, "created_at": {"$lt": now - ABANDONED}}, {"$set": {"created_at": now}}
        )
        if taken.matched_count == 0:
            raise errors.conflict("request-in-progress", "the same request is being carried out: try again shortly")
        return None

    async def finish(self, key: str, answer: dict[str, Any]) -> None:
        """Keep the answer."""
        await self._collection.update_one({"_id": key}, {"$set": {"answer": answer}})

    async def forget(self, key: str) -> None:
        """Free the key: the request was not carried out."""
        await self._collection.delete_one({"_id": key, "answer": None})


def _key_of(request: Request, user: str) -> str | None:
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not 1 <= len(given) <= 200 or not given.isprintable():
        raise errors.malformed("malformed-idempotency-key", f"{HEADER} must be 1 to 200 printable characters")
    return hashlib.sha256(f"{user}\n{request.url.path}\n{given}".encode()).hexdigest()


def new_id(request: Request) -> str:
    """Return the id for what this request creates: always the same for the same `Idempotency-Key`."""
    key: str | None = getattr(request.state, "idempotency", None)
    return derived_id("idempotency", key) if key else uuid7()


class IdempotentRoute(APIRoute):
    """A route class whose POSTs honour `Idempotency-Key`; refusals and failures are not kept."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            if request.method != "POST" or HEADER.lower() not in request.headers:
                return await handle(request)
            user = await auth.authenticate(request)
            key = _key_of(request, user.sub if user else "")
            if key is None:
                return await handle(request)
            store: IdempotencyStore = request.app.state.container.platform.idempotency
            held = await store.begin(key, hashlib.sha256(await request.body()).hexdigest())
            if held is not None:
                headers = {**held["headers"], "Idempotency-Replayed": "true"}
                return Response(held["body"], status_code=held["status"], headers=headers)
            request.state.idempotency = key
            try:
                response = await handle(request)
            except BaseException:
                await store.forget(key)
                raise
            if response.status_code >= 300:
                await store.forget(key)
                return response
            headers = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
            await store.finish(key, {"status": response.status_code, "headers": headers, "body": bytes(response.body)})
            return response

        return handler
