from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from agencyqa.spreadsheets.tables import (
    CellKind,
    ColumnSpec,
    Limits,
    Problem,
    UnreadableTable,
    read_grid,
    read_table,
    sheet_names,
)

COLUMNS = (
    ColumnSpec("criterion", ("指标", "criterion")),
    ColumnSpec("points", ("得分",), CellKind.DECIMAL),
    ColumnSpec("count", ("次数",), CellKind.INT, required=False, blank=True),
    ColumnSpec("day", ("日期",), CellKind.DATE, required=False, blank=True),
)


def workbook(*rows: list[Any], merge: str | None = None, title: str = "Sheet1") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def found(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.where, problem.code) for problem in problems]


def test_rows_are_exact_and_know_their_cells() -> None:
    data = workbook(
        ["考核评分表"],
        [],
        ["次数", " 指 标*", "得分", "日期", "其他"],
        [3, "独立性", 23.4, datetime(2024, 3, 31), "x"],  # noqa: DTZ001  Excel knows no time zones.
        [None, None, None, None, None],
        [None, " 时效 ", "１２.5", "2024年4月1日", None],
        [0, 2018, 28.999999999999996, "2024/4/2"],
    )
    rows, problems = read_table(data, COLUMNS)
    assert problems == []
    assert [(row.number, row.values) for row in rows] == [
        (4, {"criterion": "独立性", "points": Decimal("23.4"), "count": 3, "day": date(2024, 3, 31)}),
        (6, {"criterion": "时效", "points": Decimal("12.5"), "count": None, "day": date(2024, 4, 1)}),
        (7, {"criterion": "2018", "points": Decimal(29), "count": 0, "day": date(2024, 4, 2)}),
    ]
    assert [rows[1].cell("points"), rows[1].address("count")] == ["Sheet1!C6", "A6"]


@pytest.mark.parametrize("figure", [0.1, 0.7, 4.35, 99.9999, 1e-4, 123456789.0625, 1e15])
def test_a_figure_is_what_was_typed(figure: float) -> None:
    rows, problems = read_table(workbook(["指标", "得分"], ["a", figure]), COLUMNS)
    assert problems == []
    assert rows[0].values["points"] == Decimal(repr(figure))


def test_every_problem_names_its_cell() -> None:
    data = workbook(
        ["指标", "得分", "次数", "日期"],
        ["a", "很好", 1, None],
        ["b", True, 1.5, "2024-02-30"],
        [None, 5, "2", 45000],
        ["d", "1_000", "1,5", "soon"],
        ["e", "#DIV/0!", "#N/A", None],
    )
    rows, problems = read_table(data, COLUMNS)
    assert found(problems) == [
        ("Sheet1!B2", "table.not_a_number"),
        ("Sheet1!B3", "table.not_a_number"),
        ("Sheet1!C3", "table.not_a_whole_number"),
        ("Sheet1!D3", "table.not_a_date"),
        ("Sheet1!A4", "table.empty_cell"),
        ("Sheet1!D4", "table.not_a_date"),
        ("Sheet1!B5", "table.not_a_number"),
        ("Sheet1!C5", "table.not_a_number"),
        ("Sheet1!D5", "table.not_a_date"),
        ("Sheet1!B6", "table.formula_error"),
        ("Sheet1!C6", "table.formula_error"),
    ]
    assert problems[0].params == {"value": "很好", "title": "得分"}
    assert rows[0].values == {"criterion": "a", "points": None, "count": 1, "day": None}


def test_a_missing_or_double_heading_is_named() -> None:
    _, problems = read_table(workbook(["x"], ["指标", "备注", "Criterion"], ["a", 1, 2]), COLUMNS)
    assert [(problem.where, problem.code, problem.params) for problem in problems] == [
        ("Sheet1!C2", "table.duplicate_column", {"title": "Criterion", "first": "A2"}),
        ("Sheet1", "table.missing_column", {"title": "得分", "row": 2}),
    ]


def test_a_sheet_without_heading_or_without_rows() -> None:
    assert found(read_table(workbook(["a", "b"], [1, 2]), COLUMNS)[1]) == [("Sheet1", "table.no_header")]
    assert found(read_table(workbook(["指标", "得分"]), COLUMNS)[1]) == [("Sheet1", "table.no_rows")]
    assert found(read_table(workbook(), COLUMNS)[1]) == [("Sheet1", "table.no_header")]


def test_merged_cells_in_the_table_are_named_and_others_are_not() -> None:
    rows = (["标题", None], ["指标", "得分"], ["a", 1], ["b", 2])
    _, problems = read_table(workbook(*rows, merge="A3:A4"), COLUMNS)
    assert [(problem.where, problem.code, problem.params) for problem in problems] == [
        ("Sheet1!A3", "table.merged", {"area": "A3:A4"}),
        ("Sheet1!A4", "table.empty_cell", {"title": "指标"}),
    ]
    assert read_table(workbook(*rows, merge="A1:B1"), COLUMNS)[1] == []


def test_problems_end_after_two_hundred() -> None:
    _, problems = read_table(workbook(["指标", "得分"], *[["a", "x"]] * 300), COLUMNS)
    assert (len(problems), problems[-1].code) == (201, "table.more_problems")


def test_another_sheet_is_chosen_by_name() -> None:
    data = workbook(["指标", "得分"], ["a", 1], title="得分 表")
    assert sheet_names(data) == ["得分 表"]
    assert read_table(data, COLUMNS, sheet="得分 表")[0][0].cell("points") == "得分 表!B2"
    assert found(read_table(data, COLUMNS, sheet="没有")[1]) == [("没有", "table.no_sheet")]


def test_a_grid_keeps_every_cell_in_its_place() -> None:
    grid = read_grid(workbook([], [None, "甲", 1.0, 2.5, True]))
    assert grid.rows == [[None] * 5, [None, "甲", 1, Decimal("2.5"), True]]
    assert [grid.at(1, 1), grid.at(0, 27)] == ["Sheet1!B2", "Sheet1!AB1"]


# ------------------------------------------------------------------------------------------------ hostile files


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The workbook with some of its parts replaced; ``__`` stands for a slash, and a dot for nothing."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.removesuffix(".xml").replace("/", "__"), old.read(name)))
    return target.getvalue()


def code_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableTable) as error:
        read_grid(data, limits=limits)
    assert read_table(data, COLUMNS, limits=limits) == ([], [error.value.problem])
    return error.value.problem.code


@pytest.mark.parametrize(
    "data", [b"", b"no zip", b"PK\x03\x04" + bytes(40), b"\xd0\xcf\x11\xe0" + bytes(600)]
)
def test_what_is_no_workbook_says_so(data: bytes) -> None:
    assert code_of(data) == "table.not_a_workbook"


def test_a_zip_of_something_else_and_a_cut_workbook_say_so() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert code_of(target.getvalue()) == "table.not_a_workbook"
    whole = workbook(["指标", "得分"])
    assert code_of(whole[: len(whole) // 2]) == "table.not_a_workbook"
    assert code_of(repacked(whole, xl__workbook=b"<workbook><unclosed")) == "table.not_a_workbook"


def test_a_file_that_is_too_large_is_not_opened() -> None:
    assert code_of(workbook(["x"]), Limits(file_bytes=100)) == "table.file_too_large"


def test_a_zip_bomb_is_refused_by_its_declared_size() -> None:
    bomb = repacked(workbook(["x"]), xl__styles=b" " * 60_000_000)
    assert len(bomb) < 100_000
    assert code_of(bomb) == "table.unpacks_too_large"


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(repacked(workbook(["x"]), xl__styles=b" " * 60_000_000))
    entry = bomb.rindex(b"PK\x01\x02", 0, bomb.rindex(b"xl/styles.xml"))
    struct.pack_into("<L", bomb, entry + 24, 1000)
    assert code_of(bytes(bomb)) == "table.not_a_workbook"


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c  r = 'A1'><v>1</v></c></row><row r='900000'>" + "<c><v>1</v></c>" * 200 + "</row>",
    ],
)
def test_two_cells_far_apart_are_refused_before_the_parser_lays_out_the_rest(cells: str) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )
    assert code_of(repacked(workbook(["x"]), xl__worksheets__sheet1=sheet.encode())) == "table.too_many_cells"


def test_a_large_honest_table_is_read() -> None:
    rows, problems = read_table(
        workbook(["指标", "得分"], *[[f"c{n}", n / 10] for n in range(5000)]), COLUMNS
    )
    assert (len(rows), problems) == (5000, [])
    assert rows[-1].values["points"] == Decimal("499.9")
