"""The demo's plans: one adjusted in its year, a draft for the next year, and a draft nobody wanted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.setting import Stage
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.planning.enums import PlanState
from agencyqa.engagements.planning.models import AnnualPlan
from agencyqa.engagements.planning.services import (
    LineData,
    add_line,
    adjust_plan,
    approve_plan,
    begin_plan,
    drop_plan,
)
from agencyqa.measures.enums import WorkKind
from agencyqa.objects.models import EvaluationObject

SOURCE = "年度预算绩效管理工作部署（演示）"


class Planning:
    def __init__(self, session: Session, stage: Stage, open_year: int) -> None:
        self.session = session
        self.stage = stage
        self.open_year = open_year

    def approve_first(self, now: datetime) -> None:
        """Evaluations of objects that stand in the register already, and more that are to come."""
        plan = self._begin(self.open_year, now)
        for number, thing in enumerate(self._objects(6)):
            self._add(plan, thing, WorkKind.INDICATOR_SYSTEM if number % 2 else WorkKind.RESEARCH, now)
        self._approve(plan, now)

    def adjust(self, now: datetime) -> None:
        """What was commissioned meanwhile comes in by a new version."""
        plan = self.session.scalars(
            select(AnnualPlan).where(
                AnnualPlan.bureau_id == self.stage.bureau.id, AnnualPlan.state == PlanState.APPROVED
            )
        ).one()
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        reason = "年中调整：补列已经安排的财政评价项目。"
        draft = adjust_plan(supervisor, self.session, plan, reason, now=now)
        self.session.flush()
        engagements = self.session.scalars(
            select(Engagement)
            .where(
                Engagement.bureau_id == self.stage.bureau.id,
                Engagement.assessment_year == self.open_year,
                Engagement.work_kind == WorkKind.EVALUATION,
            )
            .order_by(Engagement.id)
        ).all()
        for engagement in engagements:
            thing = self.session.get_one(EvaluationObject, engagement.object_id)
            self._add(draft, thing, engagement.work_kind, now, engagement)
        self._approve(draft, now)

    def draft_next(self, now: datetime) -> None:
        """A first attempt was dropped; the second one is being filled."""
        vain = self._begin(self.open_year + 1, now)
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        drop_plan(supervisor, self.session, vain, seen_version=vain.version, now=now)
        plan = self._begin(self.open_year + 1, now)
        for thing in self._objects(4):
            self._add(plan, thing, WorkKind.RESEARCH, now)

    def _begin(self, year: int, now: datetime) -> AnnualPlan:
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        return begin_plan(supervisor, self.session, year, SOURCE, now=now)

    def _approve(self, plan: AnnualPlan, now: datetime) -> None:
        lead = self.stage.actor(content.LEAD, now)
        approve_plan(lead, self.session, plan, seen_version=plan.version, now=now)

    def _objects(self, number: int) -> list[EvaluationObject]:
        statement = select(EvaluationObject).where(EvaluationObject.bureau_id == self.stage.bureau.id)
        newest = statement.order_by(EvaluationObject.budget_year.desc(), EvaluationObject.id).limit(number)
        return list(self.session.scalars(newest))

    def _add(
        self,
        plan: AnnualPlan,
        thing: EvaluationObject,
        kind: WorkKind,
        now: datetime,
        engagement: Engagement | None = None,
    ) -> None:
        data = LineData(
            thing.id,
            kind,
            self.stage.bureau.id if engagement is None else engagement.commissioner_id,
            thing.department_id if engagement is None else engagement.evaluated_unit_id,
            date(plan.year, 6, 30) if engagement is None else engagement.due_on,
            10_000_000 if engagement is None else engagement.fee,
            "资金量大、社会关注度高" if local_date(now).month < 6 else "",
        )
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        add_line(supervisor, self.session, plan, data, seen_version=plan.version, now=now)
