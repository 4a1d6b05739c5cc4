"""The command line, without application, server or database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agencyqa.assessments.cli import group
from tests.factories.measures import scheme_text

ROOT = Path(__file__).resolve().parents[3]
SHEETS = ROOT / "docs/examples/jiading-sheets.yaml"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def test_the_jiading_figures() -> None:
    result = run("score", "jiading-2018", SHEETS)
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "一、事前：工作组 29 / 30" in lines
    assert "二、事中：沟通 19 / 20" in lines
    assert "三、事后：报告 46 / 50" in lines
    assert "总分 94 / 100" in lines
    assert "29 + 19 + 46 = 94" in lines


def test_the_trace_adds_up() -> None:
    result = run("score", "jiading-2018", SHEETS, "--trace")
    assert result.exit_code == 0, result.output
    lines = [line.strip() for line in result.output.splitlines()]
    for expected in (
        "· 选“专业能力强”（10～15 分），评 14 分",
        "· 人员保持稳定，得 15 分",
        "14 + 15 = 29",
        "· 选“沟通良好”（13～20 分），评 19 分",
        "23 + 23 = 46",
        "29 + 19 + 46 = 94",
        "逐步重算得 94 分，与总分一致。",
    ):
        assert expected in lines


def test_json_for_other_programs() -> None:
    result = run("score", "jiading-2018", SHEETS, "--format", "json", "--trace")
    sheet = json.loads(result.output)["sheets"][0]
    assert sheet["sections"] == {"before": "29", "during": "19", "after": "46"}
    # The percentage by which it is graded, and the whole fraction.
    assert (sheet["total"], sheet["percent"], sheet["percent_exact"]) == ("94", "94", {"num": 94, "den": 1})
    assert sheet["trace"]["total"] == 940_000


def test_a_scheme_and_sheets_by_path_and_as_json(tmp_path: Path) -> None:
    scheme, sheets = tmp_path / "own.yaml", tmp_path / "sheets.json"
    scheme.write_text(scheme_text(), encoding="utf-8")
    data = {"sheets": [{"name": "一", "answers": {"quality": {"value": 7.5}}, "entered": {"quality": "8"}}]}
    sheets.write_text(json.dumps(data), encoding="utf-8")
    result = run("score", scheme, sheets)
    assert result.exit_code == 0, result.output
    assert "评分人填写 8 分，按规则为 7.5 分，以填写的为准" in result.output
    assert "8 = 8" in result.output


@pytest.mark.parametrize("key", ["jiading-2018", "report-quality-40", "reference-2021"])
def test_shipped_schemes_check_clean_in_both_languages(key: str) -> None:
    assert "没有错误" in run("check", key).output
    english = run("check", key, "--language", "en")
    assert english.exit_code == 0, english.output


def test_every_fault_of_a_scheme_at_once(tmp_path: Path) -> None:
    scheme = tmp_path / "bad.yaml"
    text = scheme_text(points="10").replace("max_points: 10\nsections", "max_points: 120\nsections")
    scheme.write_text(text + "weights: [1]\n", encoding="utf-8")
    result = run("check", scheme)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{scheme}:6: 错误 max_points: 下列各项合计 10 分，与所列 120 分不一致。 [points_do_not_add_up]",
        f"{scheme}:18: 错误 weights: 没有这样的项，请检查拼写。 [unknown_field]",
        "共 2 处错误。",
    ]


BAD_SHEETS = """\
scheme: jiading-2018
extra: 1
sheets:
  - name: x
    answers:
      team_ability: {band: strong, value: 9}
      team_stability: {met: yes}
      communication: {band: nix, value: 19.5}
      report_data: {band: good, valeu: 23, value: 23}
      other: {}
    entered: {report_data: 26}
  - name: z
    answers: []
"""


def test_every_fault_of_the_sheets_at_once(tmp_path: Path) -> None:
    sheets = tmp_path / "bad.yaml"
    sheets.write_text(BAD_SHEETS, encoding="utf-8")
    result = run("score", "jiading-2018", sheets)
    assert result.exit_code == 1
    told = [
        (line.split(": ")[0].removeprefix(str(sheets)), line.split(" ")[2].rstrip(":"), line.split("[")[-1])
        for line in result.output.splitlines()[:-1]
    ]
    first = "sheets.1.answers."
    assert told == [
        (":2", "extra", "unknown_field]"),
        (":5", f"{first}report_conclusions.band", "missing]"),
        (":5", f"{first}report_conclusions.value", "missing]"),
        (":6", f"{first}team_ability.value", "outside_band]"),
        (":7", f"{first}team_stability.met", "not_a_flag]"),
        (":8", f"{first}communication.band", "unknown_choice]"),
        (":8", f"{first}communication.value", "off_step]"),
        (":9", f"{first}report_data.valeu", "unknown_input]"),
        (":10", f"{first}other", "unknown_criterion]"),
        (":11", "sheets.1.entered.report_data", "entered_out_of_range]"),
        (":13", "sheets.2.answers", "not_a_record]"),
    ]


def test_a_sheet_of_another_scheme_and_an_unknown_scheme() -> None:
    other = run("score", "report-quality-40", SHEETS)
    assert other.exit_code == 1
    assert "评分表写明的方案是“jiading-2018”，不是“report-quality-40”。 [other_scheme]" in other.output
    unknown = run("check", "../etc/passwd")
    assert unknown.exit_code == 1
    assert "[unknown_scheme]" in unknown.output


def test_no_database_is_loaded() -> None:
    code = (
        "import sys; from agencyqa.assessments.cli import group; "
        "print(sorted({'sqlalchemy', 'flask_sqlalchemy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_neither_secret_nor_database_is_asked_for(tmp_path: Path) -> None:
    """As ``./dev cli scoring`` runs it in a checkout where nothing was ever set up."""
    bare = {"PATH": "", "PYTHONPATH": str(ROOT), "AGENCYQA_DATA": str(tmp_path)}
    command = [sys.executable, "-P", "-m", "agencyqa.assessments.cli", "score", "jiading-2018", str(SHEETS)]
    done = subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True, check=True)
    assert "29 + 19 + 46 = 94" in done.stdout
    assert list(tmp_path.iterdir()) == []
