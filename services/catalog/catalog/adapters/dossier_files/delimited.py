"""CSV with semicolons, as spreadsheets with German settings expect it."""

from servicekit.delimited import row

from catalog.adapters.dossier_files.tables import Table

BOM = "\ufeff"


def to_csv(tables: list[Table], *, bom: bool) -> bytes:
    """Return all tables one below the other in UTF-8; `bom` marks the encoding for spreadsheets that need that."""
    written = row([]).join(row([table.title]) + "".join(map(row, table.rows)) for table in tables)
    return ((BOM if bom else "") + written).encode()
