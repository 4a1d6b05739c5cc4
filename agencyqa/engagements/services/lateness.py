"""The mark of running work that is late, taken away again where the calendar says that it is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.measures.reckoning import reckon


def follow_calendar(session: Session, actor: Actor, now: datetime, days: Sequence[date]) -> None:
    """The listener of the calendar. What has become late by a day that is worked after all the night finds."""
    if days:
        take_back_overdue(session, actor, now)


def take_back_overdue(session: Session, actor: Actor, now: datetime) -> int:
    """Return how many were marked late and are not, whatever the mark once went by."""
    early = session.scalars(
        sa.select(Engagement)
        .where(
            Engagement.state == EngagementState.CONTRACTED,
            Engagement.is_overdue,
            Engagement.due_on >= reckon(session, local_date(now)).late_before,
        )
        .order_by(Engagement.id)
    ).all()
    for engagement in early:
        record(
            session,
            actor,
            "engagements.engagement.overdue_lifted",
            engagement,
            now=now,
            bureau_id=engagement.bureau_id,
            changes={"is_overdue": (True, False)},
            due_on=engagement.due_on,
        )
    # As for the mark itself: who is editing must not get a conflict.
    session.execute(
        sa.update(Engagement)
        .where(Engagement.id.in_([engagement.id for engagement in early]))
        .values(is_overdue=False)
        .execution_options(synchronize_session="evaluate")
    )
    return len(early)
