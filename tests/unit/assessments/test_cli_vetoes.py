"""Sheets with vetoes on the command line: what is asked for, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agencyqa.assessments.cli import group

VETOED = """\
key: vetoed
title: {zh: 否决, en: Vetoed}
source: {zh: 示例, en: Example}
purpose: bureau
valid_from: 2024-01-01
max_points: 20
least_assessed: 60
sections:
  - key: all
    label: {zh: 全部, en: All}
    max_points: 20
    criteria:
      - key: shown
        label: {zh: 绩效表述, en: Statement}
        max_points: 10
        provision: M3/quality_assessment
        rule:
          kind: veto
          flag: no_statement
          flag_label: {zh: 没有表述, en: No statement}
          exception: truly_none
          exception_label: {zh: 确无绩效, en: Truly none}
          rule: {kind: free, low: 0, high: 10}
      - key: service
        label: {zh: 服务, en: Service}
        max_points: 10
        provision: M3/quality_assessment
        rule: {kind: rating, points: 10}
vetoes:
  - key: forged
    label: {zh: 造假, en: Forged}
    provision: M2/violations
    caps_total: 5
    exception: misled
    exception_label: {zh: 被误导, en: Misled}
"""


def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: str) -> Result:
    monkeypatch.chdir(tmp_path)
    Path("scheme.yaml").write_text(VETOED, encoding="utf-8")
    Path("sheets.yaml").write_text(f"sheets:\n  - name: x\n    {answers}\n", encoding="utf-8")
    return CliRunner().invoke(group, ["score", "scheme.yaml", "sheets.yaml"])


def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: str) -> list[str]:
    return run(tmp_path, monkeypatch, answers).stdout.splitlines()


def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: str) -> list[str]:
    """Without the last line, which counts the sheets."""
    return run(tmp_path, monkeypatch, answers).stderr.splitlines()[:-1]


def test_an_exception_is_asked_for_only_where_its_veto_was_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows yet whether it will be needed, so that it is no fault of its own."""
    assert faults(tmp_path, monkeypatch, "answers: {service: {rating: 3}, forged: {raised: 1}}") == [
        "sheets.yaml:3: 错误 sheets.1.answers.forged.raised: 应为 true 或 false。 [not_a_flag]",
        "sheets.yaml:3: 错误 sheets.1.answers.shown.no_statement: 绩效表述：“没有表述”尚未填写。 [missing]",
        "sheets.yaml:3: 错误 sheets.1.answers.shown.value: 绩效表述：“得分”尚未填写。 [missing]",
        "共 3 处错误。",
    ]
    raised = "answers: {shown: {no_statement: true}, service: {rating: 3}, forged: {raised: true}}"
    assert [line.split(" ")[2] for line in faults(tmp_path, monkeypatch, raised)[:-1]] == [
        "sheets.1.answers.shown.truly_none:",
        "sheets.1.answers.shown.value:",
        "sheets.1.answers.forged.misled:",
    ]


def test_a_veto_has_no_points_that_a_scorer_could_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = "shown: {no_statement: false, value: 7}, service: {rating: 3}, forged: {raised: false}"
    assert faults(tmp_path, monkeypatch, f"answers: {{{answers}}}\n    entered: {{forged: 4}}") == [
        "sheets.yaml:4: 错误 sheets.1.entered.forged: 一票否决没有分可填；是否认定写在 answers 中。"
        " [veto_has_no_points]",
        "共 1 处错误。",
    ]


def test_no_addition_is_shown_where_there_is_no_total(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = "shown: {no_statement: false, value: 7}, service: {rating: 0}, forged: {raised: false}"
    lines = told(tmp_path, monkeypatch, f"answers: {{{answers}}}")
    assert [" ".join(line.split()) for line in lines[-4:]] == [
        "已评项目的满分为 10 分，占满分 20 分的 50.00%。",
        "不到 60%，不出总分。",
        "总分 — / 10",
        "",
    ]


def test_the_table_shows_what_a_veto_takes_off_under_its_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = VETOED.replace("provision: M2/violations", "provision: M2/violations\n    measure: M2")
    monkeypatch.setattr(f"{__name__}.VETOED", text)
    answers = (
        "shown: {no_statement: false, value: 7}, service: {rating: 6}, forged: {raised: true, misled: false}"
    )
    lines = told(tmp_path, monkeypatch, f"answers: {{{answers}}}")
    assert [" ".join(line.split()) for line in lines[-5:-2]] == [
        "总分 5 / 20",
        "17 − 12 = 5",
        "按办法小计：未归入办法 17 / 20 M2 -12 / 0",
    ]


def test_what_is_not_known_is_null_for_other_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scheme.yaml").write_text(VETOED, encoding="utf-8")
    answers = "shown: {no_statement: false, value: 7}, service: {rating: 0}, forged: {raised: false}"
    Path("sheets.yaml").write_text(f"sheets: [{{name: x, answers: {{{answers}}}}}]\n", encoding="utf-8")
    printed = CliRunner().invoke(group, ["score", "scheme.yaml", "sheets.yaml", "--format", "json"])
    assert printed.exit_code == 3
    sheet = json.loads(printed.stdout)["sheets"][0]
    assert (sheet["total"], sheet["percent"], sheet["assessed_points"]) == (None, None, "10")
    assert sheet["criteria"]["service"] == {
        "state": "left_out", "computed": None, "entered": None, "counted": None, "contribution": "0",
    }  # fmt: skip
