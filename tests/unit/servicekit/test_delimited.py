"""Lines of CSV, none of which a spreadsheet calculates."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servicekit.delimited import harmless, row

CELLS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1, max_size=5)


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =HYPERLINK()"])
def test_what_starts_like_a_formula_is_quoted(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Größe", "a=b", "1-2", "'=1"])
def test_every_other_text_stays(text: str) -> None:
    assert harmless(text) == text


@given(CELLS, st.sampled_from([",", ";"]), st.booleans())
def test_a_row_is_read_back_as_one_record(cells: list[str], delimiter: str, quote_all: bool) -> None:
    written = row(cells, delimiter=delimiter, quote_all=quote_all)
    assert written.endswith("\r\n")
    assert list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)) == [[harmless(c) for c in cells]]


def test_rows_are_written_as_asked() -> None:
    assert row(["a", "b;c", 'd"e']) == 'a;"b;c";"d""e"\r\n'
    assert row(["a", "b"], delimiter=",", quote_all=True) == '"a","b"\r\n'
    assert row([]) == "\r\n"
