"""What hangs on the engagements of a crowd: plans, selections, contracts, teams, files, reviews, archives."""

from __future__ import annotations

import sqlalchemy as sa

from agencyqa.agencies.models import Tie
from agencyqa.engagements.contracts.models import ContractTerms, FeeTable, PaymentMilestone, Subcontract
from agencyqa.engagements.planning.models import AnnualPlan, PlanLine
from agencyqa.engagements.recusal.models import IndependenceDeclaration, RecusalCase
from agencyqa.engagements.selection.models import AgencyExclusion, Selection, SelectionCandidate
from agencyqa.engagements.team.models import TeamChange, TeamMember
from benchmarks.crowd import FIRST_DAY, NUMBERS, Crowd, Filler, pick

FILES = 20_000
KINDS = ("plan", "work_papers", "draft", "report")
YEARS = 10
n = NUMBERS.c.n


def fill_work(filler: Filler, crowd: Crowd) -> None:
    for part in (_plans, _selections, _contracts, _teams, _recusals):
        part(filler, crowd)


def _plans(filler: Filler, crowd: Crowd) -> None:
    filler.put(
        AnnualPlan,
        YEARS,
        {
            "id": n + 1,
            "bureau_id": crowd.bureau_id,
            "year": FIRST_DAY.year + n,
            "number": 1,
            "state": "approved",
            "source": "年度计划",
            "created_at": filler.moment(n * 365),
            "approved_at": filler.moment(n * 365 + 9),
        },
    )
    filler.put(
        PlanLine,
        crowd.objects,
        {
            "plan_id": n * YEARS // crowd.objects + 1,
            "object_id": n + 1,
            "work_kind": "evaluation",
            "commissioner_id": crowd.commissioner(n),
            "evaluated_unit_id": crowd.unit(n),
            "budget": (n % 400 + 20) * 100_000,
            "due_on": filler.day(n * crowd.days // crowd.objects + 200),
        },
    )


def _selections(filler: Filler, crowd: Crowd) -> None:
    start = crowd.start(n)
    state = sa.case(
        (n % 400 == 3, "draft"), (n % 400 == 4, "decided"), (n % 400 == 5, "cancelled"), else_="used"
    )
    filler.put(
        Selection,
        crowd.engagements,
        {
            "id": n + 1,
            "bureau_id": crowd.bureau_id,
            "object_id": n // 2 + 1,
            "work_kind": "evaluation",
            "commissioner_id": crowd.commissioner(n),
            "evaluated_unit_id": crowd.unit(n),
            "method": pick(n, ("open_tender", "invited_tender", "consultation", "framework")),
            "held_on": filler.day(start),
            "state": state,
            "chosen_agency_id": sa.case((state.in_(("decided", "used")), crowd.agency(n)), else_=sa.null()),
            "reason": "综合得分最高",
            "engagement_id": sa.case((state == "used", n + 1), else_=sa.null()),
            "created_at": filler.moment(start),
            "decided_at": filler.moment(start + 1),
        },
    )
    filler.put(
        SelectionCandidate,
        2 * crowd.engagements,
        {
            "selection_id": n // 2 + 1,
            "agency_id": crowd.first_agency + (n // 2 * 7 + n % 2) % crowd.agencies,
            "offer": (n % 400 + 20) * 100_000,
            "score": 900_000 - n % 9 * 10_000,
            "entered_at": filler.moment(n // 2 * crowd.days // crowd.engagements),
        },
    )
    filler.put(
        AgencyExclusion,
        crowd.agencies // 20,
        {
            "bureau_id": crowd.bureau_id,
            "agency_id": crowd.first_agency + n * 20,
            "valid_from": filler.day(crowd.days - 100 - n % 900),
            "valid_to": filler.day(crowd.days - 100 - n % 900 + 365),
            "reason": "考核结果为差",
            "entered_at": filler.moment(crowd.days - 100 - n % 900),
        },
    )


def _contracts(filler: Filler, crowd: Crowd) -> None:
    filler.put(
        FeeTable,
        3,
        {
            "bureau_id": crowd.bureau_id,
            "valid_from": filler.day(n * 1000),
            "valid_to": sa.case((n < 2, filler.day(n * 1000 + 999)), else_=sa.null()),
            "brackets": [{"upto": None, "rate": 3000}],
            "minimum": 1_000_000,
            "source": "测量用标准",
            "entered_at": filler.moment(n * 1000),
        },
    )
    fee = (n % 400 + 20) * 100_000
    filler.put(
        ContractTerms,
        crowd.engagements,
        {
            "id": n + 1,
            "engagement_id": n + 1,
            "number": 1,
            "agreed_on": filler.day(crowd.start(n)),
            "scope": "对项目支出开展绩效评价",
            "method": "agreed",
            "basis": {},
            "fee": fee,
            "entered_at": filler.moment(crowd.start(n)),
        },
    )
    filler.put(
        PaymentMilestone,
        2 * crowd.engagements,
        {
            "terms_id": n // 2 + 1,
            "position": n % 2 + 1,
            "trigger": pick(n, ("signed", "report_accepted")),
            "amount": (n // 2 % 400 + 20) * 50_000,
        },
    )
    filler.put(
        Subcontract,
        crowd.engagements // 100,
        {
            "engagement_id": n * 100 + 2,
            "party": "示例协作单位",
            "scope": "问卷调查",
            "share": 200_000,
            "reason": "样本量大",
            "state": sa.case((n % 20 == 0, "requested"), else_="consented"),
            "requested_at": filler.moment(crowd.start(n * 100)),
        },
    )


def _teams(filler: Filler, crowd: Crowd) -> None:
    """Three people of the agency; what they signed is missing in one running team of twenty."""
    engagement = n // 3
    person = crowd.evaluator(engagement) + n % 3 * crowd.agencies
    filler.put(
        TeamMember,
        3 * crowd.engagements,
        {
            "engagement_id": engagement + 1,
            "person_id": person,
            "role": sa.case((n % 3 == 0, "principal_evaluator"), else_="member"),
            "valid_from": filler.day(crowd.start(engagement)),
            "entered_at": filler.moment(crowd.start(engagement)),
        },
    )
    filler.put(
        IndependenceDeclaration,
        3 * crowd.engagements,
        {
            "engagement_id": engagement + 1,
            "person_id": person,
            "number": 1,
            "is_independent": True,
            "text": "本人与各方没有利害关系。",
            "sha256": "0" * 64,
            "way": "self",
            "signed_on": filler.day(crowd.start(engagement) + 1),
            "recorded_at": filler.moment(crowd.start(engagement) + 1),
            "recorded_by_name": "测量账号",
        },
        sa.not_(sa.and_(crowd.runs(engagement), engagement % 20 == 1)),
    )
    filler.put(
        TeamChange,
        crowd.engagements // 50,
        {
            "engagement_id": n * 50 + 3,
            "joins_id": crowd.evaluator(n * 50 + 2) + 3 * crowd.agencies,
            "role": "member",
            "reason": "增加力量",
            "state": sa.case((n % 50 == 0, "proposed"), else_="consented"),
            "proposed_at": filler.moment(crowd.start(n * 50)),
            "proposed_by_body_id": crowd.agency(n * 50 + 2),
        },
    )


def _recusals(filler: Filler, crowd: Crowd) -> None:
    filler.put(
        Tie,
        2 * crowd.agencies,
        {
            "id": n + 1,
            "agency_id": crowd.first_agency + n // 2,
            "body_id": crowd.first_department + n % crowd.departments,
            "bureau_id": crowd.bureau_id,
            "kind": pick(n, ("advisory", "past_employment")),
            "valid_from": filler.day(n % crowd.days),
            "valid_to": filler.day(n % crowd.days + 400),
            "recorded_at": filler.moment(n % crowd.days),
        },
    )
    filler.put(
        RecusalCase,
        crowd.engagements // 50,
        {
            "engagement_id": n * 50 + 2,
            "cause": "tie",
            "tie_id": n % crowd.agencies + 1,
            "findings": [],
            "state": sa.case((n % 20 == 0, "open"), else_="continued"),
            "opened_at": filler.moment(crowd.start(n * 50)),
        },
    )
