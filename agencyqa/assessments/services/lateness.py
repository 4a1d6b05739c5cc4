"""The mark of a sheet that is late, taken away again where the calendar says that it is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.assessments import workflow
from agencyqa.assessments.models import ScoreSheet
from agencyqa.auth.actor import Actor
from agencyqa.measures.lateness import take_back_marks


def follow_calendar(session: Session, actor: Actor, now: datetime, days: Sequence[date]) -> None:
    """The listener of the calendar. What has become late by a day that is worked after all the night finds."""
    if days:
        take_back_overdue(session, actor, now)


def take_back_overdue(session: Session, actor: Actor, now: datetime) -> int:
    """Return how many were marked late and are not."""
    runs = sa.and_(ScoreSheet.state.in_(workflow.EDITABLE), ScoreSheet.is_current)
    return take_back_marks(session, actor, ScoreSheet, runs, "assessments.sheet.overdue_lifted", now=now)
