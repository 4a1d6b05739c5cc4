"""What every assignment keeps to: something is shown to one department of a bureau for a period, both days included."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.clock import day_before, local_date
from agencyqa.errors import Invalid, WrongState


class Assignment(Protocol):
    """A row of a table of assignments; without an end it holds until further notice."""

    valid_to: date | None
    ended_by_id: int | None
    ended_at: datetime | None


def expect_assignment(
    session: Session, *, department_id: int, bureau_id: int, valid_from: date, valid_to: date | None
) -> None:
    """Raise Invalid for what is no open department of the bureau, and for a period that ends before it begins."""
    department = session.scalar(
        select(Body.id).where(
            Body.id == department_id,
            Body.kind == BodyKind.DEPARTMENT,
            Body.bureau_id == bureau_id,
            Body.is_active,
        )
    )
    if department is None:
        raise Invalid(department_id="not_a_choice")
    if valid_to is not None and valid_to < valid_from:
        raise Invalid(valid_to="assignment_ends_first")


def overlaps(begins: Any, ends: Any, valid_from: date, valid_to: date | None) -> ColumnElement[bool]:
    """Rows whose period, by its two columns, shares a day with the one from ``valid_from`` to ``valid_to``."""
    return sa.and_(
        sa.or_(ends.is_(None), ends >= valid_from),
        begins <= valid_to if valid_to is not None else sa.true(),
    )


def bring_forward(
    actor: Actor, session: Session, assignment: Assignment, last_day: date, now: datetime
) -> date | None:
    """Set the last day: yesterday, to end it at once, or later; the past is not rewritten. The end it had before.

    Raise WrongState for one that has ended, Invalid. Its row is locked here.
    """
    session.refresh(assignment, with_for_update=True)
    yesterday, before = day_before(local_date(now)), assignment.valid_to
    if before is not None and before <= yesterday:
        raise WrongState("assignment_ended", day=before)
    if last_day < yesterday:
        raise Invalid(last_day="assignment_end_in_past")
    if before is not None and last_day > before:
        raise Invalid(last_day=("assignment_end_later", {"day": before}))
    assignment.valid_to = last_day
    assignment.ended_by_id = actor.user_id
    assignment.ended_at = now
    return before
