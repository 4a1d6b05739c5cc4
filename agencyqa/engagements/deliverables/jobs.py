"""The nightly look at due dates: what is late, and what soon will be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.notices import agency_members, tell_agency, what_of
from agencyqa.engagements.deliverables.queries.lists import is_owed
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.hooks import tell_evidence_changed
from agencyqa.engagements.models import Engagement
from agencyqa.measures.workdays import WorkingCalendar, working_calendar
from agencyqa.notifications.services import tell

REMIND_BEFORE = 3
# Three working days never lie further apart than this, the longest holiday included.
LOOK_AHEAD = timedelta(days=20)


def mark_overdue(session: Session, now: datetime) -> int:
    """Mark what was due and has not come, remind of what is due in three working days; how many were marked.

    The due date counts in full, and a day that is no working day makes nothing late. Each occasion is told once.
    """
    day = local_date(now)
    calendar = working_calendar(session)
    _remind(session, calendar, day, now)
    return _mark(session, calendar, day, now)


def _mark(session: Session, calendar: WorkingCalendar, day: date, now: datetime) -> int:
    found = session.execute(
        sa.select(Deliverable, Engagement, Body.name)
        .join(Engagement, Engagement.id == Deliverable.engagement_id)
        .join(Body, Body.id == Deliverable.agency_id)
        .where(
            Deliverable.first_submitted_at.is_(None),
            Deliverable.is_overdue.is_(False),
            Deliverable.paused_on.is_(None),
            Deliverable.due_on < day,
            Engagement.state != EngagementState.TERMINATED,
        )
        .order_by(Deliverable.engagement_id, Deliverable.id)
    ).all()
    late = [row for row in found if row[0].due_on and calendar.late_days(row[0].due_on, day).days]
    if not late:
        return 0
    actor = system_actor("jobs")
    for deliverable, engagement, agency in late:
        record(
            session,
            actor,
            "deliverables.deliverable.overdue",
            deliverable,
            now=now,
            bureau_id=deliverable.bureau_id,
            due_on=deliverable.due_on,
        )
        tell(
            session,
            [
                *agency_members(session, engagement, day),
                *member_ids(session, deliverable.bureau_id, {Role.BUREAU_SUPERVISOR}, day=day),
            ],
            "deliverable_overdue",
            now=now,
            endpoint="deliverables.of_engagement",
            endpoint_values={"engagement_id": engagement.id},
            dedupe_key=f"deliverable:{deliverable.id}:overdue:{deliverable.due_on}",
            what=what_of(deliverable),
            contract=engagement.contract_number,
            agency=agency,
            due_on=deliverable.due_on,
        )
    # A statement of its own leaves the version alone: who is deciding at night must not get a conflict.
    session.execute(
        sa.update(Deliverable)
        .where(Deliverable.id.in_([row[0].id for row in late]))
        .values(is_overdue=True)
        .execution_options(synchronize_session="evaluate")
    )
    for engagement_id in sorted({row[1].id for row in late}):
        tell_evidence_changed(session, engagement_id, now=now)
    return len(late)


def _remind(session: Session, calendar: WorkingCalendar, day: date, now: datetime) -> None:
    soon = session.execute(
        sa.select(Deliverable, Engagement)
        .join(Engagement, Engagement.id == Deliverable.engagement_id)
        .where(
            is_owed(),
            Deliverable.first_submitted_at.is_(None),
            Deliverable.paused_on.is_(None),
            Deliverable.due_on.between(day, day + LOOK_AHEAD),
        )
        .order_by(Deliverable.engagement_id, Deliverable.id)
    ).all()
    for deliverable, engagement in soon:
        # The same count the other way round: working days from tomorrow to the due date.
        if deliverable.due_on and calendar.late_days(day, deliverable.due_on).days <= REMIND_BEFORE:
            tell_agency(
                session,
                engagement,
                "deliverable_due_soon",
                now=now,
                dedupe_key=f"deliverable:{deliverable.id}:soon:{deliverable.due_on}",
                what=what_of(deliverable),
                due_on=deliverable.due_on,
            )


JOBS: dict[str, Callable[[Session, datetime], int | None]] = {"deliverables.mark_overdue": mark_overdue}
