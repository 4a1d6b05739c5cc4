"""Engagements and years of very many sheets: figures that anyone can check, and the limits of 64 bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from agencyqa.scoring import GradeBand, Panel, RoleShare, RollupError, Rounding, YearRules, YearVeto
from agencyqa.scoring.rollup_arrays import (
    FINAL,
    PROVISIONAL,
    TOO_FEW,
    EngagementScores,
    SheetRows,
    YearScores,
    ranks,
    score_engagements,
    score_years,
)

POINT = 10_000
GRADES = (GradeBand("fair", 60 * POINT), GradeBand("good", 80 * POINT), GradeBand("poor", 0))
FAIR, GOOD, POOR = range(3)
ALONE = (RoleShare("a", 1, 1),)
HALVES = (RoleShare("a", 1, 2), RoleShare("b", 1, 2))
# Just as many units as a percentage of them fits 64 bits.
MOST_UNITS = (2**63 - 1) // 100


def rows(*sheets: tuple[int, int, int | None, int], may_exceed: bool = False) -> SheetRows:
    """Engagement, role, total (None for a sheet that is missing) and maximum."""
    known = np.array([total is not None for _, _, total, _ in sheets])
    columns = zip(*((e, r, total or 0, most) for e, r, total, most in sheets), strict=True)
    engagement, role, total, most = (np.array(column, dtype=np.int64) for column in columns)
    return SheetRows(engagement, role, total, most, None if known.all() else known, may_exceed)


def figures(shares: Any, held: SheetRows, size: int, role_missing: Any = "wait") -> list[Fraction | None]:
    found = score_engagements(shares, held, size, role_missing)
    return [
        Fraction(int(number), found.denominator) if there else None
        for number, there in zip(found.numerator, found.complete, strict=True)
    ]


def scores(*percents: Any) -> EngagementScores:
    whole = [0 if each is None else int(Fraction(each) * 60) for each in percents]
    complete = np.array([each is not None for each in percents])
    return EngagementScores(np.array(whole), 60, complete, np.zeros(len(whole), dtype=np.int64))


def one_year_each(rules: YearRules, *percents: Any, **options: Any) -> YearScores:
    return score_years(scores(*percents), np.arange(len(percents)), len(percents), rules, **options)


def exact(found: YearScores) -> list[Fraction]:
    return [Fraction(int(n), int(d)) for n, d in zip(found.numerator, found.denominator, strict=True)]


# ------------------------------------------------------------------------------------------------ engagements


def test_one_sheet_keeps_its_own_denominator_and_64_bits() -> None:
    found = score_engagements(ALONE, rows((0, 0, 2, 3), (1, 0, None, 7)), 2)
    assert (found.numerator.tolist(), found.denominator) == ([200, 0], 3)
    assert found.numerator.dtype == np.int64
    assert found.complete.tolist() == [True, False]
    usual = rows((0, 0, 90 * POINT, 100 * POINT))
    assert score_engagements(ALONE, usual, 1).numerator.dtype == np.int64
    assert figures(ALONE, usual, 1) == [90]


@pytest.mark.parametrize(("most", "dtype"), [(MOST_UNITS, np.int64), (MOST_UNITS + 1, object)])
def test_what_just_fits_64_bits_stays_in_them(most: int, dtype: Any) -> None:
    found = score_engagements(ALONE, rows((0, 0, most - 1, most)), 1)
    assert found.numerator.dtype == dtype
    assert Fraction(int(found.numerator[0]), found.denominator) == Fraction(100 * (most - 1), most)


def test_a_bonus_far_above_the_maximum_is_kept_in_full() -> None:
    held = rows((0, 0, 10**17, 2 * 10**16), (1, 0, 0, 2 * 10**16), may_exceed=True)
    assert figures(ALONE, held, 2) == [500, 0]


def test_panels_of_many_sizes_do_not_overflow() -> None:
    """100 times the least common multiple of these sizes is more than 64 bits."""
    sizes = (32, 27, 25, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
    held = rows(*((number, 0, 1, 1) for number, size in enumerate(sizes) for _ in range(size)))
    assert figures((RoleShare("a", 1, 1, Panel()),), held, len(sizes)) == [100] * len(sizes)


def test_shares_of_different_denominators() -> None:
    """80 x 1/2 + 60 x 1/3 + 30 x 1/6 = 65."""
    shares = (RoleShare("a", 1, 2), RoleShare("b", 1, 3), RoleShare("c", 1, 6))
    assert figures(shares, rows((0, 0, 8, 10), (0, 1, 3, 5), (0, 2, 6, 20)), 1) == [65]


def test_large_shares_of_large_sheets_do_not_overflow() -> None:
    over = 10**9 + 7
    shares = (RoleShare("a", over - 1, over), RoleShare("b", 1, over))
    held = rows((0, 0, 999_983, 999_983), (0, 1, 0, 999_979))
    assert figures(shares, held, 1) == [Fraction(100 * (over - 1), over)]


def test_a_small_sheet_beside_large_ones() -> None:
    most = [1, 999_999_999_989, 999_999_999_961]
    held = rows(*((number, 0, each, each) for number, each in enumerate(most)))
    assert figures(ALONE, held, 3) == [100, 100, 100]


def test_the_others_carry_the_share_of_a_role_that_is_missing() -> None:
    """A third alone, two thirds alone, and shares whose sums have no small common multiple."""
    thirds = (RoleShare("a", 1, 3), RoleShare("b", 2, 3))
    lone = rows((0, 0, 9, 10), (0, 1, None, 10), (1, 0, None, 10), (1, 1, 7, 10), (2, 0, None, 1))
    assert figures(thirds, lone, 3, "reweight") == [90, 70, None]
    assert figures(thirds, lone, 3) == [None, None, None]
    found = score_engagements(thirds, lone, 3, "reweight")
    assert found.left_out.tolist() == [1, 1, 0]
    primes = (331, 337, 332)
    shares = tuple(RoleShare(role, part, 1_000) for role, part in zip("abc", primes, strict=True))
    marks = (9, 5, 2)
    there = [{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}]
    held = rows(
        *(
            (number, role, marks[role] if role in own else None, 9_973)
            for number, own in enumerate(there)
            for role in range(3)
        )
    )
    assert figures(shares, held, len(there), "reweight") == [
        Fraction(100 * sum(marks[r] * primes[r] for r in own), 9_973 * sum(primes[r] for r in own))
        for own in there
    ]


def test_trimmed_means_stand_beside_single_sheets() -> None:
    """Of 10, 40, 60 and 90 the middle two; a panel of two is too small for its trim and waits."""
    shares = (RoleShare("a", 1, 2), RoleShare("b", 1, 2, Panel("trimmed_mean", least=3)))
    panel = [(0, 1, each, 100) for each in (60, 10, 90, 40)]
    held = rows((0, 0, 8, 10), *panel, (1, 0, 8, 10), (1, 1, 50, 100), (1, 1, 60, 100))
    assert figures(shares, held, 2) == [65, None]


def test_rows_that_are_refused_and_rows_that_are_not() -> None:
    assert figures(ALONE, rows((0, 0, 1, 1)), 1) == [100]
    # What a sheet that is missing would say is not read.
    assert figures(ALONE, rows((0, 0, 1, 1), (1, 0, None, 0)), 2) == [100, None]
    for wrong, code in (
        (rows((0, 0, 0, 0)), "not_positive"),
        (rows((0, 0, 2, 1)), "out_of_range"),
        (rows((0, 0, -1, 1)), "out_of_range"),
        (rows((0, 0, 1, 1), (1, 1, 1, 1)), "role_without_share"),
        (rows((0, 0, 1, 1), (1, -1, 1, 1)), "role_without_share"),
    ):
        with pytest.raises(RollupError) as caught:
            score_engagements(ALONE, wrong, 2)
        assert [problem.code for problem in caught.value.problems] == [code]


# ------------------------------------------------------------------------------------------------------ years


def test_states_figures_and_grades_of_years() -> None:
    rules = YearRules(least_engagements=2, rounding=Rounding(0), grades=GRADES)
    held = scores(Fraction(159, 2), Fraction(159, 2), 59, 60, 100, 50, None)
    found = score_years(held, np.array([0, 0, 1, 1, 2, 3, 3]), 4, rules)
    # 79.5 is rounded to 80 and good; 59.5 to 60 and fair; one engagement is too few.
    assert found.state.tolist() == [FINAL, FINAL, TOO_FEW, PROVISIONAL]
    assert found.rounded.tolist() == [80, 60, 100, -1]
    assert found.grade.tolist() == found.reached.tolist() == [GOOD, FAIR, -1, -1]


def test_a_year_without_grades_has_none() -> None:
    found = one_year_each(YearRules(), 90)
    assert (found.grade.tolist(), found.reached.tolist(), found.rounded.tolist()) == ([-1], [-1], [9_000])


def test_edges_that_lie_between_two_figures_as_shown_are_reached_from_above() -> None:
    """Of whole percents 61 is the first that reaches 60.5."""
    grades = (GradeBand("low", 0), GradeBand("high", 605_000))
    rules = YearRules(rounding=Rounding(0), grades=grades)
    assert one_year_each(rules, 60, 61, Fraction(603, 10), Fraction(121, 2)).grade.tolist() == [0, 1, 0, 1]
    finer = (GradeBand("low", 0), GradeBand("high", 605_500))
    tenths = YearRules(rounding=Rounding(1), grades=finer)
    assert one_year_each(tenths, Fraction(605, 10), Fraction(606, 10)).grade.tolist() == [0, 1]
    exactly = replace(rules, rounding=None)
    assert one_year_each(exactly, 60, 61, Fraction(603, 10), Fraction(121, 2)).grade.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("changes", "credits", "figure"),
    [
        # Three quarters of 80 and a quarter of the account, which stands at 60 and moves between 40 and 80.
        ({"credit_share": Fraction(1, 4), "floor": 40 * POINT, "cap": 80 * POINT}, 0, 75),
        ({"credit_share": Fraction(1, 4), "floor": 40 * POINT, "cap": 80 * POINT}, 30, 80),
        ({"credit_share": Fraction(1, 4), "floor": 40 * POINT, "cap": 80 * POINT}, -30, 70),
        ({"credit_share": Fraction(1, 4)}, 50, 85),
        ({"credit_share": Fraction(1, 4)}, -70, 60),
        # On top of 80: between 0 and 100, and within the bounds of the account.
        ({"base": 0}, 7, 87),
        ({"base": 0}, 30, 100),
        ({"base": 0}, -90, 0),
        ({"base": 0, "cap": 5 * POINT}, 7, 85),
        ({"base": 0, "floor": -5 * POINT}, -7, 75),
    ],
)
def test_accounts_of_many_agencies(changes: Any, credits: int, figure: int) -> None:
    rules = replace(YearRules(base=60 * POINT, grades=GRADES), **changes)
    assert exact(one_year_each(rules, 80, credits=np.array([credits * POINT]))) == [figure]


def test_vetoes_cap_only_whom_they_are_raised_against() -> None:
    vetoes = (YearVeto("total", caps_total=59 * POINT), YearVeto("grade", caps_grade="fair"))
    rules = YearRules(vetoes=vetoes, grades=GRADES)
    against = {"total": np.array([True, True, False]), "grade": np.array([False, True, True])}
    found = one_year_each(rules, 95, 50, 95, raised=against)
    assert exact(found) == [59, 50, 95]
    assert found.reached.tolist() == [POOR, POOR, GOOD]
    assert found.grade.tolist() == [POOR, POOR, FAIR]
    assert exact(one_year_each(rules, 95, 50, 95)) == [95, 50, 95]
    assert one_year_each(rules, 95).grade.tolist() == [GOOD]


def test_figures_beyond_64_bits_are_weighed_as_exactly() -> None:
    """Weights of 3 and 1, and a denominator far beyond 64 bits."""
    over = 10**30
    held = EngagementScores(
        np.array([90 * over, 50 * over], dtype=object), over, np.ones(2, dtype=bool), np.zeros(2, dtype=int)
    )
    rules = YearRules("set", grades=GRADES)
    found = score_years(held, np.array([0, 0]), 1, rules, weight=np.array([3, 1]))
    assert exact(found) == [80]
    assert found.grade.tolist() == [GOOD]
    heavy = np.array([3 * 2**61, 2**61], dtype=object)
    assert exact(score_years(scores(90, 50), np.array([0, 0]), 1, rules, weight=heavy)) == [80]
    nearly = np.array([2**62, 2**62], dtype=np.int64)
    assert exact(score_years(scores(90, 50), np.array([0, 0]), 1, rules, weight=nearly)) == [70]


@pytest.mark.parametrize(
    ("held", "ranked", "places"),
    [
        ([90, 80, 80, 70], [True] * 4, [1, 2, 2, 4]),
        ([70, 90, 80, 80], [True, False, True, True], [3, 0, 1, 1]),
        ([90], [True], [1]),
        ([90, 90], [False, False], [0, 0]),
    ],
)
def test_places(held: Sequence[int], ranked: Sequence[bool], places: Sequence[int]) -> None:
    assert ranks(np.array(held), np.array(ranked)).tolist() == places


def test_places_in_groups() -> None:
    group = np.array([1, 0, 1, 0, 1])
    assert ranks(np.array([9, 9, 9, 8, 7]), np.ones(5, dtype=bool), group).tolist() == [1, 1, 1, 2, 3]
