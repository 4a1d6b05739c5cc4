"""What an area hands in about what is due next: selects of the same columns, each behind the area's own policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from agencyqa.auth.actor import Actor
from agencyqa.db import UtcDateTime
from agencyqa.duties.enums import Duty

Member = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Scope:
    """Whose view it is, on which day."""

    actor: Actor
    day: date

    def sees(self, policy: Callable[[Actor], ColumnElement[bool]]) -> ColumnElement[bool]:
        return policy(self.actor)


class WholeHouse(Scope):
    """For jobs alone, which then tell each line only to the body whose turn it is. No page ever makes one."""

    def sees(self, policy: Callable[[Actor], ColumnElement[bool]]) -> ColumnElement[bool]:
        return sa.true()


# Each gives its members for a scope; see ``sources``.
Source = Callable[[Scope], list[Member]]

_EMPTY: dict[str, Callable[[], ColumnElement[Any]]] = {
    "engagement_id": lambda: sa.cast(sa.null(), sa.BigInteger),
    "agency_id": lambda: sa.cast(sa.null(), sa.BigInteger),
    "user_id": lambda: sa.cast(sa.null(), sa.BigInteger),
    "title": lambda: sa.literal(""),
    "detail": lambda: sa.literal(""),
    "due_on": lambda: sa.cast(sa.null(), sa.Date),
    "since": lambda: sa.cast(sa.null(), UtcDateTime()),
    "is_provisional": sa.false,
    "paused_on": lambda: sa.cast(sa.null(), sa.Date),
}
NAMES = ("id", "bureau_id", "body_id", *_EMPTY)


def item(duty: Duty, **given: Any) -> list[Any]:
    """The columns of a member; the types of the first member of a union are those of all.

    ``id``: of the row that the page of the duty is about. ``bureau_id``: in whose matters. ``body_id``: whose turn it
    is, and of its people only ``user_id`` where that is given. ``title`` is empty where the name of the engagement's
    object says it. ``detail``: a number in its year ("2026-31"), the kind of a deliverable, or how many.
    ``is_provisional``: the date was counted over days that were not published. ``paused_on``: since when the term
    stands still; it then has no ``due_on``, for nothing falls due.
    """
    values = {name: given[name] if name in given else _EMPTY[name]() for name in NAMES}
    return [sa.literal(duty.value).label("duty"), *(values[name].label(name) for name in NAMES)]


def numbered(year: Any, number: Any) -> ColumnElement[str]:
    return sa.cast(year, sa.String(10)) + "-" + sa.cast(number, sa.String(10))
