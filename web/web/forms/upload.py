"""A form with a file: multipart, bounded in size, spooled to disk when it is large."""

from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from web.forms.body import FormData, FormRefusedError, read_form

LARGEST_UPLOAD = 1_000_000
LARGEST_MEDIA = 24 * 1024 * 1024
"""More than the catalog takes, so that it is the catalog that says what is too large."""
MULTIPART = "multipart/form-data"


async def read_upload(request: Request, name: str) -> tuple[FormData, bytes | None]:
    """Return the texts of a form and the file in the field `name`, None when none was chosen.

    A form without a file part may be url-encoded, too. Raises FormRefusedError.
    """
    form, file = await read_file(request, name, most=LARGEST_UPLOAD)
    return form, (await file.read() or None) if file else None


async def read_file(request: Request, name: str, *, most: int) -> tuple[FormData, UploadFile | None]:
    """Return the same with the file unread; the whole form may have `most` bytes."""
    if not request.headers.get("content-type", "").lower().startswith(MULTIPART):
        return await read_form(request), None

    async def bounded() -> AsyncGenerator[bytes, None]:
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
            if received > most:
                raise FormRefusedError(413, f"more than {most} bytes")
            yield chunk

    try:
        form = await MultiPartParser(request.headers, bounded(), max_files=1, max_fields=50).parse()
    except (MultiPartException, KeyError) as error:
        raise FormRefusedError(400, str(error)) from error
    values: dict[str, list[str]] = {}
    file: UploadFile | None = None
    for key, value in form.multi_items():
        if not isinstance(value, UploadFile):
            values.setdefault(key, []).append(value)
        elif key == name and value.filename:
            file = value
    return FormData(values), file
