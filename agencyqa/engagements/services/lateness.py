"""The mark of work that is late, where the calendar says something else than before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.locks import is_year_final
from agencyqa.engagements.models import Engagement
from agencyqa.measures.lateness import take_back_marks
from agencyqa.measures.workdays import working_calendar

LIFTED, MARKED = "engagements.engagement.overdue_lifted", "engagements.engagement.overdue"


def follow_calendar(session: Session, actor: Actor, now: datetime, days: Sequence[date]) -> None:
    """The listener of the calendar. What has become late by a day that is worked after all the night finds."""
    if days:
        take_back_overdue(session, actor, now)
        judge_completed(session, actor, now, days)


def take_back_overdue(session: Session, actor: Actor, now: datetime) -> int:
    """Return how many were marked late and are not."""
    runs = Engagement.state == EngagementState.CONTRACTED
    return take_back_marks(session, actor, Engagement, runs, LIFTED, now=now)


def judge_completed(session: Session, actor: Actor, now: datetime, days: Sequence[date]) -> int:
    """Work completed after its due date, where one of the days lies between: late or not by the calendar of now.

    As for what was handed in, both ways, and not once the results of the year are final. Return how many changed.
    """
    between = sa.and_(Engagement.due_on < max(days), Engagement.completed_on >= min(days))
    completed = session.scalars(
        sa.select(Engagement)
        .where(Engagement.state == EngagementState.COMPLETED, between)
        .order_by(Engagement.id)
    ).all()
    calendar = working_calendar(session)
    final: dict[tuple[int, int], bool] = {}
    changed: dict[bool, list[int]] = {False: [], True: []}
    for each in completed:
        assert each.completed_on is not None
        is_late = calendar.is_late(each.due_on, each.completed_on)
        year = each.bureau_id, each.assessment_year
        if is_late is each.is_overdue:
            continue
        if year not in final:
            final[year] = is_year_final(session, *year, hold=True)
        if final[year]:
            continue
        changed[is_late].append(each.id)
        record(
            session,
            actor,
            MARKED if is_late else LIFTED,
            each,
            now=now,
            bureau_id=each.bureau_id,
            changes={"is_overdue": (each.is_overdue, is_late)},
            due_on=each.due_on,
        )
    for is_late, ids in changed.items():
        # As for the mark of running work: who is editing must not get a conflict.
        session.execute(
            sa.update(Engagement)
            .where(Engagement.id.in_(ids))
            .values(is_overdue=is_late)
            .execution_options(synchronize_session="evaluate")
        )
    return len(changed[False]) + len(changed[True])
