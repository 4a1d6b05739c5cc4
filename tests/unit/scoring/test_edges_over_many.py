"""Answers on, beside and far from every edge in one block of rows: states by hand, figures as for single sheets."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from agencyqa.scoring import (
    Deductions,
    Fault,
    FreeValue,
    GradeBand,
    RangeDeduction,
    Rating,
    Ratio,
    Rounding,
    Rule,
    Veto,
    compile_scheme,
    grade_for,
)
from agencyqa.scoring.grades import GradeOutcome, edges, grade_problems, least_totals
from tests.unit.scoring.forms import one_rule
from tests.unit.scoring.test_oracle import many_equal_one

TWO_FAULTS = Deductions(9, (Fault("a", 1), Fault("b", 2)))


@pytest.mark.parametrize("scale", [1, 10**19])
@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        (
            lambda s: FreeValue(2 * s, 8 * s, 2 * s),
            lambda s: [
                ({"value": value}, state)
                for value, state in (
                    (1 * s, "invalid"),
                    (2 * s, 2 * s),
                    (3 * s, "invalid"),
                    (8 * s, 8 * s),
                    (8 * s + 1, "invalid"),
                    (10 * s, "invalid"),
                    (-2 * s, "invalid"),
                    (None, "missing"),
                    ("x", "invalid"),
                    (True, "invalid"),
                )
            ],
        ),
        (
            lambda s: RangeDeduction(9 * s, 2 * s, 5 * s),
            lambda s: [
                ({"amount": amount}, state)
                for amount, state in (
                    (0, 9 * s),
                    (1, "invalid"),
                    (2 * s, 7 * s),
                    (5 * s, 4 * s),
                    (5 * s + 1, "invalid"),
                    (-1, "invalid"),
                    (None, "missing"),
                )
            ],
        ),
        (
            lambda s: Rating(12 * s, 2, 6),
            lambda s: [
                ({"rating": rating}, state)
                for rating, state in (
                    (0, "left_out"),
                    (1, "invalid"),
                    (2, 4 * s),
                    (6, 12 * s),
                    (7, "invalid"),
                    (-1, "invalid"),
                    (None, "missing"),
                )
            ],
        ),
        (
            lambda s: Veto(FreeValue(0, 9 * s), "veto", "but"),
            lambda s: [
                ({"veto": True, "but": False, "value": None}, 0),
                ({"veto": True, "but": False, "value": 4 * s}, 0),
                ({"veto": True, "but": True, "value": 4 * s}, 4 * s),
                ({"veto": True, "but": True, "value": None}, "missing"),
                ({"veto": True, "but": None, "value": 4 * s}, "missing"),
                ({"veto": False, "but": None, "value": 4 * s}, 4 * s),
                ({"veto": False, "but": None, "value": None}, "missing"),
                ({"veto": None, "but": False, "value": 4 * s}, "missing"),
                ({"veto": True, "but": False, "value": 10 * s}, "invalid"),
            ],
        ),
        (
            lambda s: Ratio(12 * s),
            lambda s: [
                ({"actual": 1, "planned": 1}, 12 * s),
                ({"actual": 1, "planned": 2}, 6 * s),
                ({"actual": 0, "planned": 1}, 0),
                ({"actual": 1, "planned": 0}, "invalid"),
                ({"actual": None, "planned": 1}, "missing"),
            ],
        ),
    ],
)
def test_edges(rule: Any, rows: Any, scale: int) -> None:
    held: Rule = rule(scale)
    program = compile_scheme(one_rule(held))
    cases = rows(scale)
    sheets = [{"item": answers} for answers, _ in cases]
    found = [program.score(sheet).criterion("item") for sheet in sheets]
    assert [each.state if each.counted is None else each.counted for each in found] == [s for _, s in cases]
    for block in (sheets, sheets[:1], sheets[-1:], sheets[1:3]):
        many_equal_one(program, block, [{}] * len(block))


def test_what_nobody_answered_is_left_out_and_what_is_half_answered_is_not() -> None:
    scheme = replace(one_rule(TWO_FAULTS), unanswered="leave_out")
    program = compile_scheme(scheme)
    cases: list[tuple[dict[str, Any], int | None, Any]] = [
        ({"a": None, "b": None}, None, "left_out"),
        ({"a": None, "b": None}, 5, "invalid"),
        ({"a": None, "b": 1}, None, "missing"),
        ({"a": 1, "b": None}, 5, "missing"),
        ({"a": "x", "b": None}, None, "invalid"),
        ({"a": None, "b": "x"}, None, "invalid"),
        ({"a": 1, "b": 1}, None, 6),
        ({"a": 1, "b": 1}, 0, 0),
        ({"a": 1, "b": 1}, 9, 9),
        ({"a": 1, "b": 1}, 10, "invalid"),
        ({"a": 1, "b": 1}, -1, "invalid"),
    ]
    sheets = [{"item": answers} for answers, _, _ in cases]
    entered: list[dict[str, int | None]] = [{"item": figure} for _, figure, _ in cases]
    found = [program.score(*each).criterion("item") for each in zip(sheets, entered, strict=True)]
    assert [each.state if each.counted is None else each.counted for each in found] == [s for *_, s in cases]
    many_equal_one(program, sheets, entered)
    for number in range(len(cases)):
        many_equal_one(program, sheets[number : number + 2], entered[number : number + 2])


def test_a_value_outside_is_told_with_its_limits() -> None:
    issue = (
        compile_scheme(one_rule(FreeValue(2, 8))).score({"item": {"value": 9}}).criterion("item").issues[0]
    )
    assert (issue.code, issue.input, dict(issue.params)) == ("out_of_range", "value", {"low": 2, "high": 8})


def test_the_outcome_of_a_grade_in_full() -> None:
    grades = (GradeBand("good", 800_000), GradeBand("poor", 0, 600_000), GradeBand("fair", 600_000, 800_000))
    assert [
        grade_for(Fraction(percent), grades, Rounding(0)) for percent in (Fraction(1199, 20), 60, 80)
    ] == [
        GradeOutcome("fair", 600_000, 800_000, Fraction(60)),
        GradeOutcome("fair", 600_000, 800_000, Fraction(60)),
        GradeOutcome("good", 800_000, None, Fraction(80)),
    ]
    assert grade_for(Fraction(599, 10), grades) == GradeOutcome("poor", 0, 600_000, Fraction(599, 10))


def band(key: str, low: int, high: int | None = None) -> GradeBand:
    return GradeBand(key, low, high)


@pytest.mark.parametrize(
    ("grades", "places", "problems"),
    [
        ((band("a", 0), band("b", 1_000_000)), 9, []),
        ((band("a", 0, 5), band("b", 5)), 0, []),
        ((band("a", 0),), 10, [("rounding.places", "out_of_range", {"low": 0, "high": 9})]),
        ((band("a", 0),), -1, [("rounding.places", "out_of_range", {"low": 0, "high": 9})]),
        ((band("a", 1),), 0, [("grades.a.low", "grade_hole", {"low": 0, "high": 1})]),
        ((band("a", -1),), 0, [("grades.a.low", "out_of_range", {"low": 0, "high": 1_000_000})]),
        (
            (band("a", 0), band("b", 1_000_001)),
            0,
            [("grades.b.low", "out_of_range", {"low": 0, "high": 1_000_000})],
        ),
        (
            (band("a", 0), band("b", 7, 7)),
            0,
            [
                ("grades.b.high", "band_reversed", {"low": 7, "high": 7}),
                ("grades.b.high", "grade_hole", {"low": 7, "high": 1_000_000}),
            ],
        ),
        ((band("a", 0, 6), band("b", 5)), 0, [("grades.b.low", "grade_overlap", {"low": 6, "high": 5})]),
        ((band("a", 0, 4), band("b", 5)), 0, [("grades.b.low", "grade_hole", {"low": 4, "high": 5})]),
        ((band("a", 0), band("b", 0)), 0, [("grades.b.low", "grade_overlap", {"low": 0, "high": 0})]),
        ((band("a", 0, 1_000_000),), 0, []),
        ((band("a", 0, 999_999),), 0, [("grades.a.high", "grade_hole", {"low": 999_999, "high": 1_000_000})]),
    ],
)
def test_bands_of_grades(grades: tuple[GradeBand, ...], places: int, problems: list[Any]) -> None:
    found = grade_problems(grades, Rounding(places))
    assert [(each.place, each.code, dict(each.params)) for each in found] == problems


def test_edges_of_grades_as_figures() -> None:
    """59.5 % of 30 points are 17.85; 59.995 % are 17.9985; 60 % of a ten-thousandth needs the whole of it."""
    bands = (band("good", 800_000), band("poor", 0), band("fair", 600_000))
    assert edges(bands, None) == [0, 60, 80]
    assert edges(bands, Rounding(0)) == [Fraction(-1, 2), Fraction(119, 2), Fraction(159, 2)]
    assert edges(bands, Rounding(2)) == [Fraction(-1, 200), Fraction(11_999, 200), Fraction(15_999, 200)]
    assert least_totals(bands, Rounding(0), 300_000) == [0, 178_500, 238_500]
    assert least_totals(bands, Rounding(2), 300_000) == [0, 179_985, 239_985]
    assert least_totals(bands, None, 1) == [0, 1, 1]
