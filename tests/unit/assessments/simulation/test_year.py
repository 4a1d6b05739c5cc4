"""The year over arrays gives what a round of the same facts gives, to the last fraction."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.assessments.annual import years_of_agencies
from agencyqa.assessments.enums import WeightMode
from agencyqa.assessments.simulation.simulate import simulate
from agencyqa.assessments.simulation.year import YearArrays, YearRules, roll_up
from agencyqa.scoring import RoleShare, Rounding
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
from tests.unit.examples import examples

EQUAL = YearRules("equal", GRADES, Rounding(2))


def lines_of(year: YearArrays, rules: YearRules) -> list[tuple[Any, ...]]:
    return [
        (year.agencies[line.agency][0], line.score, line.rounded, line.rank, line.grade, line.engagements)
        for line in roll_up(year, year.sheets, rules).lines
    ]


@examples(60)
@given(past_years(), st.sampled_from(list(WeightMode)))
def test_the_arrays_give_what_the_round_gives(year: list[PastEngagement], mode: WeightMode) -> None:
    expected = [
        (each.agency_id, each.score, each.rounded, each.rank, each.grade, each.engagement_count)
        for each in years_of_agencies(facts_of(year), mode, GRADES, Rounding(2))
    ]
    assert lines_of(arrays_of(year), YearRules(mode.value, GRADES, Rounding(2))) == expected


@examples(60)
@given(past_years(), shares())
def test_other_shares_are_those_of_every_engagement(
    year: list[PastEngagement], other: tuple[RoleShare, ...]
) -> None:
    changed = [PastEngagement(each.agency, each.fee, other, each.sheets) for each in year]
    expected = lines_of(arrays_of(changed), EQUAL)
    assert lines_of(arrays_of(year), YearRules("equal", GRADES, Rounding(2), other)) == expected


def two_agencies() -> YearArrays:
    table = (RoleShare(ROLES[0], 1, 1),)
    return arrays_of(
        [
            PastEngagement(0, 1, table, (PastSheet(ROLES[0], 850_000, 1_000_000),)),
            PastEngagement(0, 3, table, (PastSheet(ROLES[0], 730_000, 1_000_000),)),
            PastEngagement(1, 1, table, (PastSheet(ROLES[0], 780_000, 1_000_000),)),
        ]
    )


def test_moves_by_hand() -> None:
    """79 against 78; by fee 76 against 78, so the second agency passes the first."""
    found = simulate(two_agencies(), EQUAL, YearRules("fee", GRADES, Rounding(2)))
    assert [
        (m.after.agency, m.before.rounded, m.after.rounded, m.before.rank, m.after.rank, m.rank_move)
        for m in found.moves
    ] == [(1, 7800, 7800, 2, 1, 1), (0, 7900, 7600, 1, 2, -1)]
    assert [(m.changed, m.grade_changed, m.difference) for m in found.moves] == [
        (True, False, Fraction(0)),
        (True, False, Fraction(-3)),
    ]
    assert list(found.changed_engagements()) == []


def test_other_limits_move_grades_and_nothing_else() -> None:
    lower = tuple(type(band)(band.key, 790_000 if band.key == "good" else band.low) for band in GRADES)
    found = simulate(two_agencies(), EQUAL, YearRules("equal", lower, Rounding(2)))
    assert [
        (m.before.grade, m.after.grade, m.grade_move, m.rank_move, m.difference) for m in found.moves
    ] == [
        ("fair", "good", 1, 0, Fraction(0)),
        ("fair", "fair", 0, 0, Fraction(0)),
    ]


def test_a_year_without_engagements_is_empty() -> None:
    year = arrays_of([])
    assert roll_up(year, year.sheets, EQUAL).lines == ()
    assert list(np.flatnonzero(roll_up(year, year.sheets, EQUAL).engagements.known)) == []
