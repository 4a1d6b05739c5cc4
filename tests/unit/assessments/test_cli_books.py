"""Score sheets and schemes as workbooks on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from agencyqa.assessments.cli import group
from agencyqa.measures.scheme_books.writing import write_book
from agencyqa.measures.shipped import shipped_schemes
from tests.factories.measures import MIXED_FORM

GIVEN: dict[str, Any] = {
    "team_ability.band": "专业能力强",
    "team_ability.value": 14,
    "team_stability.met": "是",
    "communication.band": "good",
    "communication.value": "１９",
    "report_data.value": 23,
    "report_conclusions.value": 23,
}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


@pytest.fixture
def sheets(tmp_path: Path) -> Path:
    """The template of the Jiading form, empty."""
    path = tmp_path / "sheets.xlsx"
    result = run("sheets-template", "jiading-2018", path, "--rows", "3")
    assert (result.exit_code, result.output) == (0, f"{path}\n")
    return path


def columns(sheet: Any) -> dict[str, int]:
    titles = {cell.column: str(cell.value) for cell in sheet[1]}
    return {title.rpartition("[")[2].rstrip("]"): column for column, title in titles.items()}


def fill(path: Path, change: Callable[[Any, dict[str, int]], None] | None = None) -> None:
    book = openpyxl.load_workbook(path)
    sheet: Any = book.worksheets[0]
    places = columns(sheet)
    bands = [name for name in places if name.endswith(".band")]
    for row, name in ((2, "甲"), (3, "乙")):
        sheet.cell(row, 1).value = name
        for key in bands:
            sheet.cell(row, places[key]).value = _best(key)
        for key, value in GIVEN.items():
            if key in places:
                sheet.cell(row, places[key]).value = value
    if change is not None:
        change(sheet, places)
    book.save(path)


def _best(column: str) -> str:
    file = next(checked.file for checked in shipped_schemes() if checked.file.key == "jiading-2018")
    rule: Any = next(c.rule for _, c in file.criteria() if c.key == column.partition(".")[0])
    return str(rule.bands[0].label.zh)


def values(path: Path) -> None:
    """Every mark of the form that ends in ``value``."""
    book = openpyxl.load_workbook(path)
    sheet: Any = book.worksheets[0]
    for name, column in columns(sheet).items():
        if name.endswith(".value") and name not in GIVEN:
            sheet.cell(2, column).value = sheet.cell(3, column).value = 23
    book.save(path)


def test_the_jiading_figures_from_excel(sheets: Path) -> None:
    fill(sheets)
    values(sheets)
    result = run("score", "jiading-2018", sheets, "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)["sheets"]
    assert [(sheet["name"], sheet["total"]) for sheet in found] == [("甲", "94"), ("乙", "94")]


def test_every_fault_of_the_sheets_with_its_cell(sheets: Path) -> None:
    def spoil(sheet: Any, places: dict[str, int]) -> None:
        sheet.cell(2, places["team_ability.band"]).value = "极强"
        sheet.cell(2, places["communication.value"]).value = "很多"
        sheet.cell(3, places["team_stability.met"]).value = None
        sheet.cell(3, places["team_ability.value"]).value = 4

    fill(sheets, spoil)
    values(sheets)
    result = run("score", "jiading-2018", sheets)
    lines = [line.replace(str(sheets), "") for line in result.stderr.splitlines()]
    assert result.exit_code == 1
    assert [(line.split(": ")[0], line.split("[")[-1]) for line in lines[:-2]] == [
        (":评分表!B2", "unknown_choice]"),
        (":评分表!F2", "not_a_number]"),
        (":评分表!C3", "outside_band]"),
        (":评分表!D3", "missing]"),
    ]
    assert lines[-2] == "共 4 处错误。"


def test_a_template_never_overwrites_what_somebody_filled_in(sheets: Path) -> None:
    fill(sheets)
    before = sheets.read_bytes()
    result = run("sheets-template", "jiading-2018", sheets)
    assert (result.exit_code, "已经存在，不覆盖" in result.output) == (1, True)
    assert sheets.read_bytes() == before
    nowhere = run("sheets-template", "jiading-2018", sheets.parent / "none" / "x.xlsx")
    assert (nowhere.exit_code, "没有文件夹" in nowhere.output) == (1, True)


def test_a_column_that_stands_twice_is_never_passed_over(sheets: Path) -> None:
    def add(sheet: Any, places: dict[str, int]) -> None:
        sheet.cell(1, 30).value = "另一列 [communication.value]"
        sheet.cell(2, 30).value = 3

    fill(sheets, add)
    result = run("score", "jiading-2018", sheets)
    assert result.exit_code == 1
    assert (
        "评分表!AD1: 错误: “另一列 [communication.value]”这一列前面已经有了，不知以哪一列为准，请删去一列。"
        " [sheets.column_twice]"
    ) in result.stderr


def test_the_template_says_what_each_cell_takes(tmp_path: Path) -> None:
    path = tmp_path / "mixed.xlsx"
    assert run("sheets-template", MIXED_FORM, path).exit_code == 0
    guide: Any = openpyxl.load_workbook(path)["填写说明"]
    rows = {row[1]: row[2:4] for row in guide.iter_rows(min_row=4, values_only=True)}
    assert rows["评级"][0] == "整数，0～6；无法评价填 0"
    assert rows["报告虚假"] == (
        "是、否",
        "一经认定，总分最高 59 分，等级最高为“不合格”（系被评价单位提供虚假资料所致除外）。",
    )


def test_a_column_that_the_scheme_does_not_know_is_never_passed_over(sheets: Path) -> None:
    def add(sheet: Any, places: dict[str, int]) -> None:
        sheet.cell(1, 30).value = "额外加分"

    fill(sheets, add)
    result = run("score", "jiading-2018", sheets)
    assert result.exit_code == 1
    assert "评分表!AD1: 错误: 方案没有“额外加分”这一列。 [sheets.unknown_column]" in result.stderr


def test_an_entered_figure_in_a_column_of_its_own(sheets: Path) -> None:
    def add(sheet: Any, places: dict[str, int]) -> None:
        sheet.cell(1, 30).value = "entered.team_stability"
        sheet.cell(2, 30).value = 12

    fill(sheets, add)
    values(sheets)
    result = run("score", "jiading-2018", sheets, "--format", "json")
    first = json.loads(result.output)["sheets"][0]
    assert (first["total"], first["criteria"]["team_stability"]["entered"]) == ("91", "12")


def test_a_scheme_in_a_workbook(tmp_path: Path, sheets: Path) -> None:
    scheme = tmp_path / "scheme.xlsx"
    file = next(checked.file for checked in shipped_schemes() if checked.file.key == "jiading-2018")
    write_book(scheme, file, [], language="zh", now=datetime(2026, 11, 1, tzinfo=UTC))
    result = run("check", scheme)
    assert (result.exit_code, "没有错误" in result.output) == (0, True)
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    result = run("score", scheme, old)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[0].endswith(
        "这不是可以读取的 Excel 工作簿（.xlsx）。 [table.not_a_workbook]"
    )


def test_what_was_passed_over_in_a_workbook_is_named_by_its_cell(tmp_path: Path) -> None:
    """A column of the bureau's own, and points that the rule cannot give."""
    file = next(checked.file for checked in shipped_schemes() if checked.file.key == "jiading-2018")
    path = tmp_path / "scheme.xlsx"
    write_book(path, file, [("M3/grades", "等级")], language="zh", now=datetime(2026, 11, 1, tzinfo=UTC))
    book = openpyxl.load_workbook(path)
    sheet: Any = book["考核项"]
    sheet.cell(1, sheet.max_column + 1).value = "经办人"
    sheet.cell(3, sheet.max_column).value = "甲"
    book.save(path)
    result = run("check", path)
    assert result.exit_code == 0, result.output
    assert f"{path}:考核项!{sheet.cell(1, sheet.max_column).coordinate}: 提醒: " in result.output


def test_a_formula_without_its_result_is_named_beside_what_is_missing(sheets: Path) -> None:
    def calculate(sheet: Any, places: dict[str, int]) -> None:
        sheet.cell(2, places["report_data.value"]).value = "=20+3"

    fill(sheets, calculate)
    result = run("score", "jiading-2018", sheets)
    lines = [line.replace(str(sheets), "") for line in result.stderr.splitlines()]
    assert lines[0].startswith(
        ":评分表!H2: 提醒: H2 是公式（共 1 格），工作簿中没有保存计算结果，按空白处理。"
    )
    assert lines[1:] == [
        ":评分表!H2: 错误: 3.1 数据详实、情况清晰：“得分”尚未填写。 [missing]",
        "共 1 处错误。",
        "2 张评分表：1 张已计分，1 张尚无总分，0 张有错误、不计分。",
    ]
    assert result.exit_code == 3


def test_sheets_in_hidden_rows_are_scored_and_said_to_be_hidden(sheets: Path) -> None:
    def hide(sheet: Any, places: dict[str, int]) -> None:
        sheet.row_dimensions[3].hidden = True

    fill(sheets, hide)
    values(sheets)
    result = run("score", "jiading-2018", sheets)
    assert result.exit_code == 0, result.output
    assert [line.replace(str(sheets), "") for line in result.stderr.splitlines()] == [
        ":评分表!A3: 提醒: 第 3 行（共 1 行）是隐藏行，同样读取；不应读取的，请删去后重新上传。"
        " [table.hidden_rows]"
    ]


def test_a_workbook_is_read_in_either_language(sheets: Path) -> None:
    def english(sheet: Any, places: dict[str, int]) -> None:
        sheet.cell(3, places["team_ability.band"]).value = "Strong"
        sheet.cell(3, places["team_stability.met"]).value = "Yes"

    fill(sheets, english)
    values(sheets)
    for language in ("zh", "en"):
        result = run("score", "jiading-2018", sheets, "--format", "json", "--language", language)
        assert result.exit_code == 0, result.output
        assert [sheet["total"] for sheet in json.loads(result.output)["sheets"]] == ["94", "94"]


def test_english_messages_hold_no_chinese_marks(sheets: Path) -> None:
    def spoil(sheet: Any, places: dict[str, int]) -> None:
        sheet.cell(2, places["team_ability.band"]).value = "?"
        sheet.cell(2, places["report_data.value"]).value = None

    fill(sheets, spoil)
    lines = run("score", "jiading-2018", sheets, "--language", "en").stderr.splitlines()
    told = [line.replace(str(sheets), "").replace("评分表", "Sheets") for line in lines]
    assert told[-2] == "Errors in all: 2."
    assert told[-1] == "Sheets: 2. Scored: 1, without a total so far: 0, refused for errors: 1."
    assert not [letter for line in told for letter in line if letter in "：；、，。"]


def test_a_workbook_of_sheets_is_simulated_on_as_it_is_scored(sheets: Path) -> None:
    fill(sheets)
    values(sheets)
    result = run(
        "simulate", "jiading-2018", "jiading-2018", sheets, "--points", "team_ability=30", "--format", "json"
    )
    assert result.exit_code == 0, result.output
    # 28 + 80 of 115 points.
    assert [row["score_after"] for row in json.loads(result.output)["largest_changes"]] == ["93.91", "93.91"]
