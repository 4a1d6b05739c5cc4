"""Engagements by state: a column for each, or one table; late ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.duties.items import Scope
from agencyqa.duties.queries import Item, next_of_engagements
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import visible
from agencyqa.engagements.queries import engagement_rows
from agencyqa.web.tables import Key

# A column shows the most urgent; the table has them all.
IN_COLUMN = 20


@dataclass(frozen=True)
class Column:
    state: EngagementState
    count: int
    late: int
    rows: Sequence[Row[*tuple[Any, ...]]]


def lateness(day: date) -> sa.ColumnElement[int]:
    """0 for what runs and is late, 1 for what runs, 2 for the rest: the date of what has ended presses nobody."""
    runs = Engagement.state == EngagementState.CONTRACTED
    return sa.case((sa.and_(runs, Engagement.due_on < day), 0), (runs, 1), else_=2)


def order(day: date) -> list[Key]:
    return [Key(lateness(day)), Key(Engagement.due_on), Key(Engagement.id)]


def rows_of(actor: Actor, year: int | None, state: EngagementState | None = None) -> Select[*tuple[Any, ...]]:
    return engagement_rows(actor, year=year, state=state)


def columns(session: Session, scope: Scope, year: int | None) -> list[Column]:
    """Every state has a column, also an empty one; two statements."""
    day = scope.day
    of_year = sa.true() if year is None else Engagement.assessment_year == year
    place = (
        sa.func.row_number()
        .over(
            partition_by=Engagement.state,
            order_by=(lateness(day), _newest_end(), Engagement.due_on, Engagement.id),
        )
        .label("place")
    )
    placed = select(Engagement.id, place).where(visible(scope.actor), of_year).subquery()
    nearest = (
        rows_of(scope.actor, year)
        .join(placed, placed.c.id == Engagement.id)
        .where(placed.c.place <= IN_COLUMN)
        .order_by(placed.c.place, Engagement.id)
    )
    counted = session.execute(
        select(
            Engagement.state,
            sa.func.count().label("number"),
            sa.func.sum(sa.case((lateness(day) == 0, 1), else_=0)).label("late"),
        )
        .where(visible(scope.actor), of_year)
        .group_by(Engagement.state)
    ).all()
    numbers = {row.state: (int(row.number), int(row.late)) for row in counted}
    rows = session.execute(nearest).all()
    return [
        Column(state, *numbers.get(state, (0, 0)), [row for row in rows if row.state is state])
        for state in EngagementState
    ]


def _newest_end() -> sa.ColumnElement[Any]:
    """Of what has ended, the newest first; what runs has no such date and goes by its due date."""
    return sa.case(
        (Engagement.state == EngagementState.CONTRACTED, None), else_=Engagement.completed_on
    ).desc()


def next_steps(session: Session, scope: Scope, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, Item]:
    return next_of_engagements(session, scope, [row.id for row in rows])
