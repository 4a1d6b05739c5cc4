"""Terms of yearly reports counted over a day that changed, or over a year that was not published, counted again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import ReportState
from agencyqa.agencies.models import ReportYear, SelfReport
from agencyqa.agencies.services.reporting import tell_managers
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.measures.workdays import WorkingCalendar, working_calendar


def follow_calendar(session: Session, actor: Actor, now: datetime, days: Sequence[date]) -> None:
    """The listener of the calendar. Whether a report came late is never kept, so it follows by itself."""
    years = session.scalars(
        select(ReportYear)
        .where(sa.or_(ReportYear.is_due_provisional, *_counted_over(days)))
        .order_by(ReportYear.id)
        .with_for_update(),
        execution_options={"populate_existing": True},
    ).all()
    if not years:
        return
    calendar = working_calendar(session)
    for year in years:
        _recount(session, actor, year, calendar, now)


def _counted_over(days: Sequence[date]) -> list[sa.ColumnElement[bool]]:
    if not days:
        return []
    return [sa.and_(ReportYear.opened_on < max(days), ReportYear.due_on >= min(days))]


def _recount(
    session: Session, actor: Actor, year: ReportYear, calendar: WorkingCalendar, now: datetime
) -> None:
    before = {"due_on": year.due_on, "is_due_provisional": year.is_due_provisional}
    due = calendar.add(year.opened_on, year.working_days)
    after = {"due_on": due.on, "is_due_provisional": due.is_provisional}
    if after == before:
        return
    year.due_on, year.is_due_provisional = due.on, due.is_provisional
    session.flush()
    record(
        session,
        actor,
        "agencies.report_year.due_moved",
        year,
        now=now,
        bureau_id=year.bureau_id,
        changes={name: (before[name], after[name]) for name in after},
        year=year.year,
        working_days=year.working_days,
    )
    if due.on == before["due_on"]:
        return
    # Of those from whom it is still to come; what was handed in once was handed in then.
    awaited = select(SelfReport.agency_id).where(
        SelfReport.report_year_id == year.id, SelfReport.state == ReportState.DUE
    )
    agencies = session.scalars(awaited.order_by(SelfReport.agency_id)).all()
    bureau = session.get_one(Body, year.bureau_id).name
    tell_managers(session, agencies, year, bureau, "report_due_moved", now)
