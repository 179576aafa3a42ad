"""A form with a file: multipart, bounded in size, read into memory."""

from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from web.forms.body import FormData, FormRefusedError, read_form

LARGEST_UPLOAD = 1_000_000
MULTIPART = "multipart/form-data"


async def read_upload(request: Request, name: str) -> tuple[FormData, bytes | None]:
    """Return the texts of a form and the file in the field `name`, None when none was chosen.

    A form without a file part may be url-encoded, too. Raises FormRefusedError.
    """
    if not request.headers.get("content-type", "").lower().startswith(MULTIPART):
        return await read_form(request), None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_UPLOAD:
            raise FormRefusedError(413, f"more than {LARGEST_UPLOAD} bytes")

    async def whole() -> AsyncGenerator[bytes, None]:
        yield bytes(body)

    try:
        form = await MultiPartParser(request.headers, whole(), max_files=1, max_fields=50).parse()
    except (MultiPartException, KeyError) as error:
        raise FormRefusedError(400, str(error)) from error
    values: dict[str, list[str]] = {}
    content: bytes | None = None
    for key, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = (await value.read() if key == name and value.filename else content) or content
        else:
            values.setdefault(key, []).append(value)
    return FormData(values), content
