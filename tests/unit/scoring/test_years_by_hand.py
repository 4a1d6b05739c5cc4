"""Figures of engagements and years that anyone can check with a pencil, one for each edge of their rules."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from agencyqa.scoring import (
    Credit,
    GradeBand,
    MeasureScore,
    Panel,
    RoleShare,
    RollupError,
    Rounding,
    SheetScore,
    Subtotal,
    YearItem,
    YearRules,
    YearVeto,
    grade_for,
    grade_problems,
    score_engagement,
    score_year,
    year_rules_problems,
)
from agencyqa.scoring.engagement import sheet_problems

POINT = 10_000
GRADES = (GradeBand("good", 80 * POINT), GradeBand("fair", 60 * POINT), GradeBand("poor", 0))
RULES = YearRules(rounding=Rounding(2), grades=GRADES)
ZERO = Fraction(0)


def sheet(total: int | None, most: int, *more: tuple[str, int | None, int]) -> SheetScore:
    """In units, all of it under M1 unless the measures are given."""
    return SheetScore(total, most, tuple(Subtotal(*each) for each in more or (("M1", total, most),)))


def item(key: str, score: Any, **options: Any) -> YearItem:
    return YearItem(key, Fraction(score), {"M1": MeasureScore(Fraction(score), Fraction(100))}, **options)


def told(problems: Any) -> list[tuple[str, str, dict[str, Any]]]:
    return [(each.place, each.code, dict(each.params)) for each in problems]


# ------------------------------------------------------------------------------------------------------ sheets


@pytest.mark.parametrize(
    ("held", "problems"),
    [
        (sheet(1, 1), []),
        (sheet(0, 1), []),
        (sheet(None, 0), []),
        (sheet(None, -1), [("at", "not_positive", {"value": -1})]),
        (sheet(0, 0), [("at", "not_positive", {"value": 0})]),
        (sheet(2, 1), [("at", "out_of_range", {"low": 0, "high": 1})]),
        (sheet(-1, 1), [("at", "out_of_range", {"low": 0, "high": 1})]),
        (sheet(5, 9, ("M1", 5, 4), ("M2", None, 5)), [("at", "measures_do_not_add_up", {"of": "total"})]),
        (sheet(5, 9, ("M1", 4, 4), ("M2", 0, 5)), [("at", "measures_do_not_add_up", {"of": "total"})]),
        (sheet(5, 9, ("M1", 5, 9), ("M2", 0, 1)), [("at", "measures_do_not_add_up", {"of": "max"})]),
    ],
)
def test_sums_of_a_sheet_that_contradict_each_other(held: SheetScore, problems: list[Any]) -> None:
    assert told(sheet_problems(held, "at")) == problems


def test_a_trace_names_the_newer_arithmetic_where_one_role_of_several_needs_it() -> None:
    """An engagement by rules that the first version knew keeps that version's number and its bytes."""
    one, other = RoleShare("a", 1, 2), RoleShare("b", 1, 2)
    held: dict[str, Any] = {"a": sheet(8, 10), "b": sheet(6, 10)}
    assert score_engagement([one, other], held).trace["engine"] == "1"
    assert score_engagement([one, other], held, role_missing="reweight").trace["engine"] == "2"
    seated = {**held, "b": {"01": held["b"]}}
    with_panel = score_engagement([one, replace(other, panel=Panel())], seated)
    assert with_panel.trace["engine"] == "2"
    assert with_panel.score == 70


def test_a_measure_whose_sheet_is_missing_has_no_maximum_either() -> None:
    """Nobody knows yet what the missing sheet would count for, though the other one is there."""
    shares = [RoleShare("a", 1, 2), RoleShare("b", 1, 2)]
    for lacking in ("a", "b"):
        held = {"a": sheet(8, 10), "b": sheet(6, 10)} | {lacking: None}
        assert score_engagement(shares, held).measures == {"M1": MeasureScore(None, None)}


# ------------------------------------------------------------------------------------------------------- years


def test_no_maximum_is_told_before_everything_that_makes_it_is_known() -> None:
    half = replace(RULES, agency_share=Fraction(1, 2))
    form = sheet(5, 10, ("M3", 5, 10))
    by_fee = replace(RULES, weights="fee")
    unmeasured = YearItem("b", None, {})
    partly = YearItem(
        "b", Fraction(50), {"M1": MeasureScore(Fraction(50), Fraction(100)), "M2": MeasureScore(ZERO, None)}
    )
    cases: list[tuple[YearRules, list[YearItem], dict[str, Any]]] = [
        (half, [item("a", 90)], {}),
        (half, [item("a", 90), unmeasured], {"form": form}),
        (by_fee, [item("a", 90, fee=1), item("b", 50)], {}),
        (RULES, [item("a", 90), partly], {}),
    ]
    for rules, items, options in cases:
        held = score_year(items, rules, **options).measures
        assert held
        assert {each.maximum for each in held.values()} == {None}
    whole = score_year([item("a", 90), item("b", 50)], half, form=form)
    assert {key: each.maximum for key, each in whole.measures.items()} == {"M1": 50, "M3": 50}


def test_engagements_without_a_share_in_the_year_hide_no_maximum() -> None:
    rules = replace(RULES, weights="fee", agency_share=Fraction(1))
    result = score_year([item("a", 90)], rules, form=sheet(5, 10, ("M3", 5, 10)))
    assert result.state == "final"
    assert result.score == 50
    assert result.measures == {"M3": MeasureScore(Fraction(50), Fraction(100))}


def test_a_measure_without_points_has_a_maximum_of_zero() -> None:
    bonus = YearItem("a", Fraction(95), {
        "M1": MeasureScore(Fraction(90), Fraction(100)), "M2": MeasureScore(Fraction(5), ZERO),
    })  # fmt: skip
    assert score_year([bonus], RULES).measures["M2"] == MeasureScore(Fraction(5), ZERO)


def test_an_engagement_whose_measures_are_not_all_known_is_refused_with_its_score() -> None:
    held = YearItem("a", Fraction(5), {"M1": MeasureScore(Fraction(5), None), "M2": MeasureScore(None, None)})
    with pytest.raises(RollupError) as caught:
        score_year([held], RULES)
    assert told(caught.value.problems) == [
        ("items.a.measures", "measures_do_not_add_up", {"of": "total"}),
    ]


def test_an_account_with_a_share_ends_at_nothing_and_at_a_hundred() -> None:
    """Half of 80 and half of an account that stands at 0, at 0.0001, at 99.9999 and at 100."""
    rules = replace(RULES, base=0, credit_share=Fraction(1, 2))
    for points, account in (
        (-1, 0),
        (0, 0),
        (1, 1),
        (999_999, 999_999),
        (1_000_000, 1_000_000),
        (1_000_001, 1_000_000),
    ):
        result = score_year([item("a", 80)], rules, credits=[Credit("c", points)])
        assert result.score == 40 + Fraction(account, 2 * POINT)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"vetoes": (YearVeto("v", caps_total=0),)}, []),
        ({"vetoes": (YearVeto("v", caps_total=100 * POINT),)}, []),
        ({"vetoes": (YearVeto("v", caps_total=100 * POINT + 1),)},
         [("vetoes.v.caps_total", "out_of_range", {"low": 0, "high": 100 * POINT})]),
        ({"base": 0, "cap": 100 * POINT + 1, "credit_share": Fraction(1, 2)},
         [("cap", "out_of_range", {"low": 0, "high": 100 * POINT})]),
        ({"base": 5, "floor": 6, "cap": 7}, [("base", "base_outside_bounds", {"low": 6, "high": 7})]),
        ({"base": 5, "floor": 3, "cap": 4}, [("base", "base_outside_bounds", {"low": 3, "high": 4})]),
        ({"base": 5, "floor": 5, "cap": 5}, []),
        ({"agency_share": Fraction(1, 2), "base": 0, "credit_share": Fraction(1, 2)}, []),
    ],
)  # fmt: skip
def test_limits_of_the_rules_of_a_year(changes: Any, problems: list[Any]) -> None:
    assert told(year_rules_problems(replace(RULES, **changes))) == problems


def test_a_figure_below_every_band_has_the_lowest_one() -> None:
    assert grade_for(Fraction(-1), GRADES).key == "poor"


def test_a_band_whose_ends_are_turned_round_is_told_with_both() -> None:
    grades = (GradeBand("a", 0), GradeBand("b", 7, 6))
    assert told(grade_problems(grades)) == [
        ("grades.b.high", "band_reversed", {"low": 7, "high": 6}),
        ("grades.b.high", "grade_hole", {"low": 6, "high": 100 * POINT}),
    ]
