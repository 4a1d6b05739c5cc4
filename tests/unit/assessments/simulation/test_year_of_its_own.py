"""Panels, carried shares, forms on agencies, credits and vetoes: the arrays give what a round of the facts gives."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import count

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.assessments.annual import years_of_agencies
from agencyqa.assessments.enums import RankGroups, RoleMissing, SheetState, YearWeights
from agencyqa.assessments.simulation.year import Beside, SheetTotals, YearArrays, YearRules, roll_up
from agencyqa.assessments.year_facts import AgencyFact, CreditFact, EngagementFact, SheetFact, is_counted
from agencyqa.assessments.year_plan import PlanVeto, YearPlan
from agencyqa.scoring import Panel, RoleShare, Rounding
from tests.unit.assessments.simulation.years import GRADES, PastEngagement, PastSheet, facts_of

ROLES = ("bureau", "expert")
VETO = PlanVeto("bad", "", "", 700_000, "fair", ("late",))
# Mostly there, or hardly a year would have a figure and a rank to compare.
MARKS = st.sampled_from([*range(11), None]).map(lambda total: (total, 10))
# The same facts as a round has them, and by agency what concerns it as a whole.
Past = tuple[list[EngagementFact], dict[int, AgencyFact], YearPlan]


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    panel = draw(
        st.sampled_from(
            [
                Panel("mean", 1, 1, "wait"),
                Panel("mean", 1, 2, "leave_out"),
                Panel("trimmed_mean", 1, 3, "leave_out"),
            ]
        )
    )
    part = draw(st.integers(0, 4))
    table = (RoleShare(ROLES[0], part, 4), RoleShare(ROLES[1], 4 - part, 4, panel))
    missing = draw(st.sampled_from(list(RoleMissing)))
    weights, limit = st.sampled_from([1, 2, 3, 1, 2, 3, 0, None]), st.one_of(st.none(), st.just(50_000))
    numbers, facts = count(), []
    for number in range(draw(st.integers(1, 5))):
        seats = [(0, draw(MARKS))] + [
            (seat, draw(MARKS)) for seat in range(1, draw(st.sampled_from([3, 4, 3, 4, 2, 0])) + 1)
        ]
        past = PastEngagement(draw(st.integers(0, 2)), draw(st.integers(0, 3)), table, ())
        fact = replace(facts_of([past])[0], engagement_id=number, role_missing=missing)
        sheets = tuple(
            _sheet(next(numbers), number, seat, *mark, decided=draw(st.integers(0, 15)) > 0)
            for seat, mark in seats
        )
        facts.append(replace(fact, sheets=sheets, amount=draw(weights), weight=draw(weights)))
    share = Fraction(draw(st.integers(0, 2)), 4)
    plan = YearPlan(
        draw(st.sampled_from(list(YearWeights))),
        least_engagements=draw(st.sampled_from([1, 1, 1, 2])),
        agency_share=share,
        base=draw(st.sampled_from([None, 0, 10_000])),
        vetoes=draw(st.sampled_from([(), (VETO,)])),
        groups=draw(st.sampled_from(list(RankGroups))),
    )
    if plan.base is not None:
        plan = replace(
            plan, cap=draw(limit), credit_share=draw(st.sampled_from([Fraction(0), Fraction(1, 4)]))
        )
    day, credits = facts[0].signed_on, st.lists(st.integers(-90_000, 90_000), max_size=2)
    agencies = {
        agency: AgencyFact(
            form=draw(st.sampled_from([_sheet(1000 + agency, None, 0, 7 + agency, 10)] * 3 + [None])),
            credits=tuple(CreditFact(n, day, each, "", "") for n, each in enumerate(draw(credits))),
            findings=({"fault": "late", "finding_id": 1, "number": "1"},) if draw(st.booleans()) else (),
            group=draw(st.sampled_from(["", "firm", "school"])) if plan.groups is not RankGroups.NONE else "",
        )
        for agency in range(3)
    }
    return facts, agencies, plan


def _sheet(
    sheet_id: int, engagement: int | None, seat: int, total: int | None, maximum: int, *, decided: bool = True
) -> SheetFact:
    past = PastEngagement(0, 1, (), (PastSheet(ROLES[bool(seat)], total, maximum),))
    fact = facts_of([past])[0].sheets[0]
    state = SheetState.FINAL if decided else SheetState.SUBMITTED
    return replace(fact, sheet_id=sheet_id, engagement_id=engagement, seat=seat, state=state)


def arrays_of(past: Past) -> YearArrays:
    facts, agencies, plan = past
    order = sorted({fact.agency_id for fact in facts})
    known = {agency: agencies.get(agency, AgencyFact()) for agency in order}
    sheets = [sheet for fact in facts for sheet in fact.sheets if is_counted(sheet)]
    forms = [(at, known[agency].form) for at, agency in enumerate(order) if known[agency].form is not None]
    every = [*sheets, *(form for _, form in forms if form is not None)]
    nowhere = np.full(len(forms), -1)
    return YearArrays(
        agencies=tuple((agency, f"agency {agency}") for agency in order),
        engagement_ids=[fact.engagement_id for fact in facts],
        contracts=[fact.contract for fact in facts],
        objects=["" for _ in facts],
        agency=np.array([order.index(fact.agency_id) for fact in facts]),
        fees=[fact.fee for fact in facts],
        shares=np.zeros(len(facts), dtype=np.int64),
        share_tables=(facts[0].shares,),
        roles=ROLES,
        sheet_ids=[sheet.sheet_id for sheet in every],
        engagement=np.r_[np.array([sheet.engagement_id or 0 for sheet in sheets], dtype=np.int64), nowhere],
        role=np.r_[np.array([ROLES.index(sheet.role) for sheet in sheets], dtype=np.int64), nowhere],
        version=np.ones(len(every), dtype=np.int64),
        sheets=SheetTotals(
            np.array([sheet.total or 0 for sheet in every], dtype=np.int64),
            np.array([sheet.max_points for sheet in every], dtype=np.int64),
            np.array([sheet.total is not None for sheet in every], dtype=bool),
        ),
        beside=Beside(
            (facts[0].role_missing.value,),
            [fact.amount for fact in facts],
            [fact.weight for fact in facts],
            np.array([sheet.seat for sheet in every], dtype=np.int64),
            np.r_[np.full(len(sheets), -1), np.array([at for at, _ in forms], dtype=np.int64)].astype(
                np.int64
            ),
            tuple(
                (number, ROLES.index(sheet.role))
                for number, fact in enumerate(facts)
                for sheet in fact.sheets
                if not is_counted(sheet)
            ),
            [sum(each.points for each in known[agency].credits) for agency in order],
            {veto.key: [bool(known[agency].findings) for agency in order] for veto in plan.vetoes},
            [known[agency].group for agency in order],
        ),
    )


@settings(max_examples=100, deadline=None)
@given(pasts(), st.one_of(st.none(), st.integers(0, 3)))
def test_the_arrays_give_what_the_round_gives(past: Past, other: int | None) -> None:
    """With the shares as they are, or with others; a panel stays a panel."""
    facts, agencies, plan = past
    year, shares = arrays_of(past), None
    if other is not None:
        shares = (RoleShare(ROLES[0], other, 3), RoleShare(ROLES[1], 3 - other, 3))
        own = (shares[0], replace(shares[1], panel=facts[0].shares[1].panel))
        facts = [replace(fact, shares=own) for fact in facts]
    rules = YearRules(plan.weights.value, GRADES, Rounding(1), shares, plan)
    found = roll_up(year, year.sheets, rules)
    expected = years_of_agencies(facts, plan, GRADES, Rounding(1), agencies)
    assert [
        (
            year.agencies[line.agency][0],
            line.score,
            line.rounded,
            line.rank,
            line.grade,
            line.engagements,
            line.group,
            line.group_rank,
        )
        for line in found.lines
    ] == [
        (
            each.agency_id,
            each.score,
            each.rounded,
            each.rank,
            each.grade,
            each.engagement_count,
            each.group,
            each.group_rank,
        )
        for each in expected
    ]
    scores = {item["key"]: item["score"] for each in expected for item in each.trace["items"]}
    for number, fact in enumerate(facts):
        known = scores[str(fact.engagement_id)]
        assert bool(found.engagements.known[number]) == (known is not None)
        if known is not None:
            figure = Fraction(int(found.engagements.numerator[number]), found.engagements.denominator)
            assert figure == Fraction(known["num"], known["den"])


def test_by_hand() -> None:
    """The experts' 6, 8 and 10 trimmed to 8, the bureau's 5: 65 by halves, and 74 at 20 to 80. With 10 of 10 for the
    agency as a whole at a quarter, 73.75; credits of 5 make 78.75.
    """
    table = (RoleShare(ROLES[0], 1, 2), RoleShare(ROLES[1], 1, 2, Panel("trimmed_mean", 1, 3)))
    marks = ((0, 5), (1, 6), (2, 8), (3, 10))
    fact = facts_of([PastEngagement(0, 1, table, ())])[0]
    fact = replace(fact, sheets=tuple(_sheet(seat, 0, seat, mark, 10) for seat, mark in marks))
    credit = CreditFact(1, fact.signed_on, 50_000, "", "")
    agency = AgencyFact(form=_sheet(9, None, 0, 10, 10), credits=(credit,))
    plan = YearPlan(agency_share=Fraction(1, 4))
    past: Past = ([fact], {0: agency}, plan)
    year = arrays_of(past)
    other = (RoleShare(ROLES[0], 1, 5), RoleShare(ROLES[1], 4, 5))
    found = [
        roll_up(year, year.sheets, YearRules("equal", GRADES, Rounding(2), shares, each)).lines[0].score
        for shares, each in (
            (None, YearPlan()),
            (other, YearPlan()),
            (None, plan),
            (None, replace(plan, base=0, cap=100_000)),
        )
    ]
    assert found == [65, 74, Fraction(295, 4), Fraction(315, 4)]
    assert year.name_of(4) == "agency 0"
