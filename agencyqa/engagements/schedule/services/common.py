"""What every step of a milestone has in common: the gate, the history, the log and the messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.engagements.deliverables.notices import AGENCY_ROLES, RECEIVING_ROLES
from agencyqa.engagements.deliverables.services.access import hold
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.schedule.enums import MilestoneKind, StepKind
from agencyqa.engagements.schedule.models import Milestone, MilestonePause, MilestoneStep
from agencyqa.engagements.schedule.policies import visible_to
from agencyqa.errors import NotVisible, WrongState
from agencyqa.measures.workdays import Pause, WorkingCalendar
from agencyqa.notifications.services import tell

# What a step may change, as the audit log names it.
FIGURES = (
    "state",
    "due_on",
    "is_due_provisional",
    "counted_from",
    "working_days",
    "paused_on",
    "done_on",
    "late_days",
)


def hold_milestone(
    actor: Actor, session: Session, milestone: Milestone, seen_version: int | None
) -> Engagement:
    """The engagement; both read anew, and nobody else takes a step until the caller commits.

    Raise NotVisible, Stale, and WrongState where the contract was terminated.
    """
    if session.scalar(visible_to(actor).where(Milestone.id == milestone.id)) is None:
        raise NotVisible()
    engagement = hold(session, milestone.engagement_id)
    session.refresh(milestone)
    check_version(milestone, seen_version)
    expect_running(engagement)
    return engagement


def expect_running(engagement: Engagement) -> None:
    """After completion there may still be a payment to come; a terminated contract owes nothing."""
    if engagement.state is EngagementState.TERMINATED:
        raise WrongState("milestone_engagement_terminated")


def what_of(milestone: Milestone) -> MilestoneKind | str:
    return milestone.title or milestone.kind


def figures(milestone: Milestone) -> dict[str, Any]:
    return {name: getattr(milestone, name) for name in FIGURES}


def pauses_of(session: Session, milestone: Milestone) -> Sequence[Pause]:
    rows = session.execute(
        select(MilestonePause.began_on, MilestonePause.ended_on)
        .where(MilestonePause.milestone_id == milestone.id, MilestonePause.ended_on.is_not(None))
        .order_by(MilestonePause.id)
    )
    return [(row.began_on, row.ended_on) for row in rows]


def count_due(session: Session, milestone: Milestone, calendar: WorkingCalendar) -> None:
    """From the day and the number of working days that are kept with it, pauses left out."""
    if milestone.counted_from is None or milestone.working_days is None:
        return
    due = calendar.add(milestone.counted_from, milestone.working_days, pauses_of(session, milestone))
    milestone.due_on, milestone.is_due_provisional = due.on, due.is_provisional


def keep(
    actor: Actor,
    session: Session,
    milestone: Milestone,
    kind: StepKind,
    event: str,
    before: dict[str, Any] | None,
    *,
    now: datetime,
    text: str = "",
    authority: str = "",
    on_day: date | None = None,
    version_id: int | None = None,
) -> None:
    """The step in the history and in the audit log; ``before`` is empty for a new milestone."""
    session.flush()
    session.add(
        MilestoneStep(
            milestone_id=milestone.id,
            kind=kind,
            before_on=None if before is None else before["due_on"],
            after_on=milestone.due_on,
            on_day=on_day,
            text=text,
            authority=authority,
            version_id=version_id,
            at=now,
            by_id=actor.user_id,
            body_id=actor.body_id,
        )
    )
    session.flush()
    after = figures(milestone)
    old = before or dict.fromkeys(FIGURES)
    record(
        session,
        actor,
        event,
        milestone,
        now=now,
        bureau_id=milestone.bureau_id,
        engagement_id=milestone.engagement_id,
        kind=milestone.kind,
        title=milestone.title,
        cause=kind,
        changes={name: (old[name], after[name]) for name in FIGURES},
        reason=text,
        authority=authority,
        version_id=version_id,
    )


def tell_parties(
    session: Session,
    actor: Actor,
    engagement: Engagement,
    milestone: Milestone,
    code: str,
    *,
    now: datetime,
    **params: Any,
) -> None:
    """The parties and the bureau, without the body that took the step."""
    day = local_date(now)
    roles = {
        engagement.agency_id: AGENCY_ROLES,
        engagement.commissioner_id: RECEIVING_ROLES,
        engagement.bureau_id: RECEIVING_ROLES,
    }
    members = {
        member
        for body_id, wanted in roles.items()
        if body_id != actor.body_id
        for member in member_ids(session, body_id, wanted, day=day)
    }
    tell(
        session,
        members,
        code,
        now=now,
        endpoint="schedule.show",
        endpoint_values={"engagement_id": engagement.id},
        what=what_of(milestone),
        contract=engagement.contract_number,
        **params,
    )
