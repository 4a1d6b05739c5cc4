"""What is reached on the way of an engagement."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from agencyqa.engagements.models import Engagement
from agencyqa.engagements.schedule.enums import MilestoneKind, MilestoneState, Party, StepKind
from agencyqa.engagements.schedule.models import Milestone, MilestoneStep
from tests.factories.accounts import NOW


def make_milestone(
    session: Session, engagement: Engagement, title: str = "启动会", due_on: date | None = None
) -> Milestone:
    milestone = Milestone(
        bureau_id=engagement.bureau_id,
        agency_id=engagement.agency_id,
        engagement_id=engagement.id,
        kind=MilestoneKind.OTHER,
        title=title,
        party=Party.AGENCY,
        state=MilestoneState.PLANNED,
        due_on=due_on or engagement.due_on,
        is_due_provisional=False,
        created_at=NOW,
    )
    session.add(milestone)
    session.flush()
    step = MilestoneStep(
        milestone_id=milestone.id,
        kind=StepKind.PLANNED,
        after_on=milestone.due_on,
        text="",
        authority="",
        at=NOW,
        body_id=engagement.bureau_id,
    )
    session.add(step)
    session.flush()
    return milestone
