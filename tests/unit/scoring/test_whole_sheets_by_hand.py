"""Whole sheets, one and many: figures that anyone can check, and what is proven of them before any is scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from agencyqa.scoring import (
    Checklist,
    Condition,
    Criterion,
    Deductions,
    Fault,
    FreeValue,
    GradeBand,
    Item,
    Rating,
    Ratio,
    Rounding,
    Scheme,
    SchemeVeto,
    Section,
    Veto,
    check_scheme,
    compile_scheme,
)
from agencyqa.scoring.adding import contributed_maxima, least_assessed
from agencyqa.scoring.arrays import INT64_HIGH
from agencyqa.scoring.assembly import assemble, total
from agencyqa.scoring.inputs import points_input
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Tape
from agencyqa.scoring.vetoes import veto_excel
from tests.unit.scoring.forms import GRADES, POINT, one_rule
from tests.unit.scoring.sheet_forms import answers, checked, item, rated, scheme


def limits(number: Num) -> tuple[int, int]:
    return number.low, number.high


def many(form: Scheme, *sheets: Mapping[str, Any], entered: Any = None) -> Any:
    program = compile_scheme(form)
    return program.score_arrays(program.encode(list(sheets), entered))


@pytest.mark.parametrize(
    ("rule", "proven"),
    [(FreeValue(2, 8), (0, 20)), (FreeValue(-3, 8), (-3, 20)), (FreeValue(2, 30), (0, 30))],
)
def test_what_counts_of_a_criterion_lies_between_the_rule_and_the_scorer(
    rule: FreeValue, proven: Any
) -> None:
    """The scorer's own figure may be anything from 0 to the points of the criterion."""
    held = Scheme("form", "1", 20, (Section("all", 20, (Criterion("item", 20, rule),)),))
    assert limits(assemble(held).criteria[0].counted) == proven


def test_flags_are_proven_to_be_nothing_but_0_and_1() -> None:
    code = assemble(scheme((rated("a"), item("b")), vetoes=(SchemeVeto("v", "M1", 5 * POINT),)))
    left_out = code.criteria[0].left_out
    assert left_out is not None
    assert [limits(left_out), limits(code.vetoes[0].applies)] == [(0, 1), (0, 1)]
    assert code.criteria[1].left_out is None


def test_a_sum_of_nothing_is_zero() -> None:
    assert limits(total(Tape(), [])) == (0, 0)


def test_one_item_that_can_be_left_out_moves_the_maximum_of_a_sheet_by_weights() -> None:
    """Of two items of equal weight one is left out: 4 of 10 points are 40 per cent of what was assessed."""
    form = scheme((item("a", weight=1), rated("b", weight=1)), adding="weights")
    result = checked(form, answers(a=4, r_b=0))
    assert (result.percent, result.assessed_max) == (40, 50 * POINT)
    assert many(form, answers(a=4, r_b=0), answers(a=4, r_b=5)).assessed_max.tolist() == [
        50 * POINT,
        100 * POINT,
    ]


def test_many_sheets_of_a_scheme_without_grades_have_none() -> None:
    assert many(replace(one_rule(FreeValue(0, 9)), grades=()), {"item": {"value": 9}}).grade.tolist() == [-1]


def test_computed_figures_stay_what_they_are_beside_those_of_the_scorer() -> None:
    rule = Deductions(10, (Fault("error", 1),))
    criteria = tuple(Criterion(key, 10, rule) for key in "abc")
    form = Scheme("form", "1", 30, (Section("all", 30, criteria),), GRADES)
    counts = {"a": 1, "b": 2, "c": 3}
    found = many(
        form, {key: {"error": count} for key, count in counts.items()}, entered=[{"a": 5, "b": 6, "c": 7}]
    )
    assert {key: found.computed[key].tolist() for key in counts} == {"a": [9], "b": [8], "c": [7]}
    assert {key: found.counted[key].tolist() for key in counts} == {"a": [5], "b": [6], "c": [7]}
    assert found.total.tolist() == [18]


@pytest.mark.parametrize(
    ("rounding", "rows"),
    [
        # Of 20 points 16 are 80 per cent; of 10, where the rating is left out, 8 are.
        (None, [((5, 60_000), 1), ((5, 59_999), 2), ((0, 80_000), 1), ((0, 79_999), 2), ((5, 100_000), 0)]),
        # 15.99 of 20 are 79.95 per cent, to one place 80.0; 15.9899 are not.
        (Rounding(1), [((5, 59_900), 1), ((5, 59_899), 2), ((0, 79_950), 1), ((0, 79_949), 2)]),
    ],
)
def test_grades_of_what_was_assessed_at_their_edges(rounding: Rounding | None, rows: Any) -> None:
    form = replace(scheme((rated("a"), item("b"))), rounding=rounding)
    sheets = [{"a": {"rating": rating}, "b": {"value": value}} for (rating, value), _ in rows]
    places = [place for _, place in rows]
    program = compile_scheme(form)
    assert [program.score(sheet).grade for sheet in sheets] == [GRADES[place].key for place in places]
    found = many(form, *sheets)
    assert (found.grade.tolist(), found.complete.dtype) == (places, np.bool_)


@pytest.mark.parametrize(("points", "rounding"), [(80 * 10**15, None), (42 * 10**14, Rounding(1))])
def test_grades_of_shares_of_very_many_points_do_not_overflow(points: int, rounding: Rounding | None) -> None:
    """What stands on one side of the comparison with an edge fits 64 bits, what stands on the other does not."""
    rest = points // 5
    held = (Criterion("a", points, Rating(points, high=5)), Criterion("b", rest, FreeValue(0, rest)))
    grades = (GradeBand("good", 80 * POINT), GradeBand("poor", 0))
    form = Scheme("form", "1", points + rest, (Section("all", points + rest, held),), grades, rounding)
    sheets = [{"a": {"rating": rating}, "b": {"value": rest}} for rating in (5, 4, 3, 1, 0)]
    program = compile_scheme(form)
    assert [program.score(sheet).grade for sheet in sheets] == ["good", "good", "poor", "poor", "good"]
    assert many(form, *sheets).grade.tolist() == [0, 0, 1, 1, 0]


def test_the_largest_total_of_64_bits_reaches_its_grade() -> None:
    grades = (GradeBand("all", 100 * POINT), GradeBand("rest", 0))
    form = replace(one_rule(FreeValue(0, INT64_HIGH)), grades=grades)
    sheets = [{"item": {"value": value}} for value in (INT64_HIGH, INT64_HIGH - 1)]
    assert many(form, *sheets).grade.tolist() == [0, 1]


def test_what_is_below_64_bits_is_kept_as_exactly() -> None:
    """A veto takes more than 2^63 units off, under a measure of its own."""
    most = 2**63
    held = tuple(Criterion(key, most, FreeValue(0, most), "M1") for key in "ab")
    form = Scheme(
        "form",
        "1",
        2 * most,
        (Section("all", 2 * most, held),),
        GRADES,
        vetoes=(SchemeVeto("v", "M2", caps_total=0),),
    )
    sheet: dict[str, dict[str, Any]] = {"a": {"value": most}, "b": {"value": most}, "v": {"raised": True}}
    found = many(form, sheet)
    assert {key: values.tolist() for key, (values, _) in found.measures.items()} == {
        "M1": [2 * most],
        "M2": [-2 * most],
    }
    assert found.total.tolist() == [0]


def test_what_is_not_known_yet_moves_no_known_section_by_a_rounding() -> None:
    """Thirds of 0.0001 point: with the first item open, the second section is rounded from what is known alone."""
    rule = Deductions(3, (Fault("error", 1),))
    criteria = [Criterion(key, 3, rule, weight=weight) for key, weight in (("a", 1), ("b", 1), ("c", 1))]
    form = Scheme(
        "form",
        "1",
        100,
        (Section("one", 33, (criteria[0],)), Section("two", 67, tuple(criteria[1:]))),
        GRADES,
        adding="weights",
    )
    sheets: list[dict[str, dict[str, int | None]]] = [
        {"a": {"error": None}, "b": {"error": b}, "c": {"error": c}} for b in range(4) for c in range(4)
    ]
    program = compile_scheme(form)
    alone = [program.score(sheet).sections[1].total for sheet in sheets]
    assert alone[0] == 67
    values, known = many(form, *sheets).sections["two"]
    assert (values.tolist(), known.all()) == (alone, np.True_)


def test_a_refused_answer_goes_on_as_the_nearest_limit_in_the_steps_of_a_trace() -> None:
    """What was given stands beside it, and there is no result."""
    program = compile_scheme(one_rule(Rating(100, high=6)))
    for given, held in ((7, 6), (-1, 0)):
        trace = program.trace({"item": {"rating": given}})
        shown = trace["sections"][0]["criteria"][0]
        assert (shown["inputs"], shown["computed"]) == ({"rating": given}, None)
        assert shown["steps"][0]["args"][1] == {"from": "input", "ref": "rating", "value": held}


def test_columns_without_figures_of_the_scorer_are_those_with_none() -> None:
    program = compile_scheme(one_rule(FreeValue(0, 9)))
    columns = program.encode([{"item": {"value": 4}}, {"item": {"value": None}}])
    for each in (columns, replace(columns, entered={})):
        found = program.score_arrays(each)
        assert (found.total.tolist(), found.complete.tolist()) == ([4, 0], [True, False])


def test_figures_of_the_scorer_are_told_wrong_or_kept_however_large_they_are() -> None:
    """The points reach beyond 64 bits, the rule does not."""
    form = one_rule(FreeValue(0, 8), points=2**64)
    program = compile_scheme(form)
    figures: list[dict[str, Any]] = [{"item": each} for each in (2**63 + 5, 2**64 + 1, "x", None)]
    found = program.score_arrays(program.encode([{"item": {"value": 3}}] * 4, figures))
    assert found.total.tolist() == [2**63 + 5, 0, 0, 3]
    assert found.invalid["item"].tolist() == [False, True, True, False]


def test_lists_of_a_single_point_beside_each_other_are_kept_apart() -> None:
    """Sums of one figure are that figure, whose array must outlive the next list."""
    held = tuple(
        Criterion(key, points, Checklist((Item("there", points),)))
        for key, points in (("a", 3), ("b", 5), ("c", 9))
    )
    form = Scheme("form", "1", 17, (Section("all", 17, held),), GRADES)
    program = compile_scheme(form)
    ticks = [(a, b, c) for a in (True, False) for b in (True, False) for c in (True, False)]
    sheets = [{key: {"there": each} for key, each in zip("abc", ticked, strict=True)} for ticked in ticks]
    found = program.score_arrays(program.encode(sheets), criteria=False)
    assert found.total.tolist() == [3 * a + 5 * b + 9 * c for a, b, c in ticks]


# ------------------------------------------------------------------------------------- what a scheme is checked for


def test_an_empty_item_takes_its_weight_out_of_the_maximum() -> None:
    form = scheme((item("a", weight=1), item("b", weight=3)), adding="weights", unanswered="leave_out")
    result = checked(form, answers(a=4, b=None))
    assert (result.percent, result.assessed_max, result.left_out) == (40, 25 * POINT, ("b",))


@pytest.mark.parametrize(
    ("percent", "points", "least"),
    [(50 * POINT, 5, 3), (50 * POINT, 4, 2), (1, 5, 1), (None, 10**7, 1), (100 * POINT, 7, 7)],
)
def test_the_least_that_must_be_assessed(percent: int | None, points: int, least: int) -> None:
    """Half of five units is three, because two are less than half; something must be assessed in any case."""
    assert least_assessed(replace(one_rule(FreeValue(0, points)), least_assessed=percent)) == least


@pytest.mark.parametrize(
    ("percent", "is_refused"), [(0, True), (1, False), (100 * POINT, False), (100 * POINT + 1, True)]
)
def test_limits_of_the_part_that_must_be_assessed(percent: int, is_refused: bool) -> None:
    found = check_scheme(replace(one_rule(FreeValue(0, 9)), least_assessed=percent))
    limits_told = [(each.place, each.code, dict(each.params)) for each in found]
    expected = ("least_assessed", "out_of_range", {"low": 1, "high": 100 * POINT})
    assert limits_told == ([expected] if is_refused else [])


def test_weights_that_are_all_zero_share_nothing_out() -> None:
    form = Scheme(
        "form", "1", 100, (Section("all", 0, (item("a", weight=0), item("b", weight=0))),), adding="weights"
    )
    assert contributed_maxima(form) == {"a": 0, "b": 0}
    assert [(each.place, each.code) for each in check_scheme(form) if each.place == "adding"] == [
        ("adding", "weights_all_zero")
    ]


def test_a_circle_of_conditions_is_found_behind_a_third_item_that_both_look_at() -> None:
    def bonus(key: str, other: str) -> Criterion:
        return item(key, bonus=True, only_if=(Condition("a", "full"), Condition(other, "full")))

    found = check_scheme(scheme((item("a"), bonus("x", "y"), bonus("y", "x"), item("b"))))
    assert [(each.place, each.code, each.params["circle"]) for each in found] == [
        ("sections.s0.criteria.x.only_if", "circular_condition", ["x", "y", "x"]),
        ("sections.s0.criteria.y.only_if", "circular_condition", ["y", "x", "y"]),
    ]


def test_an_amount_may_be_a_hundred_million_and_no_more() -> None:
    program = compile_scheme(one_rule(Ratio(10)))
    most = 100_000_000 * POINT
    found = [program.score({"item": {"actual": each, "planned": most}}) for each in (most, most + 1)]
    assert [each.total for each in found] == [10, None]
    assert [issue.params for issue in found[1].criterion("item").issues] == [{"low": 0, "high": most}]


def test_a_mark_has_no_unit_of_its_own_unless_the_form_says_so() -> None:
    assert points_input("value", 0, 5).step == 1


def test_what_a_veto_cancels_is_not_left_out_in_the_workbook() -> None:
    assert Veto(FreeValue(0, 9), "veto").excel_left_out() is None
    assert Veto(Rating(9), "veto").excel_left_out() == "AND(NOT({veto}=1),{rating}=0)"


def test_limits_of_conditions_and_of_vetoes_are_told() -> None:
    asked = item("x", bonus=True, only_if=(Condition("a", "at_least", 10 * POINT + 1),))
    vetoes = (SchemeVeto("v", None, caps_total=10 * POINT + 1),)
    found = check_scheme(scheme((item("a"), asked), vetoes=vetoes))
    assert [(each.place, each.code, dict(each.params)) for each in found if each.severity == "error"] == [
        ("sections.s0.criteria.x.only_if.1.points", "out_of_range", {"low": 1, "high": 10 * POINT}),
        ("vetoes.v.caps_total", "out_of_range", {"low": 0, "high": 10 * POINT}),
    ]


def test_whether_a_veto_applies_in_the_workbook() -> None:
    assert veto_excel(SchemeVeto("v", None, caps_total=0)) == "{raised}=1"
    assert veto_excel(SchemeVeto("v", None, caps_total=0, exception="but")) == "AND({raised}=1,{but}<>1)"
