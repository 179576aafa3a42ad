"""The process that reads one upload: little memory, little time, no way back but a line of JSON.

`python -m catalog.adapters.media.examining UPLOAD FOLDER` writes the files to keep into the folder, and what is known
of them, or why the upload is refused, to standard output.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY_BYTES = 768 * 1024**2
CPU_SECONDS = 20
FILE_BYTES = 64 * 1024 * 1024


def limit() -> None:
    """Take away from this process what it does not need; set before any decoder sees a byte."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def examine(upload: Path, folder: Path) -> dict[str, Any]:
    """Return what is known of an upload, or `refused` with a `sentence`."""
    # Decoders are imported here, under the limits.
    from catalog.adapters.media import documents, pictures, sniffing  # noqa: PLC0415

    content = upload.read_bytes()
    try:
        kind = sniffing.type_of(content)
        sniffing.refuse_polyglot(content, kind)
        return documents.examine(upload, folder) if kind == "pdf" else pictures.examine(content, kind, folder)
    except sniffing.Refused as refused:
        return {"refused": refused.reason, "sentence": str(refused)}
    except MemoryError:
        return {"refused": "broken", "sentence": "the file needs more memory than a file may"}


def main() -> None:
    """Examine the upload named on the command line."""
    limit()
    json.dump(examine(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdout)


if __name__ == "__main__":
    main()
