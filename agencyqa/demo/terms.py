"""Terms of the demo that were lengthened, stand still, or went on after a pause; and files that were sealed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.handing_in import REPORT_LEFT, works_under_way
from agencyqa.demo.milestones import Milestones
from agencyqa.demo.setting import Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.archive.checklist import checklist
from agencyqa.engagements.archive.services import seal
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.services.pauses import Grounds
from agencyqa.engagements.milestones.services import extend_term, pause_term, resume_term
from agencyqa.engagements.models import Engagement

WAITING = Grounds("等待主管部门提供项目决算批复。", "分管领导批示（演示）")
LONGER = Grounds("现场核查范围扩大，经委托方申请延长。", "局长办公会纪要（演示）")


class Terms:
    def __init__(self, session: Session, stage: Stage) -> None:
        self.session = session
        self.stage = stage

    def plan(self, timeline: Timeline, last: date) -> None:
        timeline.at(last - timedelta(days=3), self._move, hour=9)
        timeline.at(last - timedelta(days=3), Milestones(self.session, self.stage).enter, hour=10)
        timeline.at(last - timedelta(days=2), self._seal, hour=9)

    def _move(self, now: datetime) -> None:
        """The first work has more time for its report; its papers stood still for two days, and do in the second."""
        day = local_date(now)
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        works = works_under_way(self.session, self.stage, day, REPORT_LEFT)
        report = self._of(works[0].id, DeliverableKind.REPORT)
        extend_term(supervisor, self.session, report, 10, LONGER, seen_version=report.version, now=now)
        for position, work in enumerate(works[:2]):
            papers = self._of(work.id, DeliverableKind.WORK_PAPERS)
            began_on = day - timedelta(days=2)
            pause_term(
                supervisor, self.session, papers, began_on, WAITING, seen_version=papers.version, now=now
            )
            if position == 0:
                resume_term(
                    supervisor,
                    self.session,
                    papers,
                    day,
                    "已收到决算批复。",
                    anew=False,
                    seen_version=papers.version,
                    now=now,
                )

    def _seal(self, now: datetime) -> None:
        """The first two works of the agency that signs in whose file is whole."""
        agency = self.stage.agencies[0].id
        works = select(Engagement).where(
            Engagement.agency_id == agency, Engagement.bureau_id == self.stage.bureau.id
        )
        found = [
            work
            for work in self.session.scalars(works.order_by(Engagement.id)).all()
            if all(line.is_there for line in checklist(self.session, work))
        ]
        for work in found[:2]:
            seal(self.stage.agency_signer(agency, now), self.session, work, now=now)

    def _of(self, engagement_id: int, kind: DeliverableKind) -> Deliverable:
        statement = select(Deliverable).where(
            Deliverable.engagement_id == engagement_id, Deliverable.kind == kind
        )
        return self.session.scalars(statement).one()
