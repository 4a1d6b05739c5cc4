"""The mark of a sheet that is late, taken away again where the calendar says that it is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.assessments import workflow
from agencyqa.assessments.models import ScoreSheet
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.measures.reckoning import reckon


def follow_calendar(session: Session, actor: Actor, now: datetime, days: Sequence[date]) -> None:
    """The listener of the calendar. What has become late by a day that is worked after all the night finds."""
    if days:
        take_back_overdue(session, actor, now)


def take_back_overdue(session: Session, actor: Actor, now: datetime) -> int:
    """Return how many were marked late and are not, whatever the mark once went by."""
    early = session.scalars(
        sa.select(ScoreSheet)
        .where(
            ScoreSheet.state.in_(workflow.EDITABLE),
            ScoreSheet.is_current,
            ScoreSheet.is_overdue,
            ScoreSheet.due_on >= reckon(session, local_date(now)).late_before,
        )
        .order_by(ScoreSheet.id)
    ).all()
    for sheet in early:
        record(
            session,
            actor,
            "assessments.sheet.overdue_lifted",
            sheet,
            now=now,
            bureau_id=sheet.bureau_id,
            changes={"is_overdue": (True, False)},
            due_on=sheet.due_on,
        )
    # As for the mark itself: a scorer who is typing must not get a conflict.
    session.execute(
        sa.update(ScoreSheet)
        .where(ScoreSheet.id.in_([sheet.id for sheet in early]))
        .values(is_overdue=False)
        .execution_options(synchronize_session="evaluate")
    )
    return len(early)
