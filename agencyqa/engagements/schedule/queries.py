"""Reads for the page of milestones of one engagement; the caller has asked who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body, User
from agencyqa.auth.actor import Actor
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.deliverables.policies import version_visible
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.schedule.models import Milestone, MilestoneStep
from agencyqa.engagements.schedule.policies import visible
from agencyqa.web.once import once


@dataclass(frozen=True)
class Mark:
    """A milestone with what happened to it, the newest first."""

    row: Row[*tuple[Any, ...]]
    steps: list[Row[*tuple[Any, ...]]] = field(default_factory=list)


@once
def marks_of(session: Session, actor: Actor, engagement_id: int) -> list[Mark]:
    """By due date; two statements."""
    if not may_hold(session, engagement_id, Milestone):
        return []
    rows = session.execute(
        select(
            Milestone.id,
            Milestone.kind,
            Milestone.title,
            Milestone.party,
            Milestone.state,
            Milestone.due_on,
            Milestone.is_due_provisional,
            Milestone.counted_from,
            Milestone.working_days,
            Milestone.paused_on,
            Milestone.done_on,
            Milestone.late_days,
        )
        .join(Engagement, Engagement.id == Milestone.engagement_id)
        .where(Milestone.engagement_id == engagement_id, visible(actor))
        .order_by(Milestone.due_on, Milestone.id)
    ).all()
    marks = {row.id: Mark(row) for row in rows}
    for step in _steps(session, list(marks)):
        marks[step.milestone_id].steps.append(step)
    return list(marks.values())


_BODY = aliased(Body)


def _steps(session: Session, milestone_ids: list[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(
            MilestoneStep.milestone_id,
            MilestoneStep.kind,
            MilestoneStep.before_on,
            MilestoneStep.after_on,
            MilestoneStep.on_day,
            MilestoneStep.text,
            MilestoneStep.authority,
            MilestoneStep.version_id,
            MilestoneStep.at,
            DeliverableVersion.file_name,
            User.display_name.label("by"),
            MilestoneStep.body_id,
            _BODY.name.label("body"),
        )
        .outerjoin(User, User.id == MilestoneStep.by_id)
        .outerjoin(_BODY, _BODY.id == MilestoneStep.body_id)
        .outerjoin(DeliverableVersion, DeliverableVersion.id == MilestoneStep.version_id)
        .where(MilestoneStep.milestone_id.in_(milestone_ids))
        .order_by(MilestoneStep.milestone_id, MilestoneStep.id.desc())
    ).all()


def proofs(session: Session, actor: Actor, engagement_id: int) -> list[tuple[int, str]]:
    """Files of the engagement that were handed in and that the actor may read, the newest first."""
    rows = session.execute(
        select(DeliverableVersion.id, DeliverableVersion.file_name)
        .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
        .where(
            Deliverable.engagement_id == engagement_id,
            DeliverableVersion.submission_id.is_not(None),
            version_visible(actor),
        )
        .order_by(DeliverableVersion.id.desc())
    )
    return [(row.id, row.file_name) for row in rows]
