"""Which total of a single sheet changes an annual grade: with it the grade is another, with one less it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agencyqa.assessments.annual import AgencyYear, years_of_agencies
from agencyqa.assessments.enums import WeightMode
from agencyqa.assessments.simulation.year_improvement import sheet_changes
from agencyqa.assessments.year_facts import EngagementFact
from agencyqa.scoring import GradeBand, RoleShare, Rounding
from tests.unit.assessments.simulation.years import (
    GRADES,
    ROLES,
    PastEngagement,
    PastSheet,
    facts_of,
    shares,
)
from tests.unit.examples import examples

LOWS = {band.key: band.low for band in GRADES}


def rolled(mode: WeightMode, rounding: Rounding, facts: Sequence[EngagementFact]) -> AgencyYear:
    return years_of_agencies(facts, mode, GRADES, rounding)[0]


def with_total(
    facts: Sequence[EngagementFact], engagement: int, role: str, total: int
) -> list[EngagementFact]:
    return [
        replace(
            fact,
            sheets=tuple(
                replace(sheet, total=total, measures={"": [total, sheet.max_points]})
                if fact.engagement_id == engagement and sheet.role == role
                else sheet
                for sheet in fact.sheets
            ),
        )
        for fact in facts
    ]


@st.composite
def whole_years(draw: st.DrawFn) -> list[PastEngagement]:
    """One agency with every sheet there."""
    return [
        PastEngagement(
            0,
            draw(st.integers(1, 10**6)),
            draw(shares()),
            tuple(
                PastSheet(role, draw(st.integers(0, maximum)), maximum)
                for role, maximum in zip(ROLES, (1_000_000, 940_000, 30), strict=True)
            ),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]


@examples(40)
@given(whole_years(), st.sampled_from(list(WeightMode)), st.integers(0, 2), st.booleans())
def test_with_it_the_grade_is_another_and_with_one_less_it_is_not(
    year: list[PastEngagement], mode: WeightMode, places: int, up: bool
) -> None:
    facts, rounding = facts_of(year), Rounding(places)
    now = rolled(mode, rounding, facts)
    assert now.grade is not None
    found = sheet_changes(facts, lambda each: rolled(mode, rounding, each), GRADES, rounding, up=up)
    assert len(found) == 3 * len(year)
    sign = 1 if up else -1

    def crossed(each: AgencyYear) -> bool:
        return (
            each.grade is not None
            and now.grade is not None
            and (LOWS[each.grade] - LOWS[now.grade]) * sign > 0
        )

    for change in found:
        number, sheet = change.engagement.engagement_id, change.sheet
        end = sheet.max_points if up else 0
        if change.needed is None:
            assert not crossed(rolled(mode, rounding, with_total(facts, number, sheet.role, end)))
            continue
        after = rolled(mode, rounding, with_total(facts, number, sheet.role, change.needed))
        assert crossed(after)
        assert (after.score, after.grade) == (change.score, change.grade)
        less = rolled(mode, rounding, with_total(facts, number, sheet.role, change.needed - sign))
        assert not crossed(less)


def test_by_hand() -> None:
    """70 and 80 make 75; 80 from 79.995 on needs 9.99 more: 79.99 or 89.99."""
    table = (RoleShare(ROLES[0], 1, 1),)
    sheets = [PastSheet(ROLES[0], 700_000, 1_000_000), PastSheet(ROLES[0], 800_000, 1_000_000)]
    facts = facts_of([PastEngagement(0, 1, table, (sheet,)) for sheet in sheets])
    rounding = Rounding(2)
    found = sheet_changes(
        facts, lambda each: rolled(WeightMode.EQUAL, rounding, each), GRADES, rounding, up=True
    )
    assert [(each.engagement.engagement_id, each.needed, each.size, each.grade) for each in found] == [
        (0, 799_900, 99_900, "good"),
        (1, 899_900, 99_900, "good"),
    ]


def test_the_best_has_no_better() -> None:
    table = (RoleShare(ROLES[0], 1, 1),)
    facts = facts_of([PastEngagement(0, 1, table, (PastSheet(ROLES[0], 900_000, 1_000_000),))])
    grades = (GradeBand("only", 0),)
    rounding = Rounding(2)
    found = sheet_changes(
        facts,
        lambda each: years_of_agencies(each, WeightMode.EQUAL, grades, rounding)[0],
        grades,
        rounding,
        up=True,
    )
    assert [each.needed for each in found] == [None]
