"""A refusal of a service (RFC 9457 problem+json), and the words in which people are told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from web.i18n import Language

UNREACHABLE = "service-unreachable"
_TEXTS: Mapping[str, Mapping[Language, Mapping[str, str]]] = json.loads(
    (Path(__file__).resolve().parent.parent / "locales" / "problems.json").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one field; `field` is a dotted path such as `listing.name`."""

    field: str
    message: str


class ApiProblem(Exception):
    """A service said no. `detail` is the service's own English sentence; `retry_after` is in seconds."""

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str = "",
        *,
        errors: tuple[FieldFault, ...] = (),
        retry_after: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"{status} {slug}: {detail}")
        self.status = status
        self.slug = slug
        self.detail = detail
        self.errors = errors
        self.retry_after = retry_after
        self.request_id = request_id

    @property
    def unavailable(self) -> bool:
        """True when the service is down or overloaded and the same request may work later."""
        return self.status in (502, 503, 504)

    def title(self, language: Language) -> str:
        """A heading, such as `Nicht gefunden`."""
        return _words(self.slug, self.status)[language]["title"]

    def text(self, language: Language) -> str:
        """What is wrong and how to mend it, in the reader's language."""
        return _words(self.slug, self.status)[language]["text"]


def _words(slug: str, status: int) -> Mapping[Language, Mapping[str, str]]:
    by_status = f"status-{status}" if f"status-{status}" in _TEXTS else f"status-{status // 100}xx"
    return _TEXTS.get(slug) or _TEXTS.get(by_status) or _TEXTS["status-5xx"]


def known_slugs() -> frozenset[str]:
    """The slugs that have words of their own."""
    return frozenset(slug for slug in _TEXTS if not slug.startswith("status-"))


def of_response(response: httpx.Response) -> ApiProblem:
    """Read a problem from an answer of status 400 or more, also from one that is no problem+json."""
    body: Any = None
    if "json" in response.headers.get("content-type", ""):
        try:
            body = response.json()
        except ValueError:
            body = None
    if not isinstance(body, dict):
        body = {}
    faults = tuple(
        FieldFault(field=str(each.get("field", "")), message=str(each.get("message", "")))
        for each in body.get("errors") or ()
        if isinstance(each, dict)
    )
    unreachable = response.status_code in (502, 503, 504) and "slug" not in body
    retry_after = response.headers.get("retry-after", "")
    return ApiProblem(
        response.status_code,
        UNREACHABLE if unreachable else str(body.get("slug", f"status-{response.status_code}")),
        str(body.get("detail") or response.reason_phrase),
        errors=faults,
        retry_after=int(retry_after) if retry_after.isdigit() else None,
        request_id=body.get("request_id") or response.headers.get("x-request-id"),
    )
