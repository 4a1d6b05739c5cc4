"""Milestones of the works under way in the demo: some done in time, one late, one that stands still, some to come."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.handing_in import REPORT_LEFT, works_under_way
from agencyqa.demo.setting import Stage
from agencyqa.engagements.deliverables.services.pauses import Grounds
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.schedule.enums import MilestoneKind
from agencyqa.engagements.schedule.models import Milestone
from agencyqa.engagements.schedule.services import (
    MilestoneData,
    cancel_milestone,
    extend,
    finish,
    pause,
    plan_milestone,
)
from agencyqa.measures.workdays import working_calendar

K = MilestoneKind
# Working days after the contract was signed, and what proves that it was done.
EARLY = ((K.KICK_OFF, 5, "启动会纪要和签到表（演示）"), (K.FIELDWORK_BEGINS, 12, "进场通知单（演示）"))
CANCELLED = "专家意见改为书面征求，不再召开评审会。"
LATER = Grounds("决算批复尚未取得，现场核查顺延。", "委托方书面意见（演示）")


class Milestones:
    def __init__(self, session: Session, stage: Stage) -> None:
        self.session = session
        self.stage = stage

    def enter(self, now: datetime) -> None:
        day = local_date(now)
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        for position, work in enumerate(works_under_way(self.session, self.stage, day, REPORT_LEFT)):
            signer = self.stage.agency_signer(work.agency_id, now)
            for kind, days, proof in EARLY:
                one = self._plan(supervisor, work, kind, days, now)
                # The second work began its fieldwork two days late.
                late = 2 if (kind, position) == (K.FIELDWORK_BEGINS, 1) else 0
                done_on = working_calendar(self.session).add(one.due_on, late).on
                if done_on <= day:
                    finish(signer, self.session, one, done_on, proof, seen_version=one.version, now=now)
            ends = self._plan(supervisor, work, K.FIELDWORK_ENDS, 45, now)
            if position == 0:
                extend(supervisor, self.session, ends, 5, LATER, seen_version=ends.version, now=now)
            elif position == 1:
                began_on = min(ends.due_on, day - timedelta(days=1))
                pause(supervisor, self.session, ends, began_on, LATER, seen_version=ends.version, now=now)
            meeting = self._plan(supervisor, work, K.EXPERT_MEETING, 55, now)
            if position == 0:
                cancel_milestone(
                    supervisor, self.session, meeting, CANCELLED, seen_version=meeting.version, now=now
                )
            self._plan(supervisor, work, K.PAYMENT, 75, now)

    def _plan(
        self, actor: Actor, work: Engagement, kind: MilestoneKind, days: int, now: datetime
    ) -> Milestone:
        data = MilestoneData(kind, "", None, None, work.contract_signed_on, days)
        return plan_milestone(actor, self.session, work, data, now=now)
