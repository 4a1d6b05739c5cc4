"""Setting a milestone, and giving one up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.engagements.deliverables.services.access import hold_engagement, reason_of
from agencyqa.engagements.deliverables.services.deadlines import DueData, due_problems
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.schedule.enums import (
    USUAL_PARTY,
    MilestoneAction,
    MilestoneKind,
    MilestoneState,
    Party,
    StepKind,
)
from agencyqa.engagements.schedule.models import Milestone
from agencyqa.engagements.schedule.policies import can_plan
from agencyqa.engagements.schedule.services.common import (
    count_due,
    expect_running,
    figures,
    hold_milestone,
    keep,
    tell_parties,
)
from agencyqa.engagements.schedule.workflow import next_state
from agencyqa.errors import Forbidden, Invalid
from agencyqa.measures.workdays import working_calendar

# More would be a diary.
MOST_MILESTONES = 60
CONSTRAINTS = {"uq_milestones_form_token": ("kind", "already_submitted")}


@dataclass(frozen=True)
class MilestoneData:
    """Either ``due_on``, or ``working_days`` from the day after ``counted_from``. Without ``party`` the usual one."""

    kind: MilestoneKind
    title: str
    party: Party | None
    due_on: date | None
    counted_from: date | None
    working_days: int | None


def plan_milestone(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    data: MilestoneData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> Milestone:
    """A second call with the same token gives the first milestone. Raise NotVisible, Forbidden, WrongState, Invalid."""
    engagement = hold_engagement(actor, session, engagement)
    if not can_plan(actor, engagement):
        raise Forbidden()
    if form_token is not None:
        done = session.scalars(
            select(Milestone).where(
                Milestone.form_token == form_token, Milestone.engagement_id == engagement.id
            )
        ).one_or_none()
        if done is not None:
            return done
    expect_running(engagement)
    due = DueData(data.due_on, data.counted_from, data.working_days, "")
    problems = due_problems(due, engagement)
    if data.kind is MilestoneKind.OTHER and not data.title.strip():
        problems["title"] = "required"
    count = session.scalar(select(func.count(Milestone.id)).where(Milestone.engagement_id == engagement.id))
    if (count or 0) >= MOST_MILESTONES:
        problems["kind"] = ("milestone_too_many", {"count": MOST_MILESTONES})
    if problems:
        raise Invalid("invalid", **problems)
    milestone = Milestone(
        bureau_id=engagement.bureau_id,
        agency_id=engagement.agency_id,
        engagement_id=engagement.id,
        kind=data.kind,
        title=data.title.strip(),
        party=data.party or USUAL_PARTY[data.kind],
        state=MilestoneState.PLANNED,
        due_on=data.due_on or data.counted_from,
        is_due_provisional=False,
        counted_from=None if data.due_on else data.counted_from,
        working_days=None if data.due_on else data.working_days,
        created_at=now,
        created_by_id=actor.user_id,
        form_token=form_token,
    )
    session.add(milestone)
    session.flush()
    count_due(session, milestone, working_calendar(session))
    keep(actor, session, milestone, StepKind.PLANNED, "schedule.milestone.planned", None, now=now)
    tell_parties(session, actor, engagement, milestone, "milestone_planned", now=now, due_on=milestone.due_on)
    return milestone


def cancel_milestone(
    actor: Actor,
    session: Session,
    milestone: Milestone,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Raise NotVisible, Forbidden, Stale, WrongState, Invalid."""
    engagement = hold_milestone(actor, session, milestone, seen_version)
    if not can_plan(actor, engagement):
        raise Forbidden()
    state, text = next_state(milestone.state, MilestoneAction.CANCEL), reason_of(reason)
    before = figures(milestone)
    milestone.state, milestone.paused_on = state, None
    keep(
        actor,
        session,
        milestone,
        StepKind.CANCELLED,
        "schedule.milestone.cancelled",
        before,
        now=now,
        text=text,
    )
    tell_parties(session, actor, engagement, milestone, "milestone_cancelled", now=now)
