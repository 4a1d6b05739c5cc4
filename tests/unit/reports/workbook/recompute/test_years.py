"""The year over its engagements, worked out by the independent evaluator."""

from __future__ import annotations

from hypothesis import Phase, given, settings

from agencyqa.assessments.annual import AgencyYear
from agencyqa.assessments.year_plan import YearPlan
from tests.unit.reports.workbook.recompute.written import Read
from tests.unit.reports.workbook.recompute.years import written_year, years


# A year is too large to be made smaller in any bearable time once it fails.
@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(years())
def test_random_years_give_what_the_engine_gives(year: tuple[YearPlan, list[AgencyYear]]) -> None:
    plan, made = year
    read = Read(written_year(plan, made))
    assert read.departures() == []
    assert read.notes() <= {"暂定", "评分表未找到，取计算年度结果时存储的总分"}
