"""Bonuses: their conditions, and the cap that they fill in the order of the sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agencyqa.scoring import Condition, check_scheme
from agencyqa.scoring.bonuses import in_order_of_conditions
from tests.unit.scoring.forms import POINT
from tests.unit.scoring.sheet_forms import answers, checked, given_by, item, rated, scheme


def bonus(key: str, points: int = 10, *only_if: Condition, **options: Any) -> Any:
    return item(key, points, bonus=True, only_if=only_if, **options)


FULL = Condition("a", "full")
ENOUGH = Condition("b", "at_least", 30 * POINT)
FORM = scheme((item("a", 60), item("b", 40)), (bonus("x", 5, FULL), bonus("y", 10, ENOUGH, measure="M2")))


@pytest.mark.parametrize(
    ("a", "b", "x", "y", "total"),
    [
        (60, 20, 5, 10, 85),
        (59, 29, 5, 10, 88),
        (59, 30, 5, 10, 99),
        (60, 30, 5, 10, 100),
        (60, 38, 5, 10, 100),
        (60, 40, 5, 10, 100),
        (50, 40, 0, 10, 100),
        (0, 30, 0, 7, 37),
    ],
)
def test_a_bonus_is_granted_if_its_condition_holds_and_the_cap_has_room(
    a: int, b: int, x: int, y: int, total: int
) -> None:
    result = checked(FORM, answers(a=a, b=b, x=x, y=y))
    assert result.total == total * POINT
    assert (result.max_points, result.assessed_max) == (100 * POINT, 100 * POINT)
    assert sum(each.total or 0 for each in result.measures) == result.total


def test_bonuses_fill_the_room_in_the_order_of_the_sheet() -> None:
    result = checked(FORM, answers(a=60, b=32, x=5, y=10))
    assert given_by(result) == {"a": 60 * POINT, "b": 32 * POINT, "x": 5 * POINT, "y": 3 * POINT}
    x, y = result.criterion("x"), result.criterion("y")
    assert (x.bonus.room, y.bonus.room, y.counted, y.max_contribution) == (
        8 * POINT,
        3 * POINT,
        10 * POINT,
        0,
    )
    assert [(c.criterion, c.least, c.reached, c.met) for c in y.bonus.conditions] == [
        ("b", 30 * POINT, 32 * POINT, True)
    ]
    unmet = checked(FORM, answers(a=59, b=32, x=5, y=0)).criterion("x")
    assert (unmet.state, unmet.counted, unmet.contribution, unmet.bonus.met) == ("ok", 5 * POINT, 0, False)


def test_a_cap_above_the_maximum_lets_the_total_pass_it() -> None:
    result = checked(replace(FORM, total_cap=110 * POINT), answers(a=60, b=40, x=5, y=10))
    assert (result.total, result.percent, result.grade) == (110 * POINT, 110, "excellent")


def test_the_cap_shrinks_with_what_is_left_out() -> None:
    form = scheme((item("a", 60), rated("r", 40)), (bonus("x"),))
    result = checked(form, answers(a=55, r_r=0, x=10))
    assert (result.total, result.assessed_max, result.criterion("x").bonus.room) == (
        60 * POINT,
        60 * POINT,
        5 * POINT,
    )


def test_a_condition_on_what_is_left_out_or_not_known() -> None:
    form = scheme((item("a", 60), rated("r", 40)), (bonus("x", 5, Condition("r", "at_least", 1)),))
    left = checked(form, answers(a=50, r_r=0, x=5)).criterion("x")
    assert (left.contribution, left.bonus.met, left.bonus.conditions[0].reached) == (0, False, None)
    unknown = checked(form, answers(a=50, x=5))
    assert (unknown.criterion("x").contribution, unknown.criterion("x").bonus.met) == (None, None)
    assert checked(form, answers(a=50, r_r=1)).total is None


def test_a_bonus_that_hangs_on_another_bonus_counts_only_what_that_one_earned() -> None:
    form = scheme(
        (item("a", 60), item("b", 40)), (bonus("y", 3, Condition("x", "full")), bonus("x", 5, FULL))
    )
    assert given_by(checked(form, answers(a=60, b=0, x=5, y=3)))["y"] == 3 * POINT
    assert given_by(checked(form, answers(a=59, b=0, x=5, y=3)))["y"] == 0
    assert given_by(checked(form, answers(a=60, b=0, x=4, y=3)))["y"] == 0
    # The cap takes nothing from what was earned: the condition looks at the merit.
    assert given_by(checked(form, answers(a=60, b=40, x=5, y=3)))["y"] == 0
    order = in_order_of_conditions({c.key: c for _, c in form.criteria()})
    assert order.index("x") < order.index("y")


def test_a_bonus_by_weights_adds_points_of_the_total() -> None:
    form = scheme((item("a", weight=1), item("b", weight=3)), (bonus("x", 5),), adding="weights")
    assert checked(form, answers(a=10, b=5, x=5)).total == (25 * 10_000 + 375_000 + 50_000)


def test_a_bonus_without_weight_is_only_shown() -> None:
    form = scheme((item("a"),), (bonus("x", 5, weight=0),))
    assert given_by(checked(form, answers(a=1, x=5))) == {"a": POINT, "x": 0}


def places(*criteria: Any) -> list[tuple[str, str]]:
    form = scheme((item("a"), item("b")), criteria)
    return [(p.place.partition("criteria.")[2], p.code) for p in check_scheme(form)]


def test_every_fault_of_conditions_is_found() -> None:
    assert places(
        bonus("x", 5, Condition("nobody", "full"), Condition("a", "full", 1), Condition("a", "at_least"))
    ) == [
        ("x.only_if.1.criterion", "unknown_criterion"),
        ("x.only_if.2.points", "points_without_use"),
        ("x.only_if.3.points", "missing_field"),
    ]
    assert places(
        bonus("x", 5, Condition("a", "at_least", 0), Condition("a", "at_least", 10 * POINT + 1))
    ) == [
        ("x.only_if.1.points", "out_of_range"),
        ("x.only_if.2.points", "out_of_range"),
    ]
    assert places(bonus("x", 5, Condition("a", "at_least", 10 * POINT))) == []
    assert places(item("x", only_if=(FULL,))) == [("x.only_if", "condition_without_bonus")]


def test_circles_of_conditions_are_found() -> None:
    circle = [
        bonus("x", 5, Condition("y", "full")),
        bonus("y", 5, Condition("z", "full")),
        bonus("z", 5, Condition("x", "full")),
        bonus("w", 5, Condition("x", "full")),
    ]
    assert places(*circle) == [(f"{key}.only_if", "circular_condition") for key in ("x", "y", "z")]
    assert places(bonus("x", 5, Condition("x", "full"))) == [("x.only_if", "circular_condition")]
    found = check_scheme(scheme((item("a"),), tuple(circle)))[0]
    assert found.params == {"circle": ["x", "y", "z", "x"]}


def test_long_chains_of_conditions_are_no_burden() -> None:
    chain = [bonus("b0", 1)]
    chain += [bonus(f"b{n}", 1, Condition(f"b{n - 1}", "full")) for n in range(1, 1_200)]
    form = scheme((item("a", 100),), tuple(reversed(chain)), total_cap=2_000 * POINT)
    given = answers(a=0, **{f"b{n}": 1 for n in range(1_200)})
    assert checked(form, given).total == 1_200 * POINT
    assert checked(form, given | answers(b0=0)).total == 0
