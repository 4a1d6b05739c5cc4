"""``scoring simulate`` on files: no server, no database."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agencyqa.assessments.cli import group

ROOT = Path(__file__).resolve().parents[4]
SHEETS = ROOT / "docs/examples/jiading-sheets.yaml"
PAST = """\
key: past
title: {zh: 表, en: Form, ours: true}
source: {zh: 测试用, en: For a test}
purpose: bureau
valid_from: 2022-01-01
max_points: 20
grades:
  - {key: good, label: {zh: 良, en: Good}, low: 80}
  - {key: poor, label: {zh: 差, en: Poor}, low: 0}
sections:
  - key: all
    label: {zh: 全部, en: All}
    max_points: 20
    criteria:
      - key: plan
        label: {zh: 方案, en: Plan}
        max_points: 10
        provision: M3/quality_assessment
        rule:
          kind: ordinal
          levels:
            - {key: best, label: {zh: 好, en: Best}, points: 10}
            - {key: fair, label: {zh: 中, en: Fair}, points: 6}
      - key: files
        label: {zh: 档案, en: Files}
        max_points: 10
        provision: M3/quality_assessment
        rule: {kind: deductions, points: 10, faults: [{key: lost, label: {zh: 缺失, en: Lost}, amount: 1}]}
"""
TABLE = """\
files.lost,name,plan.level,files
0,甲,best,
2,乙,fair,
9,丙,fair,8.5
,丁,best,
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["simulate", *(str(argument) for argument in arguments)])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    past, draft, table = tmp_path / "past.yaml", tmp_path / "draft.yaml", tmp_path / "sheets.csv"
    past.write_text(PAST, encoding="utf-8")
    draft.write_text(
        PAST.replace("amount: 1}", "amount: 2.5}").replace("points: 6}", "points: 7}"), encoding="utf-8"
    )
    table.write_text(TABLE, encoding="utf-8")
    return past, draft, table


def test_a_draft_on_a_table_of_sheets(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    result = run(*files, "--format", "json", "--out", out)
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    # 甲 20, 乙 6 + 8 = 14 and then 7 + 5 = 12, 丙 6 + 8.5 and then 7 + 8.5; 丁 was never finished.
    assert (found["sheets"], found["changed"], found["without_total"]) == (4, 2, 1)
    assert found["not_mapped"] == ["“档案”有 1 份评分表未作答。"]
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = [list(row.values()) for row in csv.DictReader(stream)]
    assert rows == [
        ["甲", "100.00", "100.00", "1", "1", "good", "good"],
        ["乙", "70.00", "60.00", "3", "3", "poor", "poor"],
        ["丙", "72.50", "77.50", "2", "2", "poor", "poor"],
        ["丁", "", "", "", "", "", ""],
    ]
    assert [row["name"] for row in found["largest_changes"]] == ["乙", "丙"]


def test_as_a_table_and_in_english(files: tuple[Path, Path, Path]) -> None:
    lines = run(*files).output.splitlines()
    assert lines == [
        "4 份评分表，得分率或等级有变化的 2 份，没有新总分的 1 份。",
        "! “档案”有 1 份评分表未作答。",
        "乙  70.00 → 60.00  名次 3 → 3  差 → 差",
        "丙  72.50 → 77.50  名次 2 → 2  差 → 差",
    ]
    assert "“Files” is unanswered on 1 sheets." in run(*files, "--language", "en").output


def test_other_points(files: tuple[Path, Path, Path]) -> None:
    past, _, table = files
    found = json.loads(run(past, past, table, "--points", "plan=30", "--format", "json").output)
    # 30 + 10 of 40, 18 + 8, 18 + 8.5.
    assert {row["name"]: row["score_after"] for row in found["largest_changes"]} == {
        "乙": "65.00",
        "丙": "66.25",
    }


def test_other_limits_of_grades(files: tuple[Path, Path, Path]) -> None:
    """The next lower grade reaches to the new limit, also where the scheme writes where it ends."""
    past, _, table = files
    own = past.with_name("own.yaml")
    text = past.read_text(encoding="utf-8")
    own.write_text(text.replace("en: Poor}, low: 0}", "en: Poor}, low: 0, high: 80}"), encoding="utf-8")
    assert own.read_text(encoding="utf-8") != text
    lines = run(own, own, table, "--grade", "good=72.5").output.splitlines()
    assert lines[-2:] == ["差 → 良  1", "丙  72.50 → 72.50  名次 2 → 2  差 → 良"]


def test_sheets_in_yaml() -> None:
    found = json.loads(run("jiading-2018", "jiading-2018", SHEETS, "--format", "json").output)
    assert (found["sheets"], found["changed"], found["not_mapped"]) == (1, 0, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name,plan.level\nx,worst\n", "sheets.csv:2: 错误 plan.level: “worst”不是这一格可填的内容。"),
        ("name,files.lost\nx,-1\n", "sheets.csv:2: 错误 files.lost: “-1”不是这一格可填的内容。"),
        ("name,files\nx,1.23456\n", "sheets.csv:2: 错误 files: “1.23456”不是这一格可填的内容。"),
        ("name,nothing\nx,1\n", "sheets.csv:1: 错误 nothing: 没有这样的项，请检查拼写。"),
        ("name,files,files\nx,1,2\n", "sheets.csv:1: 错误 files: 名称“files”重复。"),
        ("name,files\nx\n", "sheets.csv:2: 错误: 这一行有 1 格，表头有 2 格。"),
        # A blank line is no sheet, and lines after it keep their numbers.
        ("name,files\n\n\nx,?\n", "sheets.csv:4: 错误 files: “?”不是这一格可填的内容。"),
        (f"name,files.lost\nx,{'9' * 5000}\n", "sheets.csv:2: 错误 files.lost: “999"),
        (f"name,files\n{'x' * 200_000},1\n", "sheets.csv:2: 错误: 这一行不能按 CSV 读取："),
        ("", "sheets.csv: 错误: 文件没有内容。"),
        ("name,files\n\n", "sheets.csv: 错误: 文件里没有评分表。"),
        ("name,files\n甲,1\n".encode("gb18030"), "sheets.csv: 错误: 文件不是 UTF-8 编码的文本。"),
    ],
)
def test_what_cannot_be_read_is_refused(
    files: tuple[Path, Path, Path], text: str | bytes, expected: str
) -> None:
    past, draft, table = files
    table.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = run(past, draft, table)
    assert (result.exit_code, expected in result.output) == (1, True), result.output


def test_wrong_options_are_named(files: tuple[Path, Path, Path]) -> None:
    for arguments, expected in (
        ((*files, "--points", "nothing=3"), "The draft has no nothing to weigh."),
        ((*files, "--points", "plan"), "plan is not KEY=FIGURE."),
        ((*files, "--points", "plan=-1"), "plan=-1 is below 0."),
        ((*files, "--points", "plan=0", "--points", "files=0"), "Not all criteria can have 0 points."),
        ((*files, "--grade", "best=5"), "There is no grade best."),
        ((*files, "--grade", "good=0"), "Limits must differ, and the lowest is 0."),
        ((*files, "--share", "bureau=100"), "--weights and --share need --bureau and --year."),
        (files[:2], "Give SCHEME DRAFT SHEETS, or --bureau and --year."),
        (("--bureau", "x"), "--bureau needs --year"),
    ):
        result = run(*arguments)
        assert (result.exit_code, expected in result.output) == (2, True), result.output


def test_it_loads_no_database() -> None:
    code = "import sys, agencyqa.assessments.cli; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
