"""The sheets of the documents' own form on the command line, figure by figure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from agencyqa.assessments.cli import group
from tests.factories.measures import MIXED_FORM, scheme_text

SHEETS = MIXED_FORM.with_name("mixed-sheets.yaml")


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(group, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_example_is_checked_and_scored() -> None:
    assert "没有错误" in run("check", MIXED_FORM)
    lines = [" ".join(line.split()) for line in run("score", MIXED_FORM, SHEETS, "--trace").splitlines()]
    for expected in (
        "42.5 + 47.33 + 3 = 92.83",
        "得分率 92.83% 等级 优秀",
        "· 加分计入 3 分",
        "满意度 — / 10",
        "· 条件不成立，加分不计入",
        "有 1 项不计入：满意度。",
        "总分 46.5 / 90",
        "得分率 51.67% 等级 不合格",
        "报告虚假：已认定；总分最高 59 分，从总分中扣去 33.83 分；等级没有高于“不合格”",
        "42.5 + 47.33 + 3 − 33.83 = 59",
        "逐步重算得 59 分，与总分一致。",
    ):
        assert expected in lines


def test_the_same_as_data() -> None:
    first, second, third = json.loads(run("score", MIXED_FORM, SHEETS, "--format", "json"))["sheets"]
    assert (first["total"], first["criteria"]["method"]["contribution"]) == ("92.83", "3")
    assert (second["total"], second["assessed_points"], second["left_out"]) == (
        "46.5",
        "90",
        ["satisfaction"],
    )
    assert second["criteria"]["method"] == {
        "state": "ok",
        "computed": "4",
        "entered": None,
        "counted": "4",
        "contribution": "0",
    }
    assert third["vetoes"] == {"false_report": {"applied": True, "contribution": "-33.83"}}


def test_a_sheet_with_faults_is_refused_and_never_guessed(tmp_path: Path) -> None:
    text = SHEETS.read_text(encoding="utf-8")
    for old, new in (
        ("satisfaction: {rating: 5}", "satisfaction: {rating: 9}"),
        ("method: {value: 3}\n      false_report: {raised: false}", "false_report: {raised: maybe}"),
        ("interviews: {actual: 30, planned: 40}", "interview: {actual: 30}"),
    ):
        text = text.replace(old, new, 1)
    sheets = tmp_path / "sheets.yaml"
    sheets.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(group, ["score", str(MIXED_FORM), str(sheets)])
    assert result.exit_code == 1
    codes = [line.rsplit("[", 1)[1].rstrip("]") for line in result.stderr.splitlines()[:-2]]
    # Both figures of the ratio, and the bonus.
    assert sorted(codes) == [*["missing"] * 3, "not_a_flag", "outside_scale", "unknown_criterion"]
    assert result.stderr.splitlines()[-1] == "3 张评分表：2 张已计分，0 张尚无总分，1 张有错误、不计分。"
    assert [line for line in result.stdout.splitlines() if "不计分" in line] == ["有 6 处错误，不计分。"]


def test_one_incomplete_sheet_keeps_no_other_from_its_figures(tmp_path: Path) -> None:
    """What is missing is listed, the sheet has no total, and the status tells it from a sheet that was refused."""
    text = SHEETS.read_text(encoding="utf-8")
    lines = text.replace("interviews: {actual: 30, planned: 40}", "interviews: {actual: 30}", 1)
    assert lines != text
    sheets = tmp_path / "sheets.yaml"
    sheets.write_text(lines, encoding="utf-8")
    result = CliRunner().invoke(group, ["score", str(MIXED_FORM), str(sheets), "--format", "json"])
    assert result.exit_code == 3
    told = result.stderr.splitlines()
    assert [line.rsplit("[", 1)[1] for line in told[:-2]] == ["missing]"]
    assert told[-1] == "3 张评分表：2 张已计分，1 张尚无总分，0 张有错误、不计分。"
    rows = json.loads(result.stdout)["sheets"]
    assert sorted((row["state"], row["total"]) for row in rows if row["total"] is None) == [("missing", None)]
    whole = json.loads(run("score", MIXED_FORM, SHEETS, "--format", "json"))["sheets"]
    assert [row for row in rows if row["total"]] == [
        each for each, row in zip(whole, rows, strict=True) if row["total"]
    ]
    open_row = next(row for row in rows if row["total"] is None)
    assert open_row["errors"] == told[:-2]
    table = CliRunner().invoke(group, ["score", str(MIXED_FORM), str(sheets), "--trace"])
    assert table.exit_code == 3
    assert "总分 — / 100" in [" ".join(line.split()) for line in table.stdout.splitlines()]


@pytest.mark.parametrize(
    ("rounding", "shown", "told"),
    [
        ("", "≈ 89.9996% 等级 乙", ["折算百分制 26.9999 ÷ 30 × 100 ≈ 89.9996"]),
        (
            "rounding: {places: 1}\n",
            "90.0% 等级 甲",
            ["折算百分制 26.9999 ÷ 30 × 100 ≈ 89.9996", "修约 四舍五入保留 1 位小数：90.0"],
        ),
    ],
)
def test_the_percentage_is_the_one_that_the_grade_goes_by(
    tmp_path: Path, rounding: str, shown: str, told: list[str]
) -> None:
    """Rounded only where the scheme says so: 89.9996 is no 90 beside the grade below it."""
    grades = "grades:\n  - {key: a, label: {zh: 甲, en: A}, low: 90}\n  - {key: b, label: {zh: 乙, en: B}, low: 0}\n"
    scheme, sheets = tmp_path / "scheme.yaml", tmp_path / "sheets.yaml"
    scheme.write_text(f"{scheme_text(points='30')}{rounding}{grades}", encoding="utf-8")
    sheets.write_text("sheets: [{answers: {quality: {value: 26.9999}}}]\n", encoding="utf-8")
    lines = [" ".join(line.split()) for line in run("score", scheme, sheets, "--trace").splitlines()]
    assert f"得分率 {shown}" in lines
    assert [line for line in lines if line.startswith(("折算", "修约"))] == told
    (row,) = json.loads(run("score", scheme, sheets, "--format", "json"))["sheets"]
    assert (row["percent"], row["percent_exact"]) == (
        ("90.0" if rounding else "89.9996"),
        {"num": 269_999, "den": 3000},
    )
