"""Engagements by state: a column for each, or one table; late ones first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, Subquery, select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.db import kept, kept_large, read_rows
from agencyqa.duties.items import Scope
from agencyqa.duties.queries import Item, next_of_engagements
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import visible
from agencyqa.engagements.queries import engagement_rows
from agencyqa.measures.reckoning import Reckoning
from agencyqa.web.tables import Page
from agencyqa.web.unions import Facet, Part, Union, paginate_union

# A column shows the most urgent; the table has them all.
IN_COLUMN = 20


@dataclass(frozen=True)
class Column:
    state: EngagementState
    count: int
    late: int
    rows: Sequence[Row[*tuple[Any, ...]]]


def lateness(reckoning: Reckoning) -> sa.ColumnElement[int]:
    """0 for what runs and is late, 1 for what runs, 2 for the rest: the date of what has ended presses nobody."""
    runs = Engagement.state == EngagementState.CONTRACTED
    return sa.case((sa.and_(runs, Engagement.due_on < reckoning.late_before), 0), (runs, 1), else_=2)


# What runs and is late, what runs, the rest; each by its due date.
LATE_FIRST = (Facet("lateness"), Facet("due_on"), Facet("id"))


def table_page(session: Session, scope: Scope, year: int | None, arguments: Mapping[str, str]) -> Page:
    """One statement: each group is cut by the index of its state before the names are looked up."""
    return paginate_union(session, by_lateness(scope, year), arguments)


@kept_large
def by_lateness(scope: Scope, year: int | None) -> Union:
    """For ``paginate_union``: engagements of a year, late ones first, what has ended last."""
    of_year = sa.true() if year is None else Engagement.assessment_year == year
    runs, due_on = Engagement.state == EngagementState.CONTRACTED, Engagement.due_on
    late_before = scope.reckoning.late_before
    groups = [(0, runs, due_on < late_before), (1, runs, due_on >= late_before)]
    groups += [
        (2, Engagement.state == state, sa.true())
        for state in EngagementState
        if state is not EngagementState.CONTRACTED
    ]
    parts = [
        Part(
            select(Engagement.id, Engagement.due_on, sa.literal(rank).label("lateness")).where(
                visible(scope.actor), of_year, *conditions
            ),
            (rank, Engagement.due_on, Engagement.id),
        )
        for rank, *conditions in groups
    ]

    def finish(union: Subquery) -> Select[*tuple[Any, ...]]:
        return rows_of(scope.actor, year).join(union, union.c.id == Engagement.id)

    return Union(parts, LATE_FIRST, finish)


def rows_of(actor: Actor, year: int | None, state: EngagementState | None = None) -> Select[*tuple[Any, ...]]:
    return engagement_rows(actor, year=year, state=state)


def columns(session: Session, scope: Scope, year: int | None) -> list[Column]:
    """Every state has a column, also an empty one; two statements."""
    rows = read_rows(session, _nearest(scope.actor, year)).all()
    counted = read_rows(session, _counts(scope, year))
    numbers = {row.state: (int(row.number), int(row.late)) for row in counted}
    return [
        Column(
            state,
            *numbers.get(state, (0, 0)),
            sorted((row for row in rows if row.state is state), key=_place),
        )
        for state in EngagementState
    ]


@kept
def _nearest(actor: Actor, year: int | None) -> Select[*tuple[Any, ...]]:
    """The rows that the columns show. Each state is cut by an index of its own before the names are looked up."""
    nearest = [
        select(Engagement.id)
        .where(*_seen(actor, year), Engagement.state == state)
        .order_by(*_urgency(state))
        .limit(IN_COLUMN)
        .subquery()
        for state in EngagementState
    ]
    chosen = sa.union_all(*(select(each.c.id) for each in nearest)).subquery()
    return rows_of(actor, year).where(Engagement.id.in_(select(chosen.c.id)))


@kept
def _counts(scope: Scope, year: int | None) -> Select[EngagementState, int, int]:
    return (
        select(
            Engagement.state,
            sa.func.count().label("number"),
            sa.func.sum(sa.case((lateness(scope.reckoning) == 0, 1), else_=0)).label("late"),
        )
        .where(*_seen(scope.actor, year))
        .group_by(Engagement.state)
    )


def _seen(actor: Actor, year: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    return visible(actor), sa.true() if year is None else Engagement.assessment_year == year


def _urgency(state: EngagementState) -> tuple[sa.ColumnElement[Any], ...]:
    """What runs by its due date, so late ones first; of what has ended the newest."""
    if state is EngagementState.CONTRACTED:
        return Engagement.due_on.asc(), Engagement.id.asc()
    return (Engagement.id.desc(),)


def _place(row: Row[*tuple[Any, ...]]) -> tuple[date, int]:
    """The same order for the rows that were read."""
    return (row.due_on, row.id) if row.state is EngagementState.CONTRACTED else (date.min, -row.id)


def next_steps(session: Session, scope: Scope, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, Item]:
    return next_of_engagements(session, scope, [row.id for row in rows])
