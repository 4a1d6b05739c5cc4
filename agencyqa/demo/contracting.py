"""What the demo's contracts say: every way to find a fee, payments, and requests to give work away in every state."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.setting import INVENTED, WAN, YUAN, Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.contracts.enums import FeeMethod, MilestoneTrigger, SubcontractAction
from agencyqa.engagements.contracts.fees import Bracket, CostLine, TimeLine
from agencyqa.engagements.contracts.models import Subcontract
from agencyqa.engagements.contracts.services import (
    FeeTableData,
    SubcontractData,
    TermsData,
    decide_subcontract,
    enter_fee_table,
    enter_terms,
    request_subcontract,
    withdraw_subcontract,
)
from agencyqa.engagements.models import Engagement
from agencyqa.objects.models import EvaluationObject

# Invented, as the source says: 2 % of the first million yuan, then less and less.
BRACKETS = (
    Bracket(100 * WAN, 20_000),
    Bracket(500 * WAN, 12_000),
    Bracket(2_000 * WAN, 6_000),
    Bracket(None, 2_500),
)
METHODS = tuple(FeeMethod)
BARGAINED = "经磋商确定，与计算结果不同的部分由双方协商一致。"
PART = SubcontractData(
    "云汀数据调查有限公司（演示）", "受益对象问卷的现场发放和回收", 80_000, "调查点分散，需要当地人员"
)


class Contracting:
    def __init__(self, session: Session, stage: Stage, timeline: Timeline) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline

    def enter_table(self, first: date, now: datetime) -> None:
        lead = self.stage.actor(content.LEAD, now)
        data = FeeTableData(first, BRACKETS, INVENTED, 20_000 * YUAN)
        enter_fee_table(lead, self.session, data, now=now)

    def agree(self, engagement: Engagement, number: int, now: datetime) -> None:
        """Three payments; the fee by each method in turn."""
        method, fee = METHODS[number % len(METHODS)], engagement.fee
        first, second, people = fee * 3 // 10, fee * 5 // 10, fee * 7 // 10
        amount = self.session.get_one(EvaluationObject, engagement.object_id).amount
        costs = (CostLine("人员费用", people), CostLine("差旅和专家咨询", fee - people))
        times = (TimeLine("主评人", 30, 1_500 * YUAN), TimeLine("成员", 60, 900 * YUAN))
        data = TermsData(
            local_date(now),
            "按评价方案收集资料、现场核查、形成评价报告，并参加成果汇报。",
            method,
            amount=amount if method is FeeMethod.BRACKETED else None,
            costs=costs if method is FeeMethod.COST else (),
            times=times if method is FeeMethod.TIME else (),
            difference_reason=BARGAINED,
            payments={
                MilestoneTrigger.SIGNED: first,
                MilestoneTrigger.REPORT_ACCEPTED: second,
                MilestoneTrigger.ARCHIVED: fee - first - second,
            },
        )
        enter_terms(self.stage.actor(content.SUPERVISOR, now), self.session, engagement, data, now=now)

    def plan_request(self, engagement_id: int, day: date, action: SubcontractAction | None) -> None:
        """Answered three days later, or waiting."""
        self.timeline.at(day, lambda now: self._request(engagement_id, now))
        if action is not None:
            later = day + timedelta(days=3)
            self.timeline.at(later, lambda now: self._answer(engagement_id, action, now))

    def _request(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        agency = self.stage.agency_manager(engagement.agency_id, now)
        request_subcontract(agency, self.session, engagement, PART, now=now)

    def _answer(self, engagement_id: int, action: SubcontractAction, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        request = self.session.scalars(
            select(Subcontract).where(Subcontract.engagement_id == engagement_id)
        ).one()
        if action is SubcontractAction.WITHDRAW:
            agency = self.stage.agency_manager(engagement.agency_id, now)
            withdraw_subcontract(agency, self.session, request, seen_version=request.version, now=now)
            return
        is_bureau = engagement.commissioner_id == engagement.bureau_id
        decide_subcontract(
            self.stage.actor(content.SUPERVISOR, now)
            if is_bureau
            else self.stage.officer(engagement.commissioner_id, now),
            self.session,
            request,
            action,
            "仅限现场发放和回收，数据整理由本机构完成。",
            seen_version=request.version,
            now=now,
        )
