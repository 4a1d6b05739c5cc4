"""What this area does by itself; when stands in ``jobs.schedule``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.inspections import order_jobs
from agencyqa.inspections.enums import FindingState
from agencyqa.inspections.models import Finding
from agencyqa.inspections.services.telling import tell_inspectors
from agencyqa.measures.reckoning import reckon


def mark_overdue(session: Session, now: datetime) -> int:
    """Terms of statements that passed unused, and orders that are late."""
    return statements_due(session, now) + order_jobs.orders_due(session, now)


def statements_due(session: Session, now: datetime) -> int:
    """Tell, once per term, that a finding can be decided without the agency. Return the messages written."""
    silent = session.scalars(
        select(Finding)
        .where(
            Finding.state == FindingState.NOTIFIED,
            Finding.stated_at.is_(None),
            Finding.statement_due_on < reckon(session, local_date(now)).late_before,
        )
        .order_by(Finding.id)
    ).all()
    return sum(
        tell_inspectors(
            session,
            finding,
            "statement_term_over",
            now=now,
            dedupe_key=f"finding:{finding.id}:statement_due:{finding.statement_due_on}",
            due_on=finding.statement_due_on,
        )
        for finding in silent
    )


JOBS: dict[str, Callable[[Session, datetime], int | None]] = {"inspections.mark_overdue": mark_overdue}
