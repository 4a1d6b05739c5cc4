"""Terms counted over a day that changed, or over a year whose holidays were not published, counted again.

Only terms that still run: what was handed in was judged by the day that held then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.inspections import order_workflow
from agencyqa.inspections.enums import FindingState, OrderState
from agencyqa.inspections.models import Finding, RectificationOrder
from agencyqa.inspections.numbering import plain_number
from agencyqa.inspections.services import order_notices, telling
from agencyqa.measures.workdays import WorkingCalendar, working_calendar


def follow_calendar(session: Session, actor: Actor, now: datetime, days: Sequence[date]) -> None:
    """The listener of the calendar."""
    orders = session.scalars(
        select(RectificationOrder)
        .where(
            sa.or_(RectificationOrder.is_due_provisional, *_orders_over(days)),
            RectificationOrder.state.in_(order_workflow.AWAITS_ANSWER),
        )
        .order_by(RectificationOrder.id)
        .with_for_update(),
        execution_options={"populate_existing": True},
    ).all()
    findings = session.scalars(
        select(Finding)
        .where(
            sa.or_(Finding.is_statement_due_provisional, *_findings_over(days)),
            Finding.state == FindingState.NOTIFIED,
            Finding.stated_at.is_(None),
        )
        .order_by(Finding.id)
        .with_for_update(),
        execution_options={"populate_existing": True},
    ).all()
    if not orders and not findings:
        return
    calendar = working_calendar(session)
    for order in orders:
        _recount_order(session, actor, order, calendar, now)
    for finding in findings:
        _recount_statement(session, actor, finding, calendar, now)


def _orders_over(days: Sequence[date]) -> list[sa.ColumnElement[bool]]:
    """Those whose first term lasts; of one that was sent back somebody named the day."""
    if not days:
        return []
    counted = RectificationOrder.state == OrderState.ISSUED
    span = sa.and_(RectificationOrder.issued_on < max(days), RectificationOrder.due_on >= min(days))
    return [sa.and_(counted, span)]


def _findings_over(days: Sequence[date]) -> list[sa.ColumnElement[bool]]:
    if not days:
        return []
    # A day begins in Shanghai before it does in the time that is stored.
    told_before = datetime.combine(max(days), time(), UTC)
    return [sa.and_(Finding.notified_at < told_before, Finding.statement_due_on >= min(days))]


def _recount_order(
    session: Session, actor: Actor, order: RectificationOrder, calendar: WorkingCalendar, now: datetime
) -> None:
    before, due = order.due_on, calendar.add(order.issued_on, order.working_days)
    order.due_on, order.is_due_provisional = due.on, due.is_provisional
    if due.on == before:
        return
    if not calendar.is_late(due.on, local_date(now)):
        order.is_overdue = False
    session.flush()
    record(
        session,
        actor,
        "inspections.order.due_moved",
        order,
        now=now,
        bureau_id=order.bureau_id,
        changes={"due_on": (before, due.on)},
        order=plain_number(order.year, order.number),
    )
    order_notices.tell_agency(session, order, "order_due_moved", now=now, due_on=due.on)


def _recount_statement(
    session: Session, actor: Actor, finding: Finding, calendar: WorkingCalendar, now: datetime
) -> None:
    if finding.notified_at is None or finding.statement_working_days is None:
        return
    before = finding.statement_due_on
    due = calendar.add(local_date(finding.notified_at), finding.statement_working_days)
    finding.statement_due_on, finding.is_statement_due_provisional = due.on, due.is_provisional
    if due.on == before:
        return
    session.flush()
    record(
        session,
        actor,
        "inspections.finding.due_moved",
        finding,
        now=now,
        bureau_id=finding.bureau_id,
        changes={"statement_due_on": (before, due.on)},
        finding=plain_number(finding.year, finding.number),
    )
    telling.tell_agency(session, finding, "finding_due_moved", now=now, due_on=due.on)
