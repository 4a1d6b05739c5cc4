"""Counting due dates and lateness, and moving them with a trace. Who may is asked by the callers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.deliverables.enums import DueCause
from agencyqa.engagements.deliverables.models import Deliverable, DueChange
from agencyqa.engagements.deliverables.notices import tell_agency, what_of
from agencyqa.engagements.deliverables.requirements import Requirement, start_of
from agencyqa.engagements.milestones.pauses import pauses_of
from agencyqa.engagements.models import Engagement
from agencyqa.measures.workdays import Due, WorkingCalendar

# What a move of a date may change, as the audit log names it.
FIGURES = (
    "is_required",
    "due_on",
    "is_due_provisional",
    "counted_from",
    "working_days",
    "late_days",
    "is_lateness_provisional",
    "is_overdue",
)


def is_by_hand(deliverable: Deliverable) -> bool:
    return deliverable.due_reason != ""


def set_terms(
    session: Session,
    deliverable: Deliverable,
    item: Requirement,
    engagement: Engagement,
    calendar: WorkingCalendar,
) -> None:
    """The date that a table gives, counted from the contract as it stands."""
    deliverable.is_required = item.is_required
    deliverable.basis = item.basis
    deliverable.working_days = item.working_days
    if item.basis is None or item.working_days is None:
        deliverable.counted_from, deliverable.working_days = None, None
        deliverable.due_on, deliverable.is_due_provisional = None, False
        return
    deliverable.counted_from = start_of(item.basis, engagement)
    count_due(session, deliverable, calendar)


def count_due(session: Session, deliverable: Deliverable, calendar: WorkingCalendar) -> None:
    """Count the date again from the day and the number of working days that are kept with it, pauses left out."""
    if deliverable.counted_from is None or deliverable.working_days is None:
        return
    pauses = pauses_of(session, deliverable.id)
    put_due(deliverable, calendar.add(deliverable.counted_from, deliverable.working_days, pauses))


def put_due(deliverable: Deliverable, due: Due) -> None:
    deliverable.due_on, deliverable.is_due_provisional = due.on, due.is_provisional


def settle_lateness(deliverable: Deliverable, calendar: WorkingCalendar, now: datetime) -> None:
    """After a date was moved or something was first handed in. What is still owed is marked late by the nightly job."""
    if deliverable.first_submitted_at is None or deliverable.due_on is None:
        deliverable.late_days, deliverable.is_lateness_provisional = None, False
        # As the nightly job has it: a day that is no working day makes nothing late.
        if deliverable.due_on is None or not calendar.late_days(deliverable.due_on, local_date(now)).days:
            deliverable.is_overdue = False
        return
    lateness = calendar.late_days(deliverable.due_on, local_date(deliverable.first_submitted_at))
    deliverable.late_days = lateness.days
    deliverable.is_lateness_provisional = lateness.is_provisional or deliverable.is_due_provisional
    deliverable.is_overdue = lateness.days > 0


def figures(deliverable: Deliverable) -> dict[str, Any]:
    return {name: getattr(deliverable, name) for name in FIGURES}


def trace_move(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    deliverable: Deliverable,
    before: dict[str, Any],
    cause: DueCause,
    *,
    now: datetime,
    reason: str = "",
    authority: str = "",
) -> bool:
    """Record what differs from ``before``, and tell the agency where the date itself moved; whether anything did."""
    after = figures(deliverable)
    if before == after:
        return False
    session.flush()
    record(
        session,
        actor,
        "deliverables.deliverable.due_moved",
        deliverable,
        now=now,
        bureau_id=deliverable.bureau_id,
        changes={name: (before[name], after[name]) for name in FIGURES},
        cause=cause,
        reason=reason,
        authority=authority,
    )
    if before["due_on"] != after["due_on"]:
        _keep_and_tell(
            actor,
            session,
            engagement,
            deliverable,
            before["due_on"],
            cause,
            now=now,
            reason=reason,
            authority=authority,
        )
    return True


def _keep_and_tell(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    deliverable: Deliverable,
    before_on: date | None,
    cause: DueCause,
    *,
    now: datetime,
    reason: str,
    authority: str,
) -> None:
    session.add(
        DueChange(
            deliverable_id=deliverable.id,
            cause=cause,
            before_on=before_on,
            after_on=deliverable.due_on,
            reason=reason,
            authority=authority,
            changed_at=now,
            changed_by_id=actor.user_id,
        )
    )
    tell_agency(
        session,
        engagement,
        "deliverable_due_moved",
        now=now,
        what=what_of(deliverable),
        due_on=deliverable.due_on,
        cause=cause,
    )
