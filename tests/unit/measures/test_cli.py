"""``scoring diff`` at the command line, without application, server or database."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agencyqa.assessments.cli import group
from tests.factories.measures import scheme_text


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["diff", *(str(argument) for argument in arguments)])


def test_the_same_scheme_twice() -> None:
    result = run("jiading-2018", "jiading-2018")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "两份方案没有差异。")


def test_files_are_compared_in_words(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(scheme_text(), encoding="utf-8")
    new.write_text(scheme_text(points="20", work_kind="research"), encoding="utf-8")
    result = run(old, new)
    assert result.exit_code == 1
    assert result.output.splitlines()[2:] == [
        "修改  满分  [max_points]",
        "  - 10 分",
        "  + 20 分",
        "修改  适用业务  [work_kind]",
        "  - —",
        "  + 预算绩效管理课题研究",
        "修改  全部：本部分分值  [sections.all.max_points]",
        "  - 10 分",
        "  + 20 分",
        "修改  全部 › 质量：分值  [sections.all.criteria.quality.max_points]",
        "  - 10 分",
        "  + 20 分",
        "修改  全部 › 质量：计分标准 · 上限  [sections.all.criteria.quality.rule.high]",
        "  - 10 分",
        "  + 20 分",
        "共 5 处差异。",
    ]
    english = run(old, new, "--language", "en")
    assert english.output.splitlines()[-1] == "5 differences."


@pytest.mark.parametrize("text", ["key: [", "", "key: x\n", scheme_text().replace("free", "unknown")])
def test_what_has_errors_is_not_compared(tmp_path: Path, text: str) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(text, encoding="utf-8")
    for result in (
        run("jiading-2018", bad),
        run(bad, "jiading-2018"),
        run("jiading-2018", tmp_path / "none"),
    ):
        assert result.exit_code == 2
        assert "处差异" not in result.output
