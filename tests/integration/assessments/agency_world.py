"""A year whose rules give the agency-level form a fifth, with credits on top, a veto, and ranks by kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import Agency
from agencyqa.assessments.enums import RankGroups, SheetState, YearWeights
from agencyqa.assessments.models import AnnualResult, AssessmentRound, ScoreSheet
from agencyqa.assessments.services.agency_sheets import open_agency_sheets
from agencyqa.assessments.services.review import finalise_sheet
from agencyqa.assessments.services.rounds import compute_round
from agencyqa.assessments.services.tables import add_year_rules
from agencyqa.assessments.year_plan import PlanVeto, YearPlan
from agencyqa.inspections.models import Finding
from tests.factories.accounts import NOW
from tests.factories.assessments import submit
from tests.factories.inspections import make_finding, make_spot_check
from tests.factories.measures import make_scheme
from tests.factories.rounds import make_round
from tests.integration.assessments.years import Year

POINT = 10_000
AGENCY_FORM = """\
key: agency-year
title: {zh: 机构年度评分表, en: Agency form, ours: true}
source: {zh: 测试用, en: For a test}
purpose: agency_year
valid_from: 2022-01-01
max_points: 50
sections:
  - key: all
    label: {zh: 内部管理, en: Management}
    max_points: 50
    criteria:
      - key: rules
        label: {zh: 内部制度, en: Internal rules}
        max_points: 30
        measure: M2
        provision: M2/practice_rules
        rule:
          kind: deductions
          points: 30
          faults:
            - {key: weak, amount: 10, label: {zh: 制度不健全, en: Incomplete rules}}
        counts:
          - {fault: weak_internal_rules, input: weak}
      - key: order
        label: {zh: 整改情况, en: Rectification}
        max_points: 20
        provision: M2/practice_rules
        rule: {kind: free, low: 0, high: 20}
"""
VETO = PlanVeto("lent", "出借资质", "Licence lent", 59 * POINT, "poor", ("no_contract",))
PLAN = YearPlan(
    YearWeights.EQUAL, 1, Fraction(1, 5), 0, Fraction(0), 5 * POINT, -5 * POINT, (VETO,), RankGroups.KIND
)


@dataclass
class AgencyYearWorld:
    year: Year
    found: AssessmentRound

    @property
    def session(self) -> Session:
        return self.year.session

    def sheets(self) -> list[ScoreSheet]:
        return open_agency_sheets(self.year.supervisor, self.session, self.found, now=NOW)

    def give(self, sheet: ScoreSheet, points: int) -> None:
        world = self.year.world
        submit(self.session, world.actor(world.supervisor), sheet, {"order": {"value": points * POINT}})
        finalise_sheet(
            world.actor(world.second_supervisor), self.session, sheet, seen_version=sheet.version, now=NOW
        )
        assert sheet.state is SheetState.FINAL

    def compute(self) -> dict[int, AnnualResult]:
        compute_round(self.year.supervisor, self.session, self.found, now=NOW)
        rows = self.session.scalars(select(AnnualResult).where(AnnualResult.round_id == self.found.id))
        return {row.agency_id: row for row in rows}

    def find(self, agency: Agency, fault: str, occurrences: int = 1) -> Finding:
        check = make_spot_check(self.session, self.year.world.bureau, agency)
        return make_finding(self.session, check, fault=fault, occurrences=occurrences)


def build_agency_year(year: Year, plan: YearPlan = PLAN) -> AgencyYearWorld:
    make_scheme(year.session, year.world.bureau, AGENCY_FORM)
    add_year_rules(year.lead, year.session, valid_from=date(2022, 1, 1), source="办法", plan=plan, now=NOW)
    return AgencyYearWorld(year, make_round(year.session, year.supervisor))
