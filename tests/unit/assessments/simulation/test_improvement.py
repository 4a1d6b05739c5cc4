"""What would change a grade: applied it does, and one step less does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agencyqa.assessments.simulation.improvement import (
    ItemChange,
    changes_of,
    grade_beyond,
    total_beyond,
    veto_changes,
)
from agencyqa.assessments.simulation.reach import Move, value_of
from agencyqa.scoring import (
    SCALE,
    AllOrNothing,
    Band,
    BandedRange,
    Condition,
    Criterion,
    Deductions,
    Fault,
    GradeBand,
    Program,
    Rating,
    Rounding,
    Scheme,
    SchemeVeto,
    Section,
    SheetResult,
    compile_scheme,
)
from tests.unit.examples import examples
from tests.unit.scoring.strategies import schemes, sheets


def worth(program: Program, result: SheetResult) -> int:
    order = sorted(program.scheme.grades, key=lambda band: band.low)
    return [band.key for band in order].index(result.grade or "")


@examples(40)
@given(st.data())
def test_applied_it_changes_the_grade_and_a_ten_thousandth_less_does_not(data: st.DataObject) -> None:
    lows = data.draw(st.lists(st.integers(1, 1_000_000), min_size=1, max_size=4, unique=True))
    grades = tuple(GradeBand(f"g{number}", low) for number, low in enumerate([0, *lows]))
    keys = [band.key for band in grades]
    scheme = data.draw(schemes())
    scheme = replace(
        scheme,
        grades=data.draw(st.permutations(grades).map(tuple)),
        vetoes=tuple(replace(veto, caps_grade=data.draw(st.sampled_from(keys))) for veto in scheme.vetoes),
    )
    program = compile_scheme(scheme)
    answers = data.draw(sheets(scheme, clean=True))
    # Nobody gives a figure of his own to what he says cannot be assessed.
    entered = {
        each.key: data.draw(st.integers(0, each.max_points))
        for each in program.score(answers).criteria
        if each.state != "left_out" and data.draw(st.integers(0, 3)) == 0
    }
    result = program.score(answers, entered)
    assume(result.is_complete)
    before = worth(program, result)
    for up in (True, False):
        sign = 1 if up else -1
        found = changes_of(program, answers, entered, grade_beyond(scheme, result.grade or "", up=up), up=up)
        assert len({item.key for item in found}) == len(found)
        assert [item.size is None for item in found] == sorted(item.size is None for item in found)
        for item in found:

            def moved(figure: int, item: ItemChange = item) -> int:
                return worth(program, program.score(answers, {**entered, item.key: figure}))

            if item.needed is None:
                assert (moved(item.best) - before) * sign <= 0
                continue
            assert (moved(item.needed) - before) * sign > 0
            assert (moved(item.needed - sign) - before) * sign <= 0
            if item.move is not None:
                assert not item.is_entered
                changed = {**answers, item.key: {**answers[item.key], **item.move.changes}}
                after = program.score(changed, entered)
                assert after == item.result
                assert after.criterion(item.key).counted == item.move.value
                assert (item.move.value - item.needed) * sign >= 0
                assert (worth(program, after) - before) * sign > 0


BANDS = (GradeBand("good", 800_000), GradeBand("fair", 600_000), GradeBand("poor", 0))
SCHEME = Scheme(
    "form",
    "1",
    20 * SCALE,
    (
        Section(
            "all",
            20 * SCALE,
            (
                Criterion(
                    "plan",
                    10 * SCALE,
                    BandedRange((Band("strong", 6 * SCALE, 10 * SCALE), Band("weak", 0, 6 * SCALE)), SCALE),
                ),
                Criterion(
                    "files", 8 * SCALE, Deductions(8 * SCALE, (Fault("lost", 15_000), Fault("late", 5_000)))
                ),
                Criterion("team", 2 * SCALE, AllOrNothing(2 * SCALE)),
            ),
        ),
    ),
    BANDS,
    Rounding(0),
)
# 5 + (8 - 3 - 0.5) + 2 = 11.5 of 20 is 57.5 %, rounded 58: poor. 59.5 % is enough for fair: 11.9 points.
SHEET: dict[str, dict[str, Any]] = {
    "plan": {"band": "weak", "value": 5 * SCALE},
    "files": {"lost": 2, "late": 1},
    "team": {"met": True},
}


def found(up: bool, entered: dict[str, int] | None = None) -> list[tuple[Any, ...]]:
    program = compile_scheme(SCHEME)
    result = program.score(SHEET, entered)
    assert result.grade is not None
    items = changes_of(program, SHEET, entered or {}, grade_beyond(SCHEME, result.grade, up=up), up=up)
    return [(item.key, item.counted, item.needed, item.move) for item in items]


def test_the_smallest_single_improvements_by_hand() -> None:
    assert found(True) == [
        # 0.4 would do; half a point less is the least that the form knows.
        ("files", 45_000, 49_000, Move(50_000, {"late": 0})),
        ("plan", 5 * SCALE, 54_000, Move(6 * SCALE, {"value": 6 * SCALE})),
    ]


def test_nothing_is_worse_than_the_worst_grade() -> None:
    assert [row[2:] for row in found(False)] == [(None, None)] * 3


def test_the_smallest_losses_by_hand() -> None:
    """With the team's 2 and a plan of 6 it is 12.5, 62.5 %: below 59.5 % is 11.8999."""
    program = compile_scheme(SCHEME)
    sheet = {**SHEET, "plan": {"band": "weak", "value": 6 * SCALE}}
    items = changes_of(program, sheet, {}, grade_beyond(SCHEME, "fair", up=False), up=False)
    assert [(item.key, item.needed, item.move) for item in items] == [
        # Equally small, so in the order of the form.
        ("plan", 53_999, Move(5 * SCALE, {"value": 5 * SCALE})),
        ("files", 38_999, Move(35_000, {"late": 3})),
        ("team", 13_999, Move(0, {"met": False})),
    ]


def test_a_scorers_own_figure_is_what_moves() -> None:
    """It counts whatever the inputs say, so the inputs would change nothing."""
    rows = found(True, {"files": 44_000})
    assert rows[0] == ("files", 44_000, 49_000, None)
    items = changes_of(
        compile_scheme(SCHEME), SHEET, {"files": 44_000}, grade_beyond(SCHEME, "poor", up=True), up=True
    )
    assert (items[0].is_possible, items[0].size, items[0].result and items[0].result.grade) == (
        True,
        5_000,
        "fair",
    )


def test_half_open_bands_and_their_rounding() -> None:
    """Without rounding the edge itself already belongs to the better grade: 12 of 20."""
    program = compile_scheme(replace(SCHEME, rounding=None))
    items = changes_of(program, SHEET, {}, grade_beyond(program.scheme, "poor", up=True), up=True)
    assert [(item.key, item.needed) for item in items] == [("files", 50_000), ("plan", 55_000)]


@pytest.mark.parametrize(
    ("edge", "expected"), [(12 * SCALE, 50_000), (14 * SCALE, 70_000), (16 * SCALE, None)]
)
def test_a_total_can_be_the_goal(edge: int, expected: int | None) -> None:
    items = changes_of(compile_scheme(SCHEME), SHEET, {}, total_beyond(edge, up=True), up=True)
    assert {item.key: item.needed for item in items}["files"] == expected


def test_what_a_rule_gives_for_its_inputs() -> None:
    rule = Deductions(8, (Fault("lost", 3),))
    assert [value_of(rule, inputs) for inputs in ({"lost": 2}, {"lost": 9}, {}, {"lost": -1})] == [
        2,
        0,
        None,
        None,
    ]


VETOED = replace(SCHEME, vetoes=(SchemeVeto("false_report", None, caps_grade="poor", exception="exempt"),))


def test_a_veto_that_is_lifted_or_raised() -> None:
    program = compile_scheme(VETOED)
    good: dict[str, dict[str, Any]] = {**SHEET, "plan": {"band": "strong", "value": 10 * SCALE}}
    raised = {**good, "false_report": {"raised": True, "exempt": False}}
    assert program.score(raised).grade == "poor"
    lifted = veto_changes(program, raised, {}, grade_beyond(VETOED, "poor", up=True), up=True)
    assert [(each.key, each.result.grade, each.is_beyond) for each in lifted] == [
        ("false_report", "good", True)
    ]
    # While it stands, no criterion alone helps.
    items = changes_of(program, raised, {}, grade_beyond(VETOED, "poor", up=True), up=True)
    assert [item.needed for item in items] == [None]
    fine = {**good, "false_report": {"raised": False}}
    fallen = veto_changes(program, fine, {}, grade_beyond(VETOED, "good", up=False), up=False)
    assert [(each.key, each.result.grade, each.is_beyond) for each in fallen] == [
        ("false_report", "poor", True)
    ]
    assert veto_changes(program, fine, {}, grade_beyond(VETOED, "good", up=True), up=True) == []


def test_a_bonus_opens_with_its_condition() -> None:
    """With full files the bonus of 2 is granted too, so that half a point of the plan less is needed."""
    bonus = Criterion(
        "extra", 2 * SCALE, AllOrNothing(2 * SCALE), bonus=True, only_if=(Condition("files", "full"),)
    )
    section = replace(SCHEME.sections[0], criteria=(*SCHEME.sections[0].criteria, bonus))
    scheme = replace(SCHEME, sections=(section,), rounding=None)
    program = compile_scheme(scheme)
    sheet = {**SHEET, "files": {"lost": 0, "late": 1}, "extra": {"met": True}}
    # 5 + 7.5 + 2 = 14.5, fair; good is 16: only full files with the bonus, 17, or a plan of 6.5, which is 7.
    items = changes_of(program, sheet, {}, grade_beyond(scheme, "fair", up=True), up=True)
    assert [(item.key, item.needed, item.move and item.move.value) for item in items] == [
        ("files", 80_000, 80_000),
        ("plan", 65_000, 70_000),
    ]


def test_what_could_not_be_assessed_is_no_way_up() -> None:
    rated = Criterion("rated", 2 * SCALE, Rating(2 * SCALE))
    section = replace(SCHEME.sections[0], criteria=(*SCHEME.sections[0].criteria[:2], rated))
    program = compile_scheme(replace(SCHEME, sections=(section,)))
    sheet = {**SHEET, "rated": {"rating": 0}}
    del sheet["team"]
    items = changes_of(program, sheet, {}, grade_beyond(program.scheme, "poor", up=True), up=True)
    assert "rated" not in {item.key for item in items}
