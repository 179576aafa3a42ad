"""Receives a file over HTTP piece by piece, and says how browsers are to treat one that is handed out."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Request, status
from servicekit import errors
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

PIECE = 1024 * 1024
HARMLESS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of a file that somebody else uploaded: it runs nothing and is taken for nothing else."""


@asynccontextmanager
async def received(request: Request, most: int) -> AsyncIterator[tuple[Path, dict[str, str]]]:
    """Return the uploaded file, on disk inside the block, and the texts beside it.

    Raises ProblemError `malformed-upload` (400), `media-too-large` (413) for more than `most` bytes.
    """
    try:
        form = await request.form(max_files=1, max_fields=4, max_part_size=8192)
    except (MultiPartException, HTTPException) as error:
        if getattr(error, "status_code", 400) == status.HTTP_413_CONTENT_TOO_LARGE:
            raise
        raise _malformed() from error
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise _malformed()
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        with tempfile.NamedTemporaryFile(prefix="marktplatz-upload-") as kept:
            size = 0
            while piece := await file.read(PIECE):
                size += len(piece)
                if size > most:
                    raise errors.ProblemError("media-too-large", "too_large", f"the file has more than {most} bytes")
                await run_in_threadpool(kept.write, piece)
            kept.flush()
            yield Path(kept.name), texts
    finally:
        await form.close()


def _malformed() -> errors.ProblemError:
    return errors.malformed("malformed-upload", "send multipart/form-data with one `file`, and texts beside it")
