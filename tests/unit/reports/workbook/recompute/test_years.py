"""The year over its engagements, worked out by the independent evaluator."""

from __future__ import annotations

from datetime import date

from hypothesis import Phase, given, settings

from agencyqa.assessments.annual import AgencyYear, years_of_agencies
from agencyqa.assessments.queries.tables import grade_bands, rounding_of
from agencyqa.assessments.year_facts import AgencyFact, CreditFact, EngagementFact
from agencyqa.assessments.year_plan import PlanVeto, YearPlan
from agencyqa.engagements.enums import EngagementState
from agencyqa.reports.workbook.recompute.columns import At
from agencyqa.scoring import RoleShare
from tests.unit.reports.workbook.recompute.written import Read
from tests.unit.reports.workbook.recompute.years import GRADES, sheet, written_year, years

POINT = 10_000


# A year is too large to be made smaller in any bearable time once it fails.
@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(years())
def test_random_years_give_what_the_engine_gives(year: tuple[YearPlan, list[AgencyYear]]) -> None:
    plan, made = year
    read = Read(written_year(plan, made))
    assert read.departures() == []
    assert read.notes() <= {"暂定", "评分表未找到，取计算年度结果时存储的总分"}


def test_the_bounds_of_a_year() -> None:
    """An account below its floor, a figure above 100 that credits do not lower, and a veto of the grade alone."""
    plan = YearPlan(
        base=0,
        floor=-5 * POINT,
        cap=5 * POINT,
        vetoes=(PlanVeto("lent", "出借资质", "", None, "poor", ("no_contract",)),),
    )
    finding = {"fault": "no_contract", "finding_id": 1, "number": "一"}
    made = years_of_agencies(
        [engagement(1, 104), engagement(2, 90), engagement(3, 95)],
        plan,
        grade_bands(GRADES),
        rounding_of(GRADES),
        {
            1: AgencyFact(credits=(credit(20),)),
            2: AgencyFact(credits=(credit(-20), credit(1))),
            3: AgencyFact(findings=(finding,)),
        },
    )
    assert [(year.agency_id, year.rounded, year.grade) for year in made] == [
        (1, 10_400, "good"),
        (3, 9_500, "poor"),
        (2, 8_500, "good"),
    ]
    read = Read(written_year(plan, made))
    assert read.departures() == []
    assert [read.worked_out(row, At.COUNTED) for row in read.rows("年度（四舍五入）")] == [104, 95, 85]
    assert [read.worked_out(row, At.COUNTED) for row in read.rows("积分合计")] == [5 * POINT, 0, -5 * POINT]
    assert [read.worked_out(row, At.COUNTED) for row in read.rows("等级")] == ["良", "差", "良"]


def engagement(agency: int, points: int) -> EngagementFact:
    share = RoleShare("bureau", 1, 1)
    held = sheet(agency, agency, "bureau", points * POINT, 100 * POINT)
    return EngagementFact(
        agency, agency, f"机构 {agency}", str(agency), f"HT-{agency}", "项目", 1, date(2022, 3, 1),
        EngagementState.COMPLETED, 1, (share,), (held,), 1, "局",
    )  # fmt: skip


def credit(points: int) -> CreditFact:
    return CreditFact(points, date(2022, 5, 1), points * POINT, "事由", "")
