"""A submitted form: url-encoded, bounded in size, blank answers told apart from missing ones."""

from dataclasses import dataclass
from urllib.parse import parse_qs

from fastapi import Request

LARGEST_BODY = 512 * 1024
MOST_FIELDS = 500


class FormRefusedError(Exception):
    """The form cannot be read; `status` is 400, 413 or 415."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class FormData:
    """Field names with all their values, in the order they were sent."""

    values: dict[str, list[str]]

    def text(self, name: str) -> str:
        """The field's value with outer blanks and Windows line ends removed; empty when missing."""
        given = self.values.get(name)
        return given[-1].replace("\r\n", "\n").strip() if given else ""

    def texts(self, name: str) -> list[str]:
        """All values of checkboxes that share a name."""
        return [value.strip() for value in self.values.get(name, ()) if value.strip()]

    def lines(self, name: str) -> list[str]:
        """A text area as a list, one entry a line, blank lines left out."""
        return [line.strip() for line in self.text(name).split("\n") if line.strip()]


async def read_form(request: Request) -> FormData:
    """Read the body of a POST; raises FormRefusedError when it is too large or no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise FormRefusedError(415, f"content type {kind!r} is no form")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise FormRefusedError(413, f"more than {LARGEST_BODY} bytes")
    try:
        values = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise FormRefusedError(400, str(error)) from error
    return FormData(values)
