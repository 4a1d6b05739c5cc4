"""The rules' formulas in a spreadsheet's own binary numbers, against the engine's integers."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agencyqa.reports.workbook.recompute.columns import FIRST_INPUT, At
from agencyqa.reports.workbook.recompute.exactness import (
    EXACT_BELOW,
    WHOLE_BELOW,
    half_up,
    is_exact,
    rounds_alike,
)
from agencyqa.reports.workbook.recompute.formulas import SheetFormulas
from agencyqa.reports.workbook.recompute.grades import grade_formula, reached_by_figure
from agencyqa.reports.workbook.recompute.plans import plan_of
from agencyqa.scoring import (
    Criterion,
    GradeBand,
    Program,
    Rule,
    Scheme,
    Section,
    compile_scheme,
)
from agencyqa.scoring.rules import AllOrNothing, Composite, Part, Rating, Ratio, Veto
from tests.integration.reports.formulas import Evaluator
from tests.unit.reports.workbook.recompute.written import Read, counted_sheet, written
from tests.unit.scoring import strategies
from tests.unit.scoring.forms import one_rule


def put_mark(program: Program, packed: tuple[int | None, ...], sheet: Any, row: int) -> bool:
    """The mark's formula in column A over its inputs; False where the row would hold none."""
    scheme = plan_of(program)
    (plan,) = scheme.criteria()
    for column, value in enumerate(plan.inputs.values(packed), start=FIRST_INPUT + 1):
        sheet.cell(row, column).value = value
    sheet.cell(row, 1).value = "=" + plan.formula(row)
    return scheme.fits and plan.is_exact(packed)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_rule_gives_its_mark_in_binary_numbers(data: st.DataObject) -> None:
    rule: Rule = data.draw(strategies.RULES)
    program = compile_scheme(one_rule(rule))
    answers = data.draw(strategies.sheets(one_rule(rule), clean=True))
    result = program.score(answers)
    # No scheme file allows points beyond what binary numbers hold; the engine's own tests do.
    if result.state != "ok" or rule.bounds().high >= EXACT_BELOW:
        return
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if put_mark(program, program.pack(answers), sheet, 1):
        assert Evaluator(book).value(sheet.title, 1, 1) == result.total


@st.composite
def moderate_schemes(draw: st.DrawFn) -> Scheme:
    """Without the figures beyond 64 bits, which no scheme file allows and no workbook holds."""
    return draw(strategies.schemes().filter(lambda scheme: plan_of(compile_scheme(scheme)).fits))


@st.composite
def own_figures(draw: st.DrawFn, scheme: Scheme) -> dict[str, int]:
    """Of few criteria, because whoever gives a figure to one that is left out has no result."""
    return {
        criterion.key: draw(st.integers(0, criterion.max_points))
        for _, criterion in scheme.criteria()
        if draw(st.integers(0, 7)) == 0
    }


# Whoever sees one fail needs the sheet, not minutes of making it smaller.
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(st.data())
def test_sheets_of_random_schemes_give_what_the_engine_gives(data: st.DataObject) -> None:
    """Points and weights, bonuses with conditions and a cap, vetoes, whatever is left out, grades."""
    scheme = data.draw(moderate_schemes())
    program = compile_scheme(scheme)
    answers, entered = data.draw(strategies.sheets(scheme, clean=True)), data.draw(own_figures(scheme))
    counted = counted_sheet(program, answers, entered)
    if counted.sheet.total is None:
        return
    read = Read(written(counted))
    assert read.departures() == []
    assert read.notes() <= {"不复算：数值超出表格双精度数能精确表示的范围"}


RATIO = Ratio(points=150_000, places=1)
# Halves to the last digit, figures just beside one, large figures, and ordinary ones.
PAIRS = [
    (actual, planned)
    for planned in (3, 7, 16, 999_983, 10_000_019, 300_000)
    for actual in range(1, planned, max(1, planned // 9))
]
PAIRS += [(2 * number + 1, 3_000) for number in range(60)] + [
    (10**9 + 7, 10**10 + 19),
    (123_456_789, 987_654_321),
    (123_456_789_012, 987_654_321_098),
    (999_999_999_999, 7),
]


def just_below(under: int) -> list[tuple[int, int]]:
    """The largest figures over a divisor that a scheme may have, the last of which just miss a half."""
    high = (WHOLE_BELOW - under) // (2 * under) - 1
    odd = (under - 1) // 2
    return [(high * under + part, under) for part in (odd - 1, odd, odd + 1, under - 1, 0)]


HALVES = [pair for under in (3, 10, 97, 1_001, 999_983, 10**7 + 19) for pair in just_below(under)]


def test_libreoffice_rounds_quotients_as_the_engine_does(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed.")
    program = compile_scheme(one_rule(RATIO))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    expected: list[int | None] = []
    for row, (actual, planned) in enumerate(PAIRS, start=1):
        answers = {"item": {"actual": actual, "planned": planned}}
        total = program.score(answers).total
        expected.append(total if put_mark(program, program.pack(answers), sheet, row) else None)
    assert len([each for each in expected if each is not None]) > 100
    for row, (over, under) in enumerate(HALVES, start=len(expected) + 1):
        sheet.append(["=" + half_up(f"D{row}", f"E{row}"), None, None, over, under])
        expected.append((2 * over + under) // (2 * under))
    book.save(tmp_path / "quotients.xlsx")
    command = [
        office,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "csv",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / "quotients.xlsx")],
        check=True,
        capture_output=True,
        timeout=180,
    )
    marks = [line.split(",")[0] for line in (tmp_path / "quotients.csv").read_text().splitlines()]
    assert [
        (int(float(mark)), number)
        for number, (mark, wanted) in enumerate(zip(marks, expected, strict=True))
        if wanted is not None
    ] == [(wanted, number) for number, wanted in enumerate(expected) if wanted is not None]


def test_halves_of_products_that_binary_numbers_cannot_hold_are_left_out() -> None:
    ratio = Ratio(points=1_000_000)
    # 10,000.5 ten-thousandths, of figures below and above what is held; beside the half the size does not matter.
    below, above = {"actual": 10_000_500, "planned": 10**9}, {"actual": 10_000_500_000, "planned": 10**12}
    assert is_exact(ratio, below)
    assert not is_exact(ratio, above)
    assert is_exact(ratio, {**above, "actual": 10_000_500_100})
    assert is_exact(ratio, {"actual": 10**12, "planned": 7})
    # Wherever the quotient stands, and whichever way it goes.
    lower = Ratio(points=1_000_000, direction="lower")
    assert not is_exact(lower, {"actual": above["planned"], "planned": above["actual"]})
    inside = Composite((Part("a", Veto(ratio)),))
    assert not is_exact(inside, {"a.veto": 0, **{f"a.{name}": value for name, value in above.items()}})
    assert is_exact(inside, {"a.veto": 1, "a.actual": None, "a.planned": None})
    assert is_exact(Rating(points=50_000), {"rating": 5})


def test_a_scheme_of_figures_that_binary_numbers_cannot_hold_says_why_it_has_no_formulas() -> None:
    for points, fits in ((10**9, True), (10**9 + 1, False)):
        program = compile_scheme(one_rule(AllOrNothing(points=points)))
        assert plan_of(program).fits is fits
        read = Read(written(counted_sheet(program, {"item": {"met": True}}, {})))
        assert (read.notes() == set()) is fits
        (total,) = read.rows("评分表")
        assert read.worked_out(total, At.COUNTED) == points
    assert read.notes() == {"不复算：数值超出表格双精度数能精确表示的范围"}
    assert read.rows("考核项") == []


def test_what_weighs_nothing_is_recomputed_and_added_nowhere() -> None:
    weighs = Criterion("item", 100_000, AllOrNothing(points=100_000))
    shown = Criterion("shown", 50_000, AllOrNothing(points=50_000), weight=0)
    for criteria, formula in (
        ((weighs, weighs), "SUM(J5:J6)"),
        ((shown, weighs, shown, weighs), "SUM(J6,J8)"),
        ((shown,), "0"),
    ):
        named = tuple(replace(each, key=f"c{number}") for number, each in enumerate(criteria))
        points = sum(each.max_points for each in named if each.weight != 0)
        scheme = Scheme(
            "shown",
            "1",
            100_000 + points,
            (Section("all", points, named), Section("rest", 100_000, (replace(weighs, key="rest"),))),
        )
        plan = plan_of(compile_scheme(scheme))
        assert plan.is_simple
        assert SheetFormulas(plan, 5).section(plan.sections[0]) == formula


def test_a_half_is_lifted_and_what_lies_just_below_it_is_left_out() -> None:
    assert rounds_alike(Fraction(871_25, 1000), 2)
    assert rounds_alike(Fraction(871_24, 1000), 2)
    assert not rounds_alike(Fraction(8_712_499_999_999, 10**11), 2)
    assert rounds_alike(Fraction(8_712_500_000_001, 10**11), 2)
    assert rounds_alike(Fraction(1, 3), 2)


def test_grades_from_the_lowest_up() -> None:
    bands = [GradeBand("good", 800_000), GradeBand("poor", 0), GradeBand("best", 895_000)]
    reached = reached_by_figure(bands, "J7")
    assert reached == ["J7>=80", "J7>=89.5"]
    names = ['差 "', "良", "优"]
    assert grade_formula(reached, names) == 'CHOOSE(1+(J7>=80)+(J7>=89.5),"差 ""","良","优")'
    capped = grade_formula(reached[:1], names[:2], [("Q5", 1)])
    assert capped == 'CHOOSE(MIN(1+(J7>=80),IF(Q5=1,1,2)),"差 ""","良")'
