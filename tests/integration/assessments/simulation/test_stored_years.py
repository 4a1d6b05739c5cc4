"""``scoring simulate --bureau``: the stored sheets of a year on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.integration.assessments.simulation.drafts import DRAFT, answered
from tests.integration.assessments.years import Year, year

__all__ = ["answered", "year"]


def run(app: Flask, year: Year, *arguments: str | Path) -> Result:
    year.session.commit()
    words = ["scoring", "simulate", "--year", "2022", *map(str, arguments)]
    return app.test_cli_runner().invoke(args=words)


def test_a_draft_on_the_stored_sheets(app: Flask, answered: Year, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(DRAFT % {"total": 40, "communication": 20}, encoding="utf-8")
    result = run(app, answered, draft, "--bureau", "长宁区财政局", "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert (found["sheets"], found["engagements"], found["engagements_changed"], found["without_total"]) == (
        6, 3, 3, 0,
    )  # fmt: skip
    assert [list(row.values()) for row in found["agencies"]] == [
        ["申评咨询有限公司", "87.70", "88.75", 1, 1, "良", "良"],
        ["浦江会计师事务所", "74.87", "75.92", 2, 2, "中", "中"],
    ]
    assert "原方案的“3.2 结论清晰、建议明确”在新方案中没有，其得分不再计入。" in found["not_mapped"]


def test_other_weights_shares_and_limits(app: Flask, year: Year, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    result = run(
        app, year, "--bureau", "长宁区财政局", "--weights", "fee", "--grade", "excellent=87.5", "--out", out
    )
    assert result.output.splitlines() == [
        "6 份评分表，3 项业务中 0 项得分有变化。",
        "申评咨询有限公司  82.00 → 87.50  名次 1 → 1  良 → 优",
    ]
    assert out.read_text(encoding="utf-8-sig").splitlines()[1:] == [
        "申评咨询有限公司,82.00,87.50,1,1,良,优",
        "浦江会计师事务所,56.67,56.67,2,2,差,差",
    ]
    result = run(
        app, year, "--bureau", "长宁区财政局", "--share", "bureau=0", "--share", "evaluated_unit=100",
        "--language", "en",
    )  # fmt: skip
    assert "56.67 → 33.33" in result.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--bureau", "某局"], "There is no bureau 某局."),
        (["--bureau", "静安区财政局"], "has no"),
        (["--bureau", "长宁区财政局", "--share", "bureau=50"], "Shares must add up to 100."),
        (["--bureau", "长宁区财政局", "--grade", "best=50"], "There is no grade best."),
        (["--bureau", "长宁区财政局", "--grade", "poor=50"], "Limits must differ"),
        (["--bureau", "长宁区财政局", "--points", "plan=5"], "--points needs the DRAFT"),
    ],
)
def test_what_cannot_be_simulated_is_told(
    app: Flask, year: Year, arguments: list[str], expected: str
) -> None:
    result = run(app, year, *arguments)
    assert result.exit_code != 0
    assert expected in result.output
