"""The nightly look at the terms of rectification orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.clock import local_date
from agencyqa.inspections import order_workflow
from agencyqa.inspections.models import RectificationOrder
from agencyqa.inspections.numbering import plain_number
from agencyqa.inspections.services.order_notices import tell_agency, tell_bureau
from agencyqa.measures.workdays import WorkingCalendar, working_calendar

REMIND_BEFORE = 5


def orders_due(session: Session, now: datetime) -> int:
    """Mark orders whose term has passed, and remind agencies of those about to. Tells once for each term.

    An order is overdue from the first working day after its term, on which an answer would count as late.
    """
    day = local_date(now)
    calendar = working_calendar(session)
    reminded = _remind(session, day, calendar, now)
    late = [
        (order, agency)
        for order, agency in _waiting(session, RectificationOrder.due_on < day)
        if not order.is_overdue and calendar.late_days(order.due_on, day).days
    ]
    actor = system_actor("jobs")
    for order, agency in late:
        record(
            session,
            actor,
            "inspections.order.overdue",
            order,
            now=now,
            bureau_id=order.bureau_id,
            order=plain_number(order.year, order.number),
            due_on=order.due_on,
        )
        for tell_side in (tell_agency, tell_bureau):
            tell_side(
                session,
                order,
                "order_overdue",
                now=now,
                dedupe_key=f"order:{order.id}:overdue:{order.due_on}",
                agency=agency,
                due_on=order.due_on,
            )
    # A statement of its own leaves the version alone: who is working at night must not get a conflict.
    session.execute(
        sa.update(RectificationOrder)
        .where(RectificationOrder.id.in_([order.id for order, _ in late]))
        .values(is_overdue=True)
        .execution_options(synchronize_session="evaluate")
    )
    return len(late) + reminded


def _remind(session: Session, day: date, calendar: WorkingCalendar, now: datetime) -> int:
    last = calendar.add(day, REMIND_BEFORE).on
    due = _waiting(session, RectificationOrder.due_on.between(day, last))
    for order, _ in due:
        tell_agency(
            session,
            order,
            "order_due_soon",
            now=now,
            dedupe_key=f"order:{order.id}:soon:{order.due_on}",
            due_on=order.due_on,
        )
    return len(due)


def _waiting(
    session: Session, condition: sa.ColumnElement[bool]
) -> Sequence[sa.Row[RectificationOrder, str]]:
    """Orders on which the agency has still to answer, with its name."""
    return session.execute(
        sa.select(RectificationOrder, Body.name)
        .join(Body, Body.id == RectificationOrder.agency_id)
        .where(RectificationOrder.state.in_(order_workflow.AWAITS_ANSWER), condition)
        .order_by(RectificationOrder.id)
    ).all()
