"""Which lines are wanted. Each is a function of its own, so that a statement is kept by what it asks; the values that
vary freely are parameters, which whoever sends the statement gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from agencyqa.db import BigId
from agencyqa.duties.items import NO_NUMBER, Scope
from agencyqa.engagements.models import Engagement

# Says of the columns of one kind of line which of its rows are wanted.
Narrowing = Callable[[Scope, Any], ColumnElement[bool]]


def is_mine(scope: Scope, columns: Any) -> ColumnElement[bool]:
    """The turn of the actor's body; of what was put to one person of it, only his own."""
    actor = scope.actor
    for_me = sa.or_(columns.user_id.is_(None), columns.user_id == actor.user_id)
    return sa.and_(columns.body_id == actor.body_id, for_me)


def is_of_bureaus(scope: Scope, columns: Any) -> ColumnElement[bool]:
    """The turn of a bureau whose officer the actor is."""
    bureau_ids = scope.actor.bureau_ids if scope.actor.is_bureau else frozenset[int]()
    condition: ColumnElement[bool] = columns.body_id.in_(bureau_ids)
    return condition


def is_late(scope: Scope, columns: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = columns.due_on < scope.reckoning.late_before
    return condition


def is_due_from(scope: Scope, columns: Any) -> ColumnElement[bool]:
    """Needs ``due_from``."""
    condition: ColumnElement[bool] = columns.due_on >= bindparam("due_from", type_=sa.Date())
    return condition


def is_due_until(scope: Scope, columns: Any) -> ColumnElement[bool]:
    """Needs ``due_until``; that day is among them."""
    condition: ColumnElement[bool] = columns.due_on <= bindparam("due_until", type_=sa.Date())
    return condition


def is_of_engagements(scope: Scope, columns: Any) -> ColumnElement[bool]:
    """Needs ``engagement_ids``, a list."""
    if columns.engagement_id is NO_NUMBER:
        return sa.false()
    condition: ColumnElement[bool] = columns.engagement_id.in_(_WANTED)
    return condition


def is_of_array_of_engagements(scope: Scope, columns: Any) -> ColumnElement[bool]:
    """The same for PostgreSQL, which reckons with the whole tables where the numbers come out of a subquery."""
    if columns.engagement_id is NO_NUMBER:
        return sa.false()
    condition: ColumnElement[bool] = columns.engagement_id == sa.any_(_WANTED_ARRAY)
    return condition


# Named once for all kinds of line: else the numbers would be sent again for each of them.
_WANTED = select(
    select(Engagement.id)
    .where(Engagement.id.in_(bindparam("engagement_ids", expanding=True, type_=BigId)))
    .cte("wanted")
    .c.id
)
_WANTED_ARRAY = bindparam("engagement_ids", type_=ARRAY(sa.BigInteger))
