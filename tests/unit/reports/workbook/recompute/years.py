"""Random years of a bureau: panels, missing roles, weights, the form of the agency, credits, vetoes and kinds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from io import BytesIO
from itertools import count, pairwise
from typing import Literal

from hypothesis import strategies as st

from agencyqa.assessments.annual import SHOWN_PLACES, AgencyYear, years_of_agencies
from agencyqa.assessments.enums import RankGroups, RoleMissing, SheetState, YearWeights
from agencyqa.assessments.models import AnnualResult, AssessmentRound, GradeTable
from agencyqa.assessments.queries.tables import grade_bands, rounding_of
from agencyqa.assessments.year_facts import AgencyFact, CreditFact, EngagementFact, SheetFact
from agencyqa.assessments.year_plan import PlanVeto, YearPlan
from agencyqa.engagements.enums import EngagementState
from agencyqa.reports.workbook.content import Item, Year
from agencyqa.reports.workbook.marks import Marks
from agencyqa.reports.workbook.recompute import RecomputeSheet, write_recomputed_ranking
from agencyqa.scoring import Panel, RoleShare
from agencyqa.spreadsheets.workbook import open_workbook
from tests.factories.accounts import NOW

ROLES = ("bureau", "evaluated_unit", "expert")
GRADES = GradeTable(
    bands=[
        {"key": "good", "label": "良", "label_en": "Good", "low": 800_000},
        {"key": "poor", "label": "差", "label_en": "Poor", "low": 0},
        {"key": "fair", "label": "中", "label_en": "Fair", "low": 600_000},
    ],
    places=1,
)


def sheet(
    number: int,
    engagement: int | None,
    role: str,
    total: int,
    maximum: int,
    seat: int = 0,
    state: SheetState = SheetState.FINAL,
) -> SheetFact:
    return SheetFact(
        number, engagement, role, 1, state, total, maximum, {"": [total, maximum]}, None, 1, "any/1", False, 1,
        "", seat,
    )  # fmt: skip


@st.composite
def sheets(
    draw: st.DrawFn,
    number: int,
    engagement: int | None,
    role: str,
    seat: int = 0,
    state: SheetState = SheetState.FINAL,
) -> SheetFact:
    maximum = draw(st.sampled_from([1_000_000, 330_000, 940_001]))
    return sheet(number, engagement, role, draw(st.integers(0, maximum)), maximum, seat, state)


@st.composite
def shares(draw: st.DrawFn) -> tuple[RoleShare, ...]:
    edges = [0, *sorted(draw(st.lists(st.integers(0, 12), min_size=2, max_size=2))), 12]
    how: Literal["mean", "trimmed_mean"] = draw(st.sampled_from(["mean", "trimmed_mean"]))
    trim = draw(st.integers(1, 2))
    panel = Panel(
        how, trim, 1 if how == "mean" else 2 * trim + 1, draw(st.sampled_from(["wait", "leave_out"]))
    )
    return tuple(
        RoleShare(role, high - low, 12, panel if role == "expert" else None)
        for role, (low, high) in zip(ROLES, pairwise(edges), strict=True)
    )


@st.composite
def engagements(draw: st.DrawFn, number: int, agency: int) -> EngagementFact:
    held = draw(shares())
    has_gaps = draw(st.integers(0, 3)) == 0
    numbers = count(number * 100)
    found: list[SheetFact] = []
    for share in held:
        seats = [0] if share.panel is None else range(1, draw(st.integers(1, 6)) + share.panel.least)
        for seat in seats:
            is_gap = has_gaps and draw(st.integers(0, 2)) == 0
            state = SheetState.DRAFT if is_gap else SheetState.FINAL
            found.append(draw(sheets(next(numbers), number, share.role, seat, state)))
    figures = st.integers(0, 10**12)
    return EngagementFact(
        number, agency, f"机构 {agency}", str(agency), f"HT-{number}", "项目", draw(figures), date(2022, 3, 1),
        EngagementState.COMPLETED, 1, held, tuple(found), 1, "局", draw(st.sampled_from(list(RoleMissing))),
        draw(figures), draw(st.integers(0, 100)),
    )  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> YearPlan:
    base = draw(st.sampled_from([None, 0, 500_000]))
    credit_share = Fraction(0) if base is None else draw(st.sampled_from([Fraction(0), Fraction(1, 7)]))
    wide = 0 if credit_share else 700_000
    agency_share = draw(st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1), Fraction(6, 7)]))
    if agency_share + credit_share > 1:
        agency_share = Fraction(0)
    floor = cap = None
    if base is not None:
        floor = draw(st.one_of(st.none(), st.integers(-wide, base)))
        cap = draw(st.one_of(st.none(), st.integers(base, 1_000_000 + wide)))
    vetoes = tuple(
        PlanVeto(
            f"v{number}", f"否决 {number}", "", draw(st.one_of(st.none(), st.integers(0, 1_000_000))),
            draw(st.sampled_from(["poor", "fair"])), (f"f{number}",),
        )
        for number in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    return YearPlan(
        draw(st.sampled_from(list(YearWeights))), draw(st.integers(0, 3)), agency_share, base, credit_share, cap,
        floor, vetoes, draw(st.sampled_from(list(RankGroups))),
    )  # fmt: skip


@st.composite
def facts(draw: st.DrawFn, agency: int, plan: YearPlan) -> AgencyFact:
    points = st.lists(st.integers(-200_000, 200_000), max_size=3) if plan.base is not None else st.just([])
    return AgencyFact(
        draw(sheets(9_000 + agency, None, "agency_year")) if plan.agency_share else None,
        tuple(
            CreditFact(number, date(2022, 5, 1), each, "主动整改", "")
            for number, each in enumerate(draw(points))
        ),
        tuple(
            {"fault": veto.faults[0], "finding_id": 1, "number": "一"}
            for veto in plan.vetoes
            if draw(st.booleans())
        ),
        draw(st.sampled_from(["consulting_firm", "law_firm", ""])),
    )


@st.composite
def years(draw: st.DrawFn) -> tuple[YearPlan, list[AgencyYear]]:
    plan = draw(plans())
    agencies = range(1, draw(st.integers(1, 4)) + 1)
    held = [
        draw(engagements(10 * agency + number, agency))
        for agency in agencies
        for number in range(draw(st.integers(1, 3)))
    ]
    about = {agency: draw(facts(agency, plan)) for agency in agencies}
    return plan, years_of_agencies(held, plan, grade_bands(GRADES), rounding_of(GRADES), about)


def stored(number: int, year: AgencyYear) -> AnnualResult:
    """As the round keeps it."""
    return AnnualResult(
        id=number, agency_id=year.agency_id, agency_name=year.agency_name, state=year.state,
        numerator=None if year.score is None else str(year.score.numerator),
        denominator=None if year.score is None else str(year.score.denominator),
        rounded=year.rounded, places=SHOWN_PLACES, grade=year.grade, rank=year.rank, rank_group=year.group,
        group_rank=year.group_rank, group_count=year.group_count, engagement_count=year.engagement_count,
        inputs=year.inputs, trace=year.trace,
    )  # fmt: skip


def written_year(plan: YearPlan, made: Sequence[AgencyYear]) -> bytes:
    """Both recomputing sheets. No sheet is at hand, so each engagement begins with the sums that were kept of it."""
    results = [stored(number, year) for number, year in enumerate(made)]
    year = Year(AssessmentRound(), plan, GRADES, "局", results, {}, (), (), is_reference=False, is_demo=False)
    marks = Marks("年度", (), None)
    target = BytesIO()
    with open_workbook(target, title="", created=NOW) as book:
        figures = RecomputeSheet(book, year, marks)
        for result in results:
            pairs = zip(result.inputs["engagements"], result.trace["items"], strict=True)
            figures.write(
                Item(result, place, data, traced, None, ()) for place, (data, traced) in enumerate(pairs)
            )
        figures.finish()
        write_recomputed_ranking(book, year, marks, figures)
    return target.getvalue()
