"""What is read beside the parser comes from a file that anybody may have written."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from agencyqa.spreadsheets.failed import failed_cells, formula_cells, hidden_columns, hidden_rows

MANY = 15_000


def parts(sheet: bytes) -> dict[str, bytes]:
    return {
        "xl/workbook.xml": b'<workbook><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": b'<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        b"</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
    }


def test_rows_and_columns_without_a_usable_number() -> None:
    """A row that says no number that a row can have follows the one before; such columns are none."""
    long = b"9" * 5000
    rows = parts(
        b'<row r="4"/><row r="' + long + b'" hidden="1"/><row hidden="true"/><row r="9" hidden="0"/>'
    )
    assert hidden_rows(rows, "S") == {5, 6}
    columns = (
        b'<col min="' + long + b'" max="2" hidden="1"/><col hidden="1"/><x:col min="3" max="5" hidden="1"/>'
    )
    assert hidden_columns(parts(columns), "S") == [(3, 5)]


def test_cells_of_every_writer() -> None:
    """With a prefix or without, quoted either way; a cell that closes itself holds nothing."""
    sheet = parts(
        b'<x:c r="a1" t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c><c r=\'B1\'><f t="shared"/><v></v></c><c r="C1"/>'
        b'<c r="D1"><v>2</v></c><c r="E1" t="str"><f>A1</f><v xml:space="preserve">x</v></c><c><f>1</f><v>1</v></c>'
    )
    assert failed_cells(sheet, "S") == {"A1"}
    assert formula_cells(sheet, "S") == {"A1": True, "B1": False, "E1": True}


@pytest.mark.parametrize("read", [failed_cells, formula_cells, hidden_columns, hidden_rows])
@pytest.mark.parametrize(
    "filling",
    [
        b"<c " + b"a" * MANY + b"/><col " + b"a" * MANY + b"/><row " + b"a" * MANY + b"/>",
        b"<c a" + b" " * MANY + b"/><col a" + b" " * MANY + b"/><row a" + b" " * MANY + b"/>",
        b"<c a>" * MANY + b"<col a>" * MANY + b"<row a>" * MANY,
        b"<c a" * MANY + b"<col a" * MANY + b"<row a" * MANY,
        b"<c a='" * MANY + b'<col a="' * MANY + b"<row a='" * MANY,
        b"<" + b"c" * MANY,
    ],
    ids=("name", "spaces", "open", "unclosed", "quotes", "tag"),
)
def test_nothing_in_a_file_makes_it_slow(
    read: Callable[[dict[str, bytes], str], Any], filling: bytes
) -> None:
    """Behind the cells the parser reads no more, so that anything may stand there."""
    began = time.perf_counter()
    read(parts(b'<c r="A1" t="e"><f>1</f><v>#N/A</v></c><row hidden="1"/>' + filling), "S")
    assert time.perf_counter() - began < 1
