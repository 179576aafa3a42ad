"""Delimited text (RFC 4180: CSV) that spreadsheets open without calculating anything."""

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def row(cells: Iterable[str], *, delimiter: str = ";", quote_all: bool = False) -> str:
    """Return one record with its line end (CR LF); every cell is `harmless`."""
    written = io.StringIO()
    writer = csv.writer(
        written,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
        lineterminator="\r\n",
    )
    writer.writerow(map(harmless, cells))
    return written.getvalue()


def harmless(text: str) -> str:
    """Return a text that no spreadsheet calculates: one that starts like a formula is quoted (OWASP: CSV injection)."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
