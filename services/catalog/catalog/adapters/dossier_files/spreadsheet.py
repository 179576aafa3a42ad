"""An OpenDocument spreadsheet with one sheet for each table; every cell is a text, so nothing is ever computed."""

import io
import re
from typing import Any

from odf.dc import Language, Title
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableCellProperties, TableColumnProperties, TextProperties
from odf.table import Table as Sheet
from odf.table import TableCell, TableColumn, TableHeaderRows, TableRow
from odf.text import P

from catalog.adapters.dossier_files.tables import Row, Table

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_ods(tables: list[Table], title: str) -> bytes:
    """Return the file."""
    document = OpenDocumentSpreadsheet()
    document.meta.addElement(Title(text=_NOT_XML.sub("", title)))
    document.meta.addElement(Language(text="de-DE"))
    head = Style(name="head", family="table-cell")
    head.addElement(TextProperties(fontweight="bold"))
    body = Style(name="body", family="table-cell")
    body.addElement(TableCellProperties(wrapoption="wrap", verticalalign="top"))
    wide = Style(name="wide", family="table-column")
    wide.addElement(TableColumnProperties(columnwidth="6cm"))
    for style in (head, body, wide):
        document.automaticstyles.addElement(style)
    for table in tables:
        sheet = Sheet(name=table.title)
        sheet.addElement(TableColumn(stylename=wide, numbercolumnsrepeated=len(table.rows[0])))
        header = TableHeaderRows()
        header.addElement(_row(table.rows[0], head))
        sheet.addElement(header)
        for row in table.rows[1:]:
            sheet.addElement(_row(row, body))
        document.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def _row(cells: Row, style: Any) -> Any:
    row = TableRow()
    for text in cells:
        cell = TableCell(valuetype="string", stylename=style)
        for line in _NOT_XML.sub("", text).split("\n"):
            cell.addElement(P(text=line))
        row.addElement(cell)
    return row
