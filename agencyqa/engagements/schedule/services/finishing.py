"""Entering that a milestone was reached, with its evidence, and taking that back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.deliverables.policies import visible_versions
from agencyqa.engagements.deliverables.services.access import reason_of
from agencyqa.engagements.deliverables.services.pauses import Problems
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.schedule.enums import MilestoneAction, StepKind
from agencyqa.engagements.schedule.models import Milestone
from agencyqa.engagements.schedule.policies import can_finish, can_plan
from agencyqa.engagements.schedule.services.common import figures, hold_milestone, keep, tell_parties
from agencyqa.engagements.schedule.services.moving import end_pause
from agencyqa.engagements.schedule.workflow import next_state
from agencyqa.errors import Forbidden, Invalid
from agencyqa.measures.workdays import working_calendar


def finish(
    actor: Actor,
    session: Session,
    milestone: Milestone,
    done_on: date,
    evidence: str,
    version_id: int | None = None,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """``version_id`` is a file of the engagement that was handed in. The due date counts in full.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid.
    """
    engagement = hold_milestone(actor, session, milestone, seen_version)
    if not can_finish(actor, engagement, milestone.party):
        raise Forbidden()
    state = next_state(milestone.state, MilestoneAction.FINISH)
    problems: Problems = {} if evidence.strip() else {"evidence": "required"}
    first = engagement.contract_signed_on
    if not first <= done_on <= local_date(now):
        problems["done_on"] = ("milestone_done_day", {"first": first})
    if version_id is not None and not _is_proof(session, actor, engagement, version_id):
        problems["version_id"] = "milestone_proof_unknown"
    if problems:
        raise Invalid("invalid", **problems)
    before = figures(milestone)
    if milestone.paused_on is not None:
        # What was waited for cannot be missing any more.
        end_pause(session, milestone, max(milestone.paused_on, done_on))
    milestone.state, milestone.done_on = state, done_on
    milestone.late_days = working_calendar(session).late_days(milestone.due_on, done_on).days
    keep(
        actor,
        session,
        milestone,
        StepKind.DONE,
        "schedule.milestone.done",
        before,
        now=now,
        text=evidence.strip(),
        on_day=done_on,
        version_id=version_id,
    )
    tell_parties(session, actor, engagement, milestone, "milestone_done", now=now, done_on=done_on)


def reopen(
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
    state, text = next_state(milestone.state, MilestoneAction.REOPEN), reason_of(reason)
    before = figures(milestone)
    milestone.state, milestone.done_on, milestone.late_days = state, None, None
    keep(
        actor,
        session,
        milestone,
        StepKind.REOPENED,
        "schedule.milestone.reopened",
        before,
        now=now,
        text=text,
    )
    tell_parties(session, actor, engagement, milestone, "milestone_reopened", now=now)


def _is_proof(session: Session, actor: Actor, engagement: Engagement, version_id: int) -> bool:
    wanted = visible_versions(actor).where(
        DeliverableVersion.id == version_id,
        DeliverableVersion.submission_id.is_not(None),
        Deliverable.engagement_id == engagement.id,
    )
    return session.scalar(wanted.with_only_columns(DeliverableVersion.id)) is not None
