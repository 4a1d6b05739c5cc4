"""Merged cells and formulas, explained instead of refused."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import openpyxl
import xlsxwriter

from agencyqa.spreadsheets.tables import CellKind, ColumnSpec, explain_table, read_table

COLUMNS = [
    ColumnSpec("part", ("部分",), blank=True),
    ColumnSpec("name", ("名称",)),
    ColumnSpec("points", ("得分",), CellKind.DECIMAL, blank=True),
]


def book(formulas: dict[str, tuple[str, object]], *, merge: str | None = None) -> bytes:
    target = io.BytesIO()
    writer = xlsxwriter.Workbook(target)
    sheet = writer.add_worksheet("指标")
    sheet.write_row(0, 0, ["部分", "名称", "得分"])
    for row, name in enumerate(["甲", "乙", "丙"], start=1):
        sheet.write(row, 1, name)
        sheet.write(row, 2, row)
    if merge:
        sheet.merge_range(merge, "合并的部分")
    for cell, (formula, value) in formulas.items():
        sheet.write_formula(cell, formula, None, value)
    writer.close()
    return target.getvalue()


def test_of_a_merged_area_the_first_cell_counts() -> None:
    data = book({}, merge="A2:A4")
    reading = explain_table(data, COLUMNS)
    assert [row.values["part"] for row in reading.rows] == ["合并的部分", None, None]
    assert reading.problems == []
    assert [(each.where, each.code, each.params) for each in reading.notes] == [
        ("指标!A2", "table.merged_first", {"area": "A2:A4", "cell": "A2"})
    ]
    assert [problem.code for problem in read_table(data, COLUMNS)[1]] == ["table.merged"]


def test_what_is_hidden_is_read_and_said_to_be_hidden() -> None:
    """By hand or by a filter that was left on; the row below the last one is not read, so nothing is said of it."""
    target = io.BytesIO()
    writer = xlsxwriter.Workbook(target)
    sheet = writer.add_worksheet("指标")
    sheet.write_row(0, 0, ["部分", "名称", "得分", "备注"])
    for row, name in enumerate(["甲", "乙", "丙"], start=1):
        sheet.write_row(row, 0, ["一", name, row])
    for row in (1, 3, 9):
        sheet.set_row(row, None, None, {"hidden": True})
    sheet.set_column(2, 3, None, None, {"hidden": True})
    writer.close()
    reading = explain_table(target.getvalue(), COLUMNS)
    assert [row.values["points"] for row in reading.rows] == [1, 2, 3]
    assert [(each.where, each.code, each.params) for each in reading.notes] == [
        ("指标!A2", "table.hidden_rows", {"rows": ["2", "4"], "number": 2}),
        ("指标!C1", "table.hidden_column", {"title": "得分"}),
    ]
    assert explain_table(book({}), COLUMNS).notes == []


def test_of_a_formula_the_saved_result_is_taken() -> None:
    reading = explain_table(book({"C2": ("=1+1.5", 2.5), "C4": ("=SUM(C2:C3)", 4.5)}), COLUMNS)
    assert [row.values["points"] for row in reading.rows] == [Decimal("2.5"), Decimal(2), Decimal("4.5")]
    assert [(each.code, each.params) for each in reading.notes] == [
        ("table.formula_taken", {"cells": ["C2", "C4"], "number": 2})
    ]


def test_a_formula_without_a_saved_result_is_said_to_be_empty() -> None:
    # A program that does not calculate writes formulas without their results.
    opened = openpyxl.load_workbook(io.BytesIO(book({})))
    opened["指标"]["C3"] = "=1+1"
    target = io.BytesIO()
    opened.save(target)
    reading = explain_table(target.getvalue(), COLUMNS)
    assert [row.values["points"] for row in reading.rows] == [Decimal(1), None, Decimal(3)]
    assert [(each.where, each.code) for each in reading.notes] == [("指标!C3", "table.formula_empty")]


def test_many_formulas_are_one_note_and_errors_stay_errors() -> None:
    formulas: dict[str, tuple[str, object]] = {f"C{row}": ("=A1", row) for row in range(2, 14)}
    formulas["C14"] = ("=1/0", "#DIV/0!")
    target = io.BytesIO()
    writer = xlsxwriter.Workbook(target)
    sheet = writer.add_worksheet("指标")
    sheet.write_row(0, 0, ["部分", "名称", "得分"])
    for row in range(1, 14):
        sheet.write(row, 1, f"第{row}项")
    for cell, (formula, value) in formulas.items():
        sheet.write_formula(cell, formula, None, value)
    writer.close()
    reading = explain_table(target.getvalue(), COLUMNS)
    assert [(each.cell, each.code) for each in reading.problems] == [("C14", "table.formula_error")]
    (note,) = reading.notes
    assert note.params["number"] == 12
    assert note.params["cells"] == [f"C{row}" for row in range(2, 10)] + ["…"]


def test_a_file_that_is_none_is_a_problem() -> None:
    reading = explain_table(b"no workbook", COLUMNS)
    assert [each.code for each in reading.problems] == ["table.not_a_workbook"]
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w"):
        pass
    assert explain_table(empty.getvalue(), COLUMNS).rows == []
