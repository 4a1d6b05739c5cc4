from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from agencyqa.spreadsheets.workbook import Column, Kind, open_workbook, sheet_name

CREATED = datetime(2024, 12, 31, 16, 30, tzinfo=UTC)
COLUMNS = (
    Column("rank", "名次", 8, Kind.RANK),
    Column("name", "机构", 32),
    Column("points", "得分", 10, Kind.POINTS),
    Column("score", "折合分", 10, Kind.SCORE),
    Column("fee", "合同金额（元）", 16, Kind.MONEY),
    Column("wan", "合同金额（万元）", 16, Kind.WAN),
    Column("share", "占比", 10, Kind.PERCENT, places=1),
    Column("signed", "签订日期", 12, Kind.DATE),
    Column("closed", "办结时间", 18, Kind.MOMENT),
    Column("note", "说明", 40, Kind.WRAP),
)
ROW: dict[str, Any] = {
    "rank": 1,
    "name": '=HYPERLINK("http://example.invalid")',
    "points": 234_001,
    "score": (175, 2),
    "fee": 1_234_567,
    "wan": 1_234_567,
    "share": Fraction(1, 8),
    "signed": date(2024, 3, 31),
    "closed": CREATED,
    "note": "第一行\r\n第二行\x07",
}


def made(rows: list[Any], columns: tuple[Column, ...] = COLUMNS, **options: Any) -> bytes:
    target = BytesIO()
    with open_workbook(target, title="年度排名", created=CREATED, author="财政局") as book:
        sheet = book.sheet("排名", columns, **options)
        for row in rows:
            sheet.write(row)
    return target.getvalue()


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data))["排名"]


def test_every_kind_is_an_exact_cell_with_its_format() -> None:
    cells = next(iter(opened(made([ROW])).iter_rows(min_row=2)))
    assert [(cell.value, cell.number_format) for cell in cells] == [
        (1, "0"),
        ('=HYPERLINK("http://example.invalid")', "@"),
        (23.4001, "General"),
        (87.5, "0.00"),
        (12345.67, "#,##0.00"),
        (1.234567, "#,##0.00"),
        (0.125, "0.0%"),
        (datetime(2024, 3, 31), "yyyy-mm-dd"),  # noqa: DTZ001  Excel knows no time zones.
        (datetime(2025, 1, 1, 0, 30), "yyyy-mm-dd hh:mm"),  # noqa: DTZ001
        ("第一行\n第二行", "@"),
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "http://a.example", "0123", "1e5", "\t=1"]
)
def test_a_text_stays_a_text(text: str) -> None:
    data = made([{"name": text}])
    cell = opened(data)["B2"]
    # openpyxl reads a text that starts with "=" as one, so the file itself has the last word.
    assert (cell.value, b"<f>" in _part(data, "xl/worksheets/sheet1.xml")) == (text, False)
    assert "xl/worksheets/_rels/sheet1.xml.rels" not in zipfile.ZipFile(BytesIO(data)).namelist()


def _part(data: bytes, name: str) -> bytes:
    return zipfile.ZipFile(BytesIO(data)).read(name)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        ((2, 3), 2, 0.67),
        ((1, 8), 2, 0.13),
        (Fraction(-1, 8), 2, -0.12),
        (999_950, 1, 100.0),
        (875_000, 0, 88),
    ],
)
def test_a_score_is_rounded_half_up_on_the_exact_quotient(value: Any, places: int, shown: float) -> None:
    sheet = opened(made([[value]], (Column("score", "得分", kind=Kind.SCORE, places=places),)))
    assert sheet["A2"].value == shown


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.POINTS, 1.5),
        (Kind.TEXT, 1.5),
        (Kind.INT, True),
        (Kind.DATE, 20240331),
        (Kind.MONEY, Fraction(1, 3)),
        (Kind.PERCENT, 50),
        (Kind.MOMENT, date(2024, 1, 1)),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: Kind, value: Any) -> None:
    target = BytesIO()
    with pytest.raises(TypeError, match="x "), open_workbook(target, title="t", created=CREATED) as book:
        book.sheet("s", (Column("x", "X", kind=kind),)).write([value])
    assert target.getvalue() == b""


def test_an_empty_value_is_an_empty_cell_and_a_text_stands_in_any_column() -> None:
    cells = list(opened(made([{"rank": "待定", "points": None}])).iter_rows(min_row=2, values_only=True))
    assert cells == [("待定", *[None] * 9)]


def test_header_is_frozen_filtered_and_below_title_banner_and_notes() -> None:
    sheet = opened(made([ROW, ROW], title="2024 年度排名", notes=("制表：财政局",), banner="参考分值"))
    assert [sheet.cell(row, 1).value for row in range(1, 5)] == [
        "2024 年度排名",
        "参考分值",
        "制表：财政局",
        "名次",
    ]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B5", "A4:J6")
    assert [sheet.column_dimensions[letter].width > 8 for letter in "AB"] == [True, True]
    assert sheet["A4"].font.name == "微软雅黑"
    assert sheet["A4"].font.b is True
    assert sheet.print_title_rows == "$4:$4"


def test_a_chart_reads_the_rows_of_the_table() -> None:
    target = BytesIO()
    with open_workbook(target, title="t", created=CREATED) as book:
        sheet = book.sheet("得分 '表'", COLUMNS)
        sheet.column_chart("没有数据", categories="name", values="points")
        sheet.write({"name": "甲", "points": 10_000})
        sheet.write({"name": "乙", "points": 20_000})
        sheet.column_chart("得分", categories="name", values="points", y_title="分")
    chart = _part(target.getvalue(), "xl/charts/chart1.xml").decode()
    assert "<c:f>'得分 ''表'!$B$2:$B$3</c:f>" in chart
    assert "<c:f>'得分 ''表'!$C$2:$C$3</c:f>" in chart
    assert "xl/charts/chart2.xml" not in zipfile.ZipFile(target).namelist()


def test_the_same_input_gives_the_same_bytes() -> None:
    assert made([ROW]) == made([ROW])
    properties = openpyxl.load_workbook(BytesIO(made([ROW]))).properties
    assert (properties.title, properties.creator, properties.created) == (
        "年度排名",
        "财政局",
        CREATED.replace(tzinfo=None),
    )


def test_a_file_is_written_and_none_is_left_after_an_error(tmp_path: Path) -> None:
    with open_workbook(tmp_path / "good.xlsx", title="t", created=CREATED) as book:
        book.sheet("s", COLUMNS).write(ROW)
    with pytest.raises(TypeError), open_workbook(tmp_path / "bad.xlsx", title="t", created=CREATED) as book:
        book.sheet("s", COLUMNS).write_all([ROW, {"name": 1.5}])
    assert [file.name for file in tmp_path.iterdir()] == ["good.xlsx"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("排名/2024:[终]", "排名 2024 终"),
        ("'引号'", "引号"),
        ("", "Sheet"),
        ("***", "Sheet"),
        ("History", "History_"),
        ("长" * 40, "长" * 31),
        ("𠮷" * 20, "𠮷" * 15),
        ("a\x00b\nc", "ab c"),
    ],
)
def test_sheet_names_are_made_acceptable(text: str, name: str) -> None:
    assert sheet_name(text) == name


def test_sheet_names_are_unique_whatever_their_case() -> None:
    target = BytesIO()
    with open_workbook(target, title="t", created=CREATED) as book:
        for name in ("Abc", "aBC", "长" * 31, "长" * 35):
            book.sheet(name, COLUMNS)
    assert openpyxl.load_workbook(target).sheetnames == ["Abc", "aBC (2)", "长" * 31, "长" * 27 + " (2)"]


def test_a_workbook_without_sheets_can_still_be_opened() -> None:
    target = BytesIO()
    with open_workbook(target, title="t", created=CREATED):
        pass
    assert openpyxl.load_workbook(target).sheetnames == ["Sheet1"]


def test_a_list_that_would_break_the_file_is_not_offered() -> None:
    def offered(choices: list[str]) -> list[str]:
        target = BytesIO()
        with open_workbook(target, title="表", created=CREATED, author="财政局") as book:
            sheet = book.sheet("排名", COLUMNS)
            sheet.offer("name", choices, rows=3)
        return [rule.formula1 for rule in opened(target.getvalue()).data_validations.dataValidation]

    assert offered(["区教育局", "区民政局"]) == ['"区教育局,区民政局"']
    assert offered(["Culture, Sport"]) == offered(['"区教育局"']) == []
