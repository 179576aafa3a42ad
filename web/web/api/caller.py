"""Pooled HTTP to the gateway: one request, one answer, every refusal an ApiProblem."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from web.api.problem import UNREACHABLE, ApiProblem, of_response

Query = Mapping[str, str | int | bool | Sequence[str] | None]
log = structlog.stdlib.get_logger(__name__)


class ApiModel(BaseModel):
    """What a service answers: unknown fields are ignored, so that services may add some."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Model = TypeVar("Model", bound=ApiModel)


@dataclass(frozen=True)
class Answer:
    """A successful answer: the decoded body, its headers, and the version out of its ETag, if it had one."""

    body: Any
    version: int | None
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_model(self, model: type[Model]) -> Model:
        """Read the body as a model; the ETag's version fills a missing `version` that is a number."""
        body = self.body
        numbered = "version" in model.model_fields and model.model_fields["version"].annotation in (int, int | None)
        if numbered and isinstance(body, dict) and self.version is not None and body.get("version") is None:
            body = {**body, "version": self.version}
        try:
            return model.model_validate(body)
        except ValidationError as error:
            log.error("unexpected_answer", model=model.__name__, faults=error.errors(include_input=False))
            raise ApiProblem(502, "unexpected-answer", str(error)) from error


def _version(etag: str | None) -> int | None:
    digits = (etag or "").removeprefix("W/").strip('"')
    return int(digits) if digits.isdigit() else None


def client(
    gateway_url: str, *, host: str, seconds: float, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Return the pooled client all callers share; `seconds` bounds each phase of a request.

    `host` is the public name that routes of the gateway may be bound to, whatever address it is reached by.
    """
    return httpx.AsyncClient(
        base_url=gateway_url,
        timeout=httpx.Timeout(seconds, connect=min(seconds, 3.0), pool=min(seconds, 5.0)),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
        headers={"Accept": "application/json", "Host": host},
        follow_redirects=False,
        transport=transport or httpx.AsyncHTTPTransport(retries=1),
        trust_env=False,
    )


@dataclass(frozen=True)
class Caller:
    """Calls the services on behalf of one user (`token`) or of a visitor (None)."""

    http: httpx.AsyncClient
    token: str | None = None
    request_id: str | None = None

    async def get(self, path: str, query: Query | None = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Read something."""
        return await self._send("GET", path, query=query, more_headers=headers)

    async def download(self, path: str, query: Query | None = None) -> bytes:
        """Read a file; ApiProblem when it is refused or cannot be reached."""
        try:
            response = await self.http.get(path, params=httpx.QueryParams(dict(query or {})), headers=self._headers())
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise ApiProblem(503, UNREACHABLE, f"GET {path}: {error!r}") from error
        if response.is_redirect or response.status_code >= 400:
            raise of_response(response)
        return response.content

    @asynccontextmanager
    async def stream(self, path: str, *, silence_seconds: float) -> AsyncIterator[AsyncIterator[str]]:
        """Read the lines of an answer as they come; ApiProblem when it is refused or cannot be reached.

        The stream counts as lost when nothing comes for `silence_seconds`.
        """
        timeout = httpx.Timeout(silence_seconds, connect=3.0, pool=3.0)
        headers = {**self._headers(), "Accept": "text/event-stream"}
        try:
            async with self.http.stream("GET", path, headers=headers, timeout=timeout) as response:
                if response.is_redirect or response.status_code >= 400:
                    await response.aread()
                    raise of_response(response)
                yield response.aiter_lines()
        except httpx.TransportError as error:
            raise ApiProblem(503, UNREACHABLE, f"GET {path}: {error!r}") from error

    def _headers(self) -> dict[str, str]:
        given = {"Authorization": f"Bearer {self.token}" if self.token else "", "X-Request-Id": self.request_id or ""}
        return {name: value for name, value in given.items() if value}

    async def post(
        self,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        version: int | None = None,
        query: Query | None = None,
    ) -> Answer:
        """Do something; `key` is the Idempotency-Key that makes a repeat harmless."""
        return await self._send("POST", path, body=body, key=key, version=version, query=query)

    async def upload(self, path: str, name: str, content: bytes) -> Answer:
        """Send a file as the part `file`."""
        return await self._send("POST", path, files={"file": (name, content)})

    async def upload_file(self, path: str, file: BinaryIO, texts: Mapping[str, str], *, seconds: float) -> Answer:
        """Send a large file as the part `file`, read as it is sent, with texts beside it; `seconds` for the answer."""
        return await self._send("POST", path, files={"file": ("upload", file)}, data=texts, seconds=seconds)

    async def open(self, path: str, query: Query | None = None, *, tag: str | None = None) -> httpx.Response:
        """Begin to read a file, which may be answered with 304 for an entity tag; whoever reads it closes it."""
        headers = {**self._headers(), "Accept-Encoding": "identity", **({"If-None-Match": tag} if tag else {})}
        given = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            request = self.http.build_request("GET", path, params=httpx.QueryParams(given), headers=headers)
            response = await self.http.send(request, stream=True)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise ApiProblem(503, UNREACHABLE, f"GET {path}: {error!r}") from error
        if response.status_code >= 400:
            await response.aread()
            raise of_response(response)
        return response

    async def post_bytes(self, path: str, content: bytes) -> Answer:
        """Hand a file in as it is."""
        return await self._send("POST", path, content=content)

    async def file(self, path: str) -> tuple[bytes, Mapping[str, str]]:
        """Read a file; return its bytes and the headers that tell what it is."""
        response = await self._request("GET", path)
        return response.content, response.headers

    async def put(self, path: str, body: Any, *, version: int | None = None, query: Query | None = None) -> Answer:
        """Replace something; `version` becomes If-Match."""
        return await self._send("PUT", path, body=body, version=version, query=query)

    async def patch(self, path: str, body: Any, *, version: int) -> Answer:
        """Change parts of something, unless somebody else has changed it since `version`."""
        return await self._send("PATCH", path, body=body, version=version)

    async def delete(self, path: str, *, version: int | None = None) -> Answer:
        """Remove something; `version` becomes If-Match."""
        return await self._send("DELETE", path, version=version)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        key: str | None = None,
        version: int | None = None,
        more_headers: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes | BinaryIO]] | None = None,
        data: Mapping[str, str] | None = None,
        content: bytes | None = None,
        seconds: float | None = None,
    ) -> Answer:
        response = await self._request(
            method,
            path,
            query=query,
            body=body,
            key=key,
            version=version,
            more_headers=more_headers,
            files=files,
            data=data,
            content=content,
            seconds=seconds,
        )
        try:
            decoded = response.json() if response.content else None
        except ValueError as error:
            raise ApiProblem(502, "unexpected-answer", f"{method} {path}: no JSON") from error
        return Answer(decoded, _version(response.headers.get("etag")), response.headers)

    async def _request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        key: str | None = None,
        version: int | None = None,
        more_headers: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes | BinaryIO]] | None = None,
        data: Mapping[str, str] | None = None,
        content: bytes | None = None,
        seconds: float | None = None,
    ) -> httpx.Response:
        headers = {**(more_headers or {}), **self._headers()}
        if key:
            headers["Idempotency-Key"] = key
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        given = {name: value for name, value in (query or {}).items() if value not in (None, "", [], ())}
        try:
            response = await self.http.request(
                method,
                path,
                params=httpx.QueryParams(given),
                json=body,
                files=files,
                data=data,
                content=content,
                headers=headers,
                timeout=httpx.USE_CLIENT_DEFAULT if seconds is None else httpx.Timeout(seconds, connect=3.0),
            )
        except (httpx.TransportError, httpx.InvalidURL) as error:
            log.warning("service_unreachable", method=method, path=path, error=repr(error))
            raise ApiProblem(503, UNREACHABLE, f"{method} {path}: {error!r}") from error
        if response.is_redirect or response.status_code >= 400:
            raise of_response(response)
        return response
