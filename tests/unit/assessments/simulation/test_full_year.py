"""The long way round gives what the arrays give where both know the year, and panels and rules where they do not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.assessments.enums import YearWeights
from agencyqa.assessments.simulation.full_year import FullYear, is_plain
from agencyqa.assessments.simulation.year import SheetTotals, YearRules, roll_up
from agencyqa.assessments.year_facts import AgencyFact, CreditFact
from agencyqa.assessments.year_plan import YearPlan
from agencyqa.scoring import Panel, RoleShare, Rounding
from tests.unit.assessments.simulation.years import (
    GRADES,
    ROLES,
    PastEngagement,
    PastSheet,
    arrays_of,
    facts_of,
    past_years,
    shares,
)


@settings(max_examples=40, deadline=None)
@given(past_years(), st.sampled_from(["equal", "fee"]), st.one_of(st.none(), shares()), st.integers(0, 7))
def test_both_ways_give_the_same(
    year: list[PastEngagement], weights: str, other: tuple[RoleShare, ...] | None, off: int
) -> None:
    arrays = arrays_of(year)
    full = FullYear(arrays, facts_of(year), YearPlan(weights=YearWeights(weights)), {})
    rules = YearRules(weights, GRADES, Rounding(2), other)  # type: ignore[arg-type]
    # As if another scheme had given a little less.
    sheets = SheetTotals(np.maximum(arrays.sheets.total - off, 0), arrays.sheets.maximum, arrays.sheets.known)
    expected, found = roll_up(arrays, sheets, rules), full.roll_up(sheets, rules)
    assert found.lines == expected.lines
    assert list(found.engagements.known) == list(expected.engagements.known)
    assert [found.engagements.rounded_at(n) for n in range(len(year))] == [
        expected.engagements.rounded_at(n) for n in range(len(year))
    ]


def test_a_panel_stays_a_panel_under_other_shares() -> None:
    """The experts' 60, 80 and 100 trimmed to 80, the bureau's 50: 65 by halves and 74 at 20 to 80."""
    table = (RoleShare(ROLES[0], 1, 2), RoleShare("expert", 1, 2, Panel("trimmed_mean", 1, 3)))
    year = [
        PastEngagement(0, 1, table, tuple(PastSheet(ROLES[0], total, 100) for total in (50, 60, 80, 100)))
    ]
    facts = facts_of(year)
    seats = tuple(
        replace(sheet, role="expert" if seat else ROLES[0], seat=seat)
        for seat, sheet in enumerate(facts[0].sheets)
    )
    full = FullYear(arrays_of(year), [replace(facts[0], sheets=seats)], YearPlan(), {})
    rules = YearRules("equal", GRADES, Rounding(2))
    other = replace(rules, shares=(RoleShare(ROLES[0], 1, 5), RoleShare("expert", 4, 5)))
    sheets = full.year.sheets
    assert [full.roll_up(sheets, each).lines[0].score for each in (rules, other)] == [65, 74]


def test_rules_of_the_year_hold_under_the_simulation() -> None:
    """Credits of 5 upon a base of 0, beside 70 of the sheets, which become 75."""
    table = (RoleShare(ROLES[0], 1, 1),)
    year = [PastEngagement(0, 1, table, (PastSheet(ROLES[0], 70, 100),))]
    plan = YearPlan(base=0, cap=100_000)
    day = facts_of(year)[0].signed_on
    credit = AgencyFact(credits=(CreditFact(1, day, 50_000, "", ""),))
    full = FullYear(arrays_of(year), facts_of(year), plan, {0: credit})
    better = SheetTotals(np.array([80]), np.array([100]), np.array([True]))
    rules = YearRules("equal", GRADES, Rounding(2))
    assert [full.roll_up(each, rules).lines[0].score for each in (full.year.sheets, better)] == [
        Fraction(75),
        Fraction(85),
    ]


def test_which_rules_the_arrays_know() -> None:
    plans = (
        YearPlan(),
        YearPlan(weights=YearWeights.FEE),
        YearPlan(weights=YearWeights.AMOUNT),
        YearPlan(least_engagements=2),
    )
    assert [is_plain(plan) for plan in plans] == [True, True, False, False]
