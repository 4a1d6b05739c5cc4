"""A year with every rule, scored by forms with every option: what the workbook must recompute without a gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from agencyqa.agencies.enums import AgencyKind
from agencyqa.assessments.enums import RankGroups, RoleMissing, YearWeights
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import AssessmentRound, ScoreSheet
from agencyqa.assessments.services.agency_sheets import open_agency_sheets
from agencyqa.assessments.services.credits import enter_credit, set_weight
from agencyqa.assessments.services.inviting import invite_experts
from agencyqa.assessments.services.rounds import compute_round
from agencyqa.assessments.services.scoring import submit_sheet
from agencyqa.assessments.services.tables import add_share_table, add_year_rules
from agencyqa.assessments.year_plan import YearPlan
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import Panel
from tests.factories.accounts import NOW, make_member, make_observer, make_user
from tests.factories.agencies import make_agency
from tests.factories.assessments import program_of_sheet, submit
from tests.factories.inspections import make_finding, make_spot_check
from tests.factories.measures import MIXED_FORM, make_scheme
from tests.integration.assessments.agency_world import AGENCY_FORM, VETO
from tests.integration.reports.world import District

POINT = 10_000
# By weights; what is not answered is left out; two bonuses, one on the other; a cap; vetoes of total and of grade.
WEIGHTED_FORM = """\
key: weighted
title: {zh: 按权重评分表, en: By weights, ours: true}
source: {zh: 测试用, en: For a test}
purpose: bureau
valid_from: 2022-01-01
max_points: 100
adding: weights
unanswered: leave_out
least_assessed: 40
total_cap: 104
rounding: {places: 1}
grades:
  - {key: good, label: {zh: 良好, en: Good}, low: 80}
  - {key: pass, label: {zh: 合格, en: Pass}, low: 60}
  - {key: fail, label: {zh: 不合格, en: Fail}, low: 0}
sections:
  - key: work
    label: {zh: 工作, en: Work}
    max_points: 50
    criteria:
      - {key: plan, label: {zh: 方案, en: Plan}, max_points: 7, weight: 30, provision: M2/practice_rules, measure: M2,
         rule: {kind: free, low: 0, high: 7, step: 0.1}}
      - {key: voice, label: {zh: 评价, en: Rating}, max_points: 11, weight: 20, provision: M2/practice_rules,
         rule: {kind: rating, points: 11, low: 1, high: 6, places: 2,
                low_label: {zh: 差, en: Poor}, high_label: {zh: 好, en: Good}}}
      - {key: seen, label: {zh: 只列示, en: Shown}, max_points: 5, weight: 0, provision: M2/practice_rules,
         rule: {kind: free, low: 0, high: 5}}
  - key: report
    label: {zh: 报告, en: Report}
    max_points: 50
    criteria:
      - {key: share, label: {zh: 完成率, en: Share done}, max_points: 13, weight: 25, provision: M3/quality_assessment,
         measure: M3, rule: {kind: ratio, points: 13, places: 3, actual_label: {zh: 实际, en: Actual},
                             planned_label: {zh: 计划, en: Planned}}}
      - {key: clean, label: {zh: 差错, en: Errors}, max_points: 9, weight: 25, provision: M3/quality_assessment,
         rule: {kind: deductions, points: 9, faults: [{key: slip, amount: 0.7, label: {zh: 差错, en: Slip}}]}}
      - {key: second, label: {zh: 再加分, en: Second bonus}, max_points: 3, bonus: true, provision: M2/practice_rules,
         only_if: [{criterion: first, test: at_least, points: 1}], rule: {kind: free, low: 0, high: 3, step: 0.5}}
      - {key: first, label: {zh: 加分, en: First bonus}, max_points: 6, bonus: true, provision: M2/practice_rules,
         only_if: [{criterion: plan, test: full}, {criterion: clean, test: at_least, points: 5}],
         rule: {kind: free, low: 0, high: 6, step: 0.5}}
vetoes:
  - {key: false_report, label: {zh: 报告虚假, en: False report}, provision: M2/violations, measure: M2, caps_total: 70,
     exception: misled, exception_label: {zh: 系他人所致, en: Misled}}
  - {key: leaked, label: {zh: 泄密, en: Leak}, provision: M2/violations, caps_grade: pass}
"""
FULL: dict[str, Any] = {
    "plan": {"value": 70_000},
    "voice": {"rating": 5},
    "seen": {"value": 12_345},
    "share": {"actual": 71_000, "planned": 90_000},
    "clean": {"slip": 1},
    "first": {"value": 60_000},
    "second": {"value": 25_000},
    "false_report": {"raised": False},
    "leaked": {"raised": False},
}
# Best of all; the same with a veto of the grade; little assessed under a veto; a condition unmet; a veto excepted.
BUREAU_SHEETS: list[dict[str, Any]] = [
    {**FULL, "share": {"actual": 90_000, "planned": 90_000}, "clean": {"slip": 0}, "voice": {"rating": 6}},
    {**FULL, "leaked": {"raised": True}},
    {
        **FULL,
        "voice": {"rating": 0},
        "share": {},
        "seen": {},
        "false_report": {"raised": True, "misled": False},
    },
    {**FULL, "plan": {"value": 69_000}, "first": {}},
    {**FULL, "false_report": {"raised": True, "misled": True}, "clean": {"slip": 9}},
]
EXPERT: dict[str, Any] = {
    "on_time": {"days": 3, "amount": 5_000_000},
    "archive": {"plan": True, "papers": True, "reviews": True},
    "interviews": {"actual": 30, "planned": 40},
    "staffing": {"unqualified_staff": False, "level": "high"},
    "report": {"band": "strong", "value": 183_000},
    "errors": {"figure": 1, "wording": 9},
    "advice": {"useful.met": True, "manner.amount": 0},
    "satisfaction": {"rating": 5},
    "remark": {"value": 40_000},
    "method": {"value": 30_000},
    "false_report": {"raised": False},
}
EXPERT_SHEETS: list[dict[str, Any]] = [
    EXPERT,
    {**EXPERT, "satisfaction": {"rating": 0}, "archive": {"plan": True, "papers": False, "reviews": True}},
    {**EXPERT, "false_report": {"raised": True, "misled": False}},
]
THIRD = Fraction(1, 3)
ROLES = [(Purpose.BUREAU, THIRD), (Purpose.EVALUATED_UNIT, THIRD), (Purpose.EXPERT, THIRD)]
PLAN = YearPlan(
    YearWeights.SET, 2, Fraction(1, 5), 2 * POINT, Fraction(0), 5 * POINT, -5 * POINT,
    (VETO, replace(VETO, key="other", label="其他", caps_total=80 * POINT, faults=("no_work_paper",))), RankGroups.KIND,
)  # fmt: skip


def build_full_year(own: District) -> AssessmentRound:
    """Three agencies with two engagements each, the first under a veto of the year, and one with a single engagement.

    Experts have scored the first engagement alone, three of four who were invited; the units have scored nothing.
    """
    session, supervisor = own.session, own.actor(own.supervisor)
    for text in (WEIGHTED_FORM, AGENCY_FORM, _expert_form()):
        make_scheme(session, own.bureau, text)
    add_share_table(
        own.actor(own.lead), session, valid_from=date(2022, 1, 1), source="办法", shares=ROLES,
        panel=Panel("trimmed_mean", 1, 3, "leave_out"), role_missing=RoleMissing.REWEIGHT, now=NOW,
    )  # fmt: skip
    add_year_rules(
        own.actor(own.lead), session, valid_from=date(2022, 1, 1), source="办法", plan=PLAN, now=NOW
    )
    second = make_agency(session, own.bureau, "=浦江会计师事务所", kind=AgencyKind.ACCOUNTING_FIRM)
    third = make_agency(session, own.bureau, "独木咨询有限公司")
    agencies = [own.agency, own.agency, second, second, third]
    for number, (agency, answers) in enumerate(zip(agencies, BUREAU_SHEETS, strict=True)):
        engagement = own.engage(f"项目 {number}", agency, contract_number=f"HT-{number}")
        set_weight(supervisor, session, engagement, weight=3 * number + 1, reason="工作量", now=NOW)
        sheet = own.sheets(engagement)[Purpose.BUREAU]
        # The scorer of the second one departs from what the rule gives.
        _score(own, sheet, answers, {"clean": 75_000} if number == 1 else None)
        if not number:
            _panel(own, engagement)
    for points in (3, -1):
        enter_credit(
            supervisor, session, agency_id=second.id, occurred_on=date(2022, 6, 1), points=points * POINT,
            reason="表彰与提醒", evidence="文件", now=NOW,
        )  # fmt: skip
    make_finding(session, make_spot_check(session, own.bureau, own.agency), fault="no_contract")
    found = own.round()
    for sheet in open_agency_sheets(supervisor, session, found, now=NOW):
        _score(own, sheet, {"order": {"value": 130_000}})
    compute_round(supervisor, session, found, now=NOW)
    return found


def _expert_form() -> str:
    text = MIXED_FORM.read_text(encoding="utf-8").replace("valid_from: 2024-01-01", "valid_from: 2022-01-01")
    return text.replace("purpose: bureau", "purpose: expert").replace("key: mixed-form", "key: expert-form")


def _score(
    own: District, sheet: ScoreSheet, answers: dict[str, Any], entered: dict[str, int] | None = None
) -> None:
    program = program_of_sheet(own.session, sheet)
    entry = Entry(answers, entered or {}, dict.fromkeys(entered or {}, "另有说明"))
    submit_sheet(
        own.actor(own.supervisor), own.session, sheet, program, entry, seen_version=sheet.version, now=NOW
    )
    own.accept(sheet)


def _panel(own: District, engagement: Engagement) -> None:
    pool = make_observer(own.session, own.bureau, "专家库")
    experts = [
        make_member(own.session, pool, Role.EXPERT, make_user(own.session, display_name=f"专家{name}"))
        for name in "甲乙丙丁"
    ]
    own.session.flush()
    sheets = invite_experts(
        own.actor(own.supervisor), own.session, engagement, [each.user_id for each in experts], now=NOW
    )
    for sheet, expert, answers in zip(sheets, experts, EXPERT_SHEETS, strict=False):
        submit(own.session, own.actor(expert), sheet, answers)
        own.accept(sheet)
