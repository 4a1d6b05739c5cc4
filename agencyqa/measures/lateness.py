"""The mark of what is late, taken away again where the calendar says that it is not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.measures.reckoning import reckon


def take_back_marks(
    session: Session, actor: Actor, model: Any, runs: sa.ColumnElement[bool], event: str, *, now: datetime
) -> int:
    """Of the rows of ``model`` that ``runs`` tells; return how many were marked late and are not, whatever the mark
    once went by. The model has ``due_on`` and ``is_overdue``.
    """
    early = session.scalars(
        sa.select(model)
        .where(runs, model.is_overdue, model.due_on >= reckon(session, local_date(now)).late_before)
        .order_by(model.id)
    ).all()
    for row in early:
        record(
            session,
            actor,
            event,
            row,
            now=now,
            bureau_id=row.bureau_id,
            changes={"is_overdue": (True, False)},
            due_on=row.due_on,
        )
    # As for the mark itself: who is editing must not get a conflict.
    session.execute(
        sa.update(model)
        .where(model.id.in_([row.id for row in early]))
        .values(is_overdue=False)
        .execution_options(synchronize_session="evaluate")
    )
    return len(early)
