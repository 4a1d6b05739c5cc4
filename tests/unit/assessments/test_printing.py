"""The sheets of the documents' own form on the command line, figure by figure."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from agencyqa.assessments.cli import group
from tests.factories.measures import MIXED_FORM

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
    codes = [line.rsplit("[", 1)[1].rstrip("]") for line in result.output.splitlines()[:-1]]
    # Both figures of the ratio, and the bonus.
    assert sorted(codes) == [*["missing"] * 3, "not_a_flag", "outside_scale", "unknown_criterion"]
