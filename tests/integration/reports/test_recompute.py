"""The recomputing sheets: worked out by an independent evaluator, and by LibreOffice where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from agencyqa.assessments.enums import WeightMode
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.services.scoring import submit_sheet
from agencyqa.measures.enums import Purpose
from agencyqa.reports.workbook import write_workbook
from agencyqa.scoring import SCALE
from tests.factories.accounts import NOW
from tests.factories.assessments import best_answers, program_of_sheet
from tests.integration.reports.book import Book, scored
from tests.integration.reports.formulas import Evaluator
from tests.integration.reports.full_year import build_full_year
from tests.integration.reports.world import District, World, world
from tests.unit.reports.workbook.recompute.written import Read

__all__ = ["scored", "world"]

SHEET, RANKING = "复算", "复算排名"


def content(own: District, mode: WeightMode = WeightMode.FEE) -> bytes:
    target = BytesIO()
    found = own.round(mode)
    write_workbook(own.session, own.actor(own.supervisor), found.id, target, now=NOW)
    return target.getvalue()


def own_figure(own: District) -> None:
    """A sheet on which the scorer departs from the rule."""
    sheets = own.sheets(own.engage("另行给分的项目", contract_number="HT-005"))
    sheet = sheets[Purpose.EVALUATED_UNIT]
    program = program_of_sheet(own.session, sheet)
    entry = Entry(best_answers(program), {"communication": 18 * SCALE + 5000}, {"communication": "响应较慢"})
    submit_sheet(
        own.actor(own.officer), own.session, sheet, program, entry, seen_version=sheet.version, now=NOW
    )
    own.accept(sheet)
    own.submit(sheets[Purpose.BUREAU])
    own.accept(sheets[Purpose.BUREAU])


def heads(sheet: Any) -> tuple[int, dict[str, int]]:
    top = int(str(sheet.freeze_panes)[1:]) - 1
    return top, {str(cell.value): cell.column for cell in sheet[top] if cell.value}


def test_the_formulas_give_the_stored_figures(scored: District) -> None:
    own_figure(scored)
    raw = content(scored)
    formulas, cached = (
        openpyxl.load_workbook(BytesIO(raw)),
        openpyxl.load_workbook(BytesIO(raw), data_only=True),
    )
    evaluator = Evaluator(formulas)
    assert len(evaluator.formulas) > 200
    for sheet, row, column in evaluator.formulas:
        worked_out = evaluator.value(sheet, row, column)
        shown = cached[sheet].cell(row, column).value
        # What a reader sees without recalculating is what comes out.
        assert worked_out == (pytest.approx(shown, abs=1e-9) if isinstance(shown, int | float) else shown)
    top, columns = heads(formulas[SHEET])
    differences = [
        evaluator.value(SHEET, row, columns["差额（应为 0）"])
        for row in range(top + 1, formulas[SHEET].max_row + 1)
    ]
    assert {each for each in differences if each is not None} == {0}
    last = formulas[RANKING].max_row
    assert evaluator.value(RANKING, last, 6) == 0


def test_every_level_is_recomputed(scored: District) -> None:
    own_figure(scored)
    book = openpyxl.load_workbook(BytesIO(content(scored)))
    top, columns = heads(book[SHEET])
    rows = [
        {name: book[SHEET].cell(row, column).value for name, column in columns.items()}
        for row in range(top + 1, book[SHEET].max_row + 1)
    ]
    levels = {row["层次"] for row in rows}
    assert levels == {"考核项", "部分", "评分表", "得分率", "等级", "委托业务", "年度", "年度（四舍五入）"}
    # Without exception a formula stands in the column, and nothing was given up.
    recomputed = [row["复算"] for row in rows if row["系统存储"] is not None]
    assert all(str(each).startswith("=") for each in recomputed)
    assert {row["备注"] for row in rows} <= {None, "暂定"}
    (given,) = [row for row in rows if row["评分人给分"] is not None]
    assert (given["项目"], given["评分人给分"], given["系统存储"]) == ("2.1 沟通情况", 185_000, 185_000)
    assert str(given["按规则计算"]).startswith("=")
    ranking = book[RANKING]
    top, _ = heads(ranking)
    stored = [(ranking.cell(row, 4).value, ranking.cell(row, 5).value) for row in range(top + 1, top + 4)]
    assert stored[1:] == [(98.2, 2), (None, None)] or stored[0][1] == 1


def test_a_changed_input_moves_the_year(scored: District) -> None:
    """Live: a mark typed over in the workbook reaches the total, the year and the rank."""
    book = openpyxl.load_workbook(BytesIO(content(scored)))
    top, columns = heads(book[SHEET])
    sheet = book[SHEET]
    first_input = columns["备注"] + 1
    target = next(
        row
        for row in range(top + 1, sheet.max_row + 1)
        if sheet.cell(row, columns["项目"]).value == "2.1 沟通情况"
    )
    assert sheet.cell(target, first_input + 1).value == 200_000
    sheet.cell(target, first_input + 1).value = 100_000
    evaluator = Evaluator(book)
    assert evaluator.value(SHEET, target, columns["差额（应为 0）"]) == 100_000
    top, _ = heads(book[RANKING])
    # Ten points of the evaluated unit's sheet at 30 % of an engagement with a quarter of the fees.
    assert evaluator.value(RANKING, top + 1, 2) == pytest.approx(99.1 - 10 * 0.3 * 0.25)


def test_a_year_with_every_rule_is_recomputed_without_a_gap(world: World, tmp_path: Path) -> None:
    """Weights, bonuses, vetoes, what is left out, a panel, a missing role, form, credits, ranks; by LibreOffice too."""
    own = world.own
    found = build_full_year(own)
    target = BytesIO()
    write_workbook(own.session, own.actor(own.supervisor), found.id, target, now=NOW)
    read = Read(target.getvalue())
    assert read.departures() == []
    assert read.notes() == set()
    book = read.book
    top, columns = heads(book[SHEET])
    rows = [
        {name: book[SHEET].cell(row, column).value for name, column in columns.items()}
        for row in range(top + 1, book[SHEET].max_row + 1)
    ]
    assert all(str(row["复算"]).startswith("=") for row in rows if row["系统存储"] is not None)
    assert {row["层次"] for row in rows} == {
        "考核项", "部分", "已评满分", "一票否决", "评分表", "得分率", "等级", "专家组", "委托业务",
        "年度组成", "积分", "积分合计", "年度", "业务项数", "年度（四舍五入）",
    }  # fmt: skip
    # What was set up to happen did: a veto of the year, a figure without rank, ranks among agencies of a kind.
    stored = {row["层次"]: [each["系统存储"] for each in rows if each["层次"] == row["层次"]] for row in rows}
    assert {"不计入"} < set(stored["考核项"])
    assert {"良好", "合格", "不合格", "差", "业务数不足"} <= set(stored["等级"])
    assert [row["项目"] for row in rows if row["层次"] == "专家组"] == ["专家评分"]
    ranking = book[RANKING]
    results = own.results(found)
    assert [(each.rank, each.group_rank) for each in results] == [(1, 1), (2, 1), (None, None)]
    top, _ = heads(ranking)
    shown = [
        tuple(read.evaluator.value(RANKING, top + place, column) for column in (3, 9)) for place in (1, 2, 3)
    ]
    assert shown == [(1, 1), (2, 1), (None, None)]
    told = Book(target.getvalue())
    # The form about each agency's year, item by item, and every part of the year with its arithmetic.
    forms = [row for row in told.rows("逐项得分") if row["合同编号"] is None]
    assert {row["评分角色"] for row in forms} == {"机构年度评分"}
    assert [row["第三方机构"] for row in forms if row["计入得分"] == 13] == [
        each.agency_name for each in results
    ]
    second = results[1].agency_name
    years = [row for row in told.rows("计分过程") if (row["层次"], row["第三方机构"]) == ("年度", second)]
    assert [row["考核项"] for row in years][:4] == ["各项委托业务", "各项委托业务", "机构年度评分", "积分"]
    sums = [row["算式（数值）"] for row in told.rows("计分过程") if row["考核项"] == "年度得分"]
    assert [equation_holds(each) for each in sums] == [True] * 3, sums
    agreed(target.getvalue(), tmp_path, at_least=150)


def equation_holds(text: str) -> bool:
    """Whether a line such as "75.2 + 13 − 8.2 = 80" is true; brackets stand around what is below zero, ≈ before what
    was rounded to six decimals."""
    text = re.sub("([+−] |（|^)≈ ", r"\1", text)
    *terms, right = re.split(" (?=[+−=≈] ?)", text)
    figures = [Fraction(re.sub("[（）+=≈ ]", "", each).replace("−", "-")) for each in (*terms, right)]
    return abs(sum(figures[:-1]) - figures[-1]) < Fraction(1, 10**5)


def agreed(raw: bytes, folder: Path, *, at_least: int) -> None:
    """Work the workbook out with LibreOffice, where it is installed; every difference must be 0."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed; the evaluator above stands in for it.")
    source = folder / "in" / "book.xlsx"
    source.parent.mkdir()
    source.write_bytes(without_values(raw))
    subprocess.run(
        [
            *(office, f"-env:UserInstallation=file://{folder}/profile", "--headless"),
            *("--convert-to", "xlsx", "--outdir", str(folder), str(source)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    book = openpyxl.load_workbook(folder / "book.xlsx", data_only=True)
    sheet = book[SHEET]
    top, columns = heads(openpyxl.load_workbook(source)[SHEET])
    rows = [
        row for row in range(top + 1, sheet.max_row + 1) if sheet.cell(row, columns["复算"]).value is not None
    ]
    compared = [row for row in rows if sheet.cell(row, columns["差额（应为 0）"]).value is not None]
    stored = [sheet.cell(row, columns["系统存储"]).value for row in compared]
    worked_out = [sheet.cell(row, columns["复算"]).value for row in compared]
    assert len(stored) > at_least
    assert worked_out == [
        pytest.approx(each, abs=1e-9) if isinstance(each, int | float) else each for each in stored
    ]
    assert {sheet.cell(row, columns["差额（应为 0）"]).value for row in compared} == {0}
    assert book[RANKING].cell(book[RANKING].max_row, 6).value == 0


def without_values(raw: bytes) -> bytes:
    """The same workbook without the remembered results of its formulas, so that nobody can copy them."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text = part.decode()
                text = re.sub(r' t="str"(?=><f>)', "", text)
                part = re.sub(r"(<f>[^<]*</f>)<v>[^<]*</v>", r"\1", text).encode()
            copy.writestr(name, part)
    return target.getvalue()
