"""Keyset paging: the last page of a million rows costs what the first does. No COUNT, no OFFSET."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from weakref import WeakKeyDictionary

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, false, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from agencyqa.db import read_rows
from agencyqa.web.signing import plain_serializer

DEFAULT_SIZE = 50
_SALT = "agencyqa.web.tables"
_PREFIX = "keyset_"


@dataclass(frozen=True)
class Key:
    """One column of an order. ``nullable`` columns come last where they are empty, in either direction."""

    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    descending: bool = False
    nullable: bool = False


# The last key must be unique, so that the order is full.
Order = Sequence[Key]
# Whether the page before it is wanted, and the values of the keys in the row where the page ends.
Position = tuple[bool, Sequence[Any]]


Statement = Select[*tuple[Any, ...]]
# Whatever tells two pages apart for which a statement has to be written differently.
Shape = Hashable
# A list is asked for in few ways; who turns its pages meets each shape again.
MOST_PAGES = 24


@dataclass(frozen=True)
class Cut:
    """The statement of a page. ``places`` names for each of its parameters the key whose value it takes."""

    statement: Statement
    places: Mapping[str, int]

    def read(
        self, session: Session, position: Position | None, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """``parameters`` are those that the list itself has."""
        if position is not None and self.places:
            values = position[1]
            parameters = {
                **(parameters or {}),
                **{name: values[place] for name, place in self.places.items()},
            }
        return read_rows(session, self.statement, parameters).all()


class Binder:
    """Hands out a parameter for each value of a position, so that one statement serves all pages of its shape."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def values(self, columns: Sequence[Any], position: Position) -> list[Any]:
        """For each column a parameter of its type, for the value of a time is stored in a form of its own.

        None where the value is empty; what is no column takes the value itself.
        """
        return [
            self._parameter(column, place) if value is not None and is_column(column) else value
            for place, (column, value) in enumerate(zip(columns, position[1], strict=True))
        ]

    def _parameter(self, column: Any, place: int) -> ColumnElement[Any]:
        name = f"after_{len(self.places)}"
        self.places[name] = place
        return bindparam(name, type_=column.type)


class _Pages:
    """The pages of one statement in one order, which must live as long as its id."""

    def __init__(self, keys: Order) -> None:
        self.keys = keys
        self.name = _name(keys)
        self.cuts: dict[Shape, Cut] = {}


_MOST_ORDERS = 12
# Statement → id of its order → its pages
_pages: WeakKeyDictionary[Statement, dict[int, _Pages]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Page:
    """``rows`` are the rows of the statement; cursors are opaque, None where there is nothing further."""

    rows: Sequence[Row[Any]]
    next_cursor: str | None
    previous_cursor: str | None
    sort: str | None = None


def paginate(
    session: Session,
    statement: Statement,
    order: Order | Mapping[str, Order],
    arguments: Mapping[str, str],
    size: int = DEFAULT_SIZE,
    start: Sequence[Any] | None = None,
) -> Page:
    """The page that ``cursor`` in ``arguments`` names; a changed or foreign cursor gives the first page.

    ``order`` may map names to orders: ``sort`` in ``arguments`` chooses, the first is the default. Without a cursor
    the page begins behind the values ``start`` of the keys.
    """
    sort, keys = _chosen(order, arguments.get("sort"))
    pages = _pages_of(statement, keys)
    position = position_in(arguments.get("cursor"), sort, pages.name, len(keys))
    if position is None and start is not None:
        position = False, start
    shape = size, position and (position[0], *(value is None for value in position[1]))
    cut = kept_cut(pages.cuts, shape, lambda: _cut_at(statement, keys, position, size))
    return page_of(cut.read(session, position), len(keys), position, size, sort, pages.name)


def page_of(
    rows: Sequence[Row[Any]], count: int, position: Position | None, size: int, sort: str | None, name: str
) -> Page:
    """The page of the rows that a cut at ``position`` has read. ``count`` and ``name``: of its order."""
    backwards = position is not None and position[0]
    has_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows = rows[::-1]
    has_next = bool(rows) if backwards else has_more
    has_previous = has_more if backwards else position is not None and bool(rows)
    return Page(
        rows,
        _write_cursor(rows[-1], count, sort, name, backwards=False) if rows and has_next else None,
        _write_cursor(rows[0], count, sort, name, backwards=True) if rows and has_previous else None,
        sort,
    )


def finished(statement: Statement, keys: Order, size: int, *, backwards: bool) -> Statement:
    """One row more than the page has, with the values of the keys."""
    statement = statement.add_columns(*(key.column.label(f"{_PREFIX}{n}") for n, key in enumerate(keys)))
    return statement.order_by(None).order_by(*ordering(keys, backwards=backwards)).limit(size + 1)


def kept_cut(cuts: dict[Shape, Cut], shape: Shape, build: Callable[[], Cut], most: int = MOST_PAGES) -> Cut:
    """Put together once for each shape, as long as the list itself is kept (``db.kept``)."""
    found = cuts.get(shape)
    if found is None:
        if len(cuts) >= most:
            cuts.clear()
        found = cuts[shape] = build()
    return found


def _pages_of(statement: Statement, keys: Order) -> _Pages:
    orders = _pages.setdefault(statement, {})
    found = orders.get(id(keys))
    if found is None:
        if len(orders) >= _MOST_ORDERS:
            orders.clear()
        found = orders[id(keys)] = _Pages(keys)
    return found


def _cut_at(statement: Statement, keys: Order, position: Position | None, size: int) -> Cut:
    binder = Binder()
    if position is not None:
        values = binder.values([key.column for key in keys], position)
        statement = statement.where(_after(keys, values, backwards=position[0]))
    backwards = position is not None and position[0]
    return Cut(finished(statement, keys, size, backwards=backwards), binder.places)


def _chosen(order: Order | Mapping[str, Order], wanted: str | None) -> tuple[str | None, Order]:
    if not isinstance(order, Mapping):
        return None, order
    name = wanted if wanted is not None and wanted in order else next(iter(order))
    return name, order[name]


def ordering(keys: Order, *, backwards: bool = False) -> list[ColumnElement[Any]]:
    """The columns to order by; empty values come last, or first on the way back."""
    parts: list[ColumnElement[Any]] = []
    for key in keys:
        if key.nullable:
            emptiness = key.column.is_(None)
            parts.append(emptiness.desc() if backwards else emptiness.asc())
        parts.append(key.column.desc() if key.descending != backwards else key.column.asc())
    return parts


def _after(keys: Order, values: Sequence[Any], *, backwards: bool) -> ColumnElement[bool]:
    """The rows behind a position. Written so that an index over the keys can be entered at it."""
    directions = {key.descending != backwards for key in keys}
    if len(directions) == 1 and not any(key.nullable for key in keys):
        here, there = tuple_(*(key.column for key in keys)), tuple_(*values)
        return here < there if directions.pop() else here > there
    condition: ColumnElement[bool] = false()
    for key, value in reversed(list(zip(keys, values, strict=True))):
        condition = or_(beyond(key, value, backwards=backwards), and_(same(key, value), condition))
    first = keys[0]
    if first.nullable:
        return condition
    compare = operator.le if first.descending != backwards else operator.ge
    return and_(compare(first.column, values[0]), condition)


def same(key: Key, value: Any) -> ColumnElement[bool]:
    """Rows with this value of the key, which may be empty."""
    return key.column.is_(None) if value is None else key.column == value


def beyond(key: Key, value: Any, *, backwards: bool) -> ColumnElement[bool]:
    """Rows that come after this value of the key, whatever their other keys are."""
    if value is None:
        # Empty values end the list: nothing lies behind them, everything that has a value lies before.
        return key.column.is_not(None) if backwards else false()
    ahead = key.column < value if key.descending != backwards else key.column > value
    return or_(ahead, key.column.is_(None)) if key.nullable and not backwards else ahead


def is_column(key: Any) -> bool:
    return isinstance(key, ColumnElement | InstrumentedAttribute)


def _serializer() -> URLSafeSerializer:
    return plain_serializer(current_app.secret_key or "", _SALT)


def _write_cursor(row: Row[Any], count: int, sort: str | None, name: str, *, backwards: bool) -> str:
    values = [_plain(getattr(row, f"{_PREFIX}{n}")) for n in range(count)]
    return str(_serializer().dumps([sort, name, int(backwards), values]))


def _name(keys: Order) -> str:
    """What tells the orders of two lists apart; the values of one would make no sense in the other."""
    return hashlib.sha256(" ".join(str(key.column) for key in keys).encode()).hexdigest()[:8]


def position_in(cursor: str | None, sort: str | None, name: str, count: int) -> Position | None:
    """None for a cursor that is not ours or belongs to another order."""
    if not cursor:
        return None
    try:
        of_sort, of_list, backwards, values = _serializer().loads(cursor)
    except (BadData, ValueError, TypeError):
        return None
    if of_sort != sort or of_list != name or len(values) != count:
        return None
    return bool(backwards), [_revived(value) for value in values]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return {"t": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value


def _revived(value: Any) -> Any:
    if isinstance(value, dict):
        if "t" in value:
            return datetime.fromisoformat(value["t"])
        return date.fromisoformat(value["d"])
    return value


__all__ = [
    "DEFAULT_SIZE",
    "MOST_PAGES",
    "Binder",
    "Cut",
    "Key",
    "Order",
    "Page",
    "Position",
    "Shape",
    "beyond",
    "finished",
    "is_column",
    "kept_cut",
    "ordering",
    "page_of",
    "paginate",
    "position_in",
    "same",
]
