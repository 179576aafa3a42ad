"""CSV (RFC 4180) with semicolons, as spreadsheets with German settings expect it."""

import csv
import io

from catalog.adapters.dossier_files.tables import Table

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_csv(tables: list[Table], *, bom: bool) -> bytes:
    """Return all tables one below the other in UTF-8; `bom` marks the encoding for spreadsheets that need that."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        writer.writerow([harmless(table.title)])
        writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    return ((BOM if bom else "") + out.getvalue()).encode()


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that starts like it is quoted (OWASP)."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
