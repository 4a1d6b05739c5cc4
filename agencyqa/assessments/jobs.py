"""The nightly look at the due dates of sheets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.assessments import workflow
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.services.lateness import take_back_overdue
from agencyqa.assessments.services.telling import tell_scorers
from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.clock import local_date
from agencyqa.engagements.models import Engagement
from agencyqa.measures.reckoning import reckon


def mark_overdue(session: Session, now: datetime) -> int:
    """Mark sheets that are late since a working day and unsubmitted, and tell their scorers once.

    A mark that does not hold is taken away, so that every open sheet is settled both ways: also one that was marked by
    calendar days. Return how many were marked or relieved.
    """
    actor = system_actor("jobs")
    relieved = take_back_overdue(session, actor, now)
    reckoning = reckon(session, local_date(now))
    late = session.execute(
        sa.select(ScoreSheet, sa.func.coalesce(Engagement.contract_number, Body.name))
        .outerjoin(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .outerjoin(Body, Body.id == ScoreSheet.agency_id)
        .where(
            ScoreSheet.state.in_(workflow.EDITABLE),
            ScoreSheet.is_current,
            ScoreSheet.is_overdue.is_(False),
            ScoreSheet.due_on < reckoning.late_before,
        )
        .order_by(ScoreSheet.id)
    ).all()
    for sheet, contract in late:
        record(
            session,
            actor,
            "assessments.sheet.overdue",
            sheet,
            now=now,
            bureau_id=sheet.bureau_id,
            due_on=sheet.due_on,
        )
        tell_scorers(
            session,
            sheet,
            "sheet_overdue",
            now=now,
            endpoint="assessments.edit",
            dedupe_key=f"sheet_overdue:{sheet.id}",
            contract=contract,
            due_on=sheet.due_on,
        )
    # A statement of its own leaves the version alone: a scorer who is typing must not get a conflict at night.
    session.execute(
        sa.update(ScoreSheet)
        .where(ScoreSheet.id.in_([sheet.id for sheet, _ in late]))
        .values(is_overdue=True)
        .execution_options(synchronize_session="evaluate")
    )
    return relieved + len(late)


JOBS: dict[str, Callable[[Session, datetime], int | None]] = {"assessments.mark_overdue": mark_overdue}
