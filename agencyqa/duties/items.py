"""What an area hands in about what is due next: selects of the same columns, each behind the area's own policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select

from agencyqa.auth.actor import Actor
from agencyqa.db import UtcDateTime
from agencyqa.duties.enums import Duty
from agencyqa.measures.reckoning import Reckoning
from agencyqa.web.unions import Facet, Part, split_by_emptiness

Member = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Scope:
    """Whose view it is, on which day."""

    actor: Actor
    reckoning: Reckoning

    @property
    def day(self) -> date:
        return self.reckoning.day

    def sees(self, policy: Callable[[Actor], ColumnElement[bool]]) -> ColumnElement[bool]:
        return policy(self.actor)


class WholeHouse(Scope):
    """For jobs alone, which then tell each line only to the body whose turn it is. No page ever makes one."""

    def sees(self, policy: Callable[[Actor], ColumnElement[bool]]) -> ColumnElement[bool]:
        return sa.true()


# Each gives its members for a scope; see ``sources``.
Source = Callable[[Scope], list[Member]]

_NO_DAY: ColumnElement[Any] = sa.cast(sa.null(), sa.Date)
_NO_MOMENT: ColumnElement[Any] = sa.cast(sa.null(), UtcDateTime())
NO_NUMBER: ColumnElement[Any] = sa.cast(sa.null(), sa.BigInteger)
_EMPTY: dict[str, Callable[[], ColumnElement[Any]]] = {
    "engagement_id": lambda: NO_NUMBER,
    "agency_id": lambda: NO_NUMBER,
    "user_id": lambda: NO_NUMBER,
    "title": lambda: sa.literal(""),
    "detail": lambda: sa.literal(""),
    "due_on": lambda: _NO_DAY,
    "since": lambda: _NO_MOMENT,
    "is_provisional": sa.false,
    "paused_on": lambda: _NO_DAY,
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


class KindOfLine:
    """A member with its columns by name, to be narrowed and ordered by itself."""

    def __init__(self, member: Member) -> None:
        selected = member.selected_columns
        duty: Any = selected["duty"]
        self.duty = Duty(duty.element.value)
        self.is_dated = _without_label(selected["due_on"]) is not _NO_DAY
        self.is_timed = _without_label(selected["since"]) is not _NO_MOMENT
        if member._group_by_clauses:
            # What is counted can only be asked for from outside.
            whole = member.subquery()
            self.statement: Member = select(*whole.c)
            self.columns = Columns({column.name: column for column in whole.c})
        else:
            self.statement = member
            self.columns = Columns({name: _without_label(column) for name, column in selected.items()})

    def parts(
        self,
        conditions: Sequence[ColumnElement[bool]],
        facets: Sequence[Facet],
        names: Sequence[str] | None = None,
    ) -> list[Part]:
        """``names``: the columns that are wanted, else all of them."""
        keys = [self._key(facet.name) for facet in facets]
        statement = self.statement
        if names is not None:
            selected = statement.selected_columns
            statement = statement.with_only_columns(
                *(selected[name] for name in names), maintain_column_froms=True
            )
        found = [Part(statement.where(*conditions), keys)]
        for place, key in enumerate(keys):
            # A date that may be empty is looked up in two steps, for neither needs to be sorted then.
            if facets[place].nullable and getattr(key, "nullable", False):
                found = [half for part in found for half in split_by_emptiness(part, place)]
        return found

    def _key(self, name: str) -> Any:
        if name == "duty":
            return self.duty.value
        if (name == "due_on" and not self.is_dated) or (name == "since" and not self.is_timed):
            return None
        return getattr(self.columns, name)


class Columns:
    """Attributes instead of keys, as a subquery has them."""

    def __init__(self, columns: Mapping[str, ColumnElement[Any]]) -> None:
        self.__dict__.update(columns)


def _without_label(column: Any) -> Any:
    return column.element if isinstance(column, sa.Label) else column
