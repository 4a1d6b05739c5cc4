"""Paging of a list that comes from several statements: each is cut to a page by its own index before all are joined."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, false, or_, select, true, union_all
from sqlalchemy.orm import Session

from agencyqa.web.tables import (
    DEFAULT_SIZE,
    MOST_PAGES,
    Binder,
    Cut,
    Key,
    Page,
    Position,
    Shape,
    beyond,
    finished,
    is_column,
    kept_cut,
    ordering,
    page_of,
    position_in,
    same,
)


@dataclass(frozen=True)
class Facet:
    """One column of the order by its name in the union. ``nullable``: empty values come last in either direction."""

    name: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Part:
    """A statement without an order. ``keys`` has for each facet its column, or the one value that all its rows have.

    ``filled`` are the places of columns that are never empty here although their facet may be.
    """

    statement: Select[*tuple[Any, ...]]
    keys: Sequence[Any]
    filled: frozenset[int] = frozenset()

    def key(self, place: int, facet: Facet) -> Key:
        return Key(self.keys[place], facet.descending, facet.nullable and place not in self.filled)


def split_by_emptiness(part: Part, place: int) -> tuple[Part, Part]:
    """The rows that have a value there, in its order, and those that have none: neither needs to be sorted."""
    column = part.keys[place]
    without = (*part.keys[:place], None, *part.keys[place + 1 :])
    return (
        Part(part.statement.where(column.is_not(None)), part.keys, part.filled | {place}),
        Part(part.statement.where(column.is_(None)), without, part.filled),
    )


@dataclass(frozen=True, eq=False)
class Union:
    """A list to be paged. ``finish`` reads the union of the parts and adds what only the shown rows need.

    Whoever keeps it (``db.kept``) keeps its pages with it, ``most`` of them.
    """

    parts: Sequence[Part]
    facets: Sequence[Facet]
    finish: Callable[[Subquery], Select[*tuple[Any, ...]]]
    most: int = MOST_PAGES
    cuts: dict[Shape, Cut] = field(default_factory=dict)

    @cached_property
    def fixed(self) -> frozenset[int]:
        """Places of facets that are one value in some part: which rows of it come later hangs on the value itself."""
        return frozenset(
            place
            for part in self.parts
            for place, key in enumerate(part.keys)
            if key is not None and not is_column(key)
        )

    def shape(self, position: Position | None) -> Shape:
        if position is None:
            return None
        fixed = self.fixed
        values = (value if place in fixed else value is None for place, value in enumerate(position[1]))
        return position[0], *values

    def cut(self, position: Position | None, size: int) -> Cut:
        binder, backwards = Binder(), position is not None and position[0]
        union = joined(self.parts, self.facets, size + 1, position, binder)
        keys = keys_of(union, self.facets)
        return Cut(finished(self.finish(union), keys, size, backwards=backwards), binder.places)


def joined(
    parts: Sequence[Part],
    facets: Sequence[Facet],
    limit: int | None,
    position: Position | None = None,
    binder: Binder | None = None,
    *,
    name: str = "part",
) -> Subquery:
    """The union of the first ``limit`` rows of each part, or of all; who reads it orders and cuts it once more."""
    backwards = position is not None and position[0]
    cut = []
    for part in parts:
        statement = part.statement
        if position is not None:
            values = position[1] if binder is None else binder.values(part.keys, position)
            further = _after(part, facets, values, backwards=backwards)
            if further is None:
                continue
            statement = statement.where(further)
        if limit is None:
            cut.append(statement)
            continue
        statement = statement.order_by(*_ordering(part, facets, backwards=backwards)).limit(limit)
        # Wrapped, because SQLite wants no LIMIT inside a union.
        cut.append(select(statement.subquery()))
    if not cut:
        cut.append(parts[0].statement.where(false()))
    return union_all(*cut).subquery(name)


def paginate_union(
    session: Session,
    union: Union,
    arguments: Mapping[str, str],
    size: int = DEFAULT_SIZE,
    sort: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Page:
    """As ``tables.paginate``, one statement. ``parameters`` are those that the parts themselves have."""
    name, count = order_name(union.facets), len(union.facets)
    position = position_in(arguments.get("cursor"), sort, name, count)
    shape = size, union.shape(position)
    cut = kept_cut(union.cuts, shape, lambda: union.cut(position, size), union.most)
    return page_of(cut.read(session, position, parameters), count, position, size, sort, name)


def order_name(facets: Sequence[Facet]) -> str:
    return "+".join(facet.name for facet in facets)


def keys_of(union: Subquery, facets: Sequence[Facet]) -> list[Key]:
    return [Key(union.c[facet.name], facet.descending, facet.nullable) for facet in facets]


def _ordering(part: Part, facets: Sequence[Facet], *, backwards: bool) -> list[ColumnElement[Any]]:
    """A value that all rows of a part have orders nothing in it."""
    places = [place for place, key in enumerate(part.keys) if is_column(key)]
    return ordering([part.key(place, facets[place]) for place in places], backwards=backwards)


def _after(
    part: Part, facets: Sequence[Facet], values: Sequence[Any], *, backwards: bool
) -> ColumnElement[bool] | None:
    """The rows of a part behind a position; None where all of it lies before."""
    condition: ColumnElement[bool] | None = None
    entry: ColumnElement[bool] | None = None
    for place in reversed(range(len(facets))):
        facet, value, key = facets[place], values[place], part.keys[place]
        column = part.key(place, facet)
        if not is_column(key) or (value is None and not column.nullable):
            order = -1 if is_column(key) else _compare(key, value, facet)
            if order != 0:
                condition, entry = (true() if (order > 0) != backwards else None), None
            continue
        further = beyond(column, value, backwards=backwards)
        condition = further if condition is None else or_(further, and_(same(column, value), condition))
        # The first column is said once more by itself, so that an index can be entered at it.
        compare = operator.le if facet.descending != backwards else operator.ge
        entry = None if column.nullable else compare(key, value)
    if condition is None or entry is None:
        return condition
    return and_(entry, condition)


def _compare(key: Any, value: Any, facet: Facet) -> int:
    """Where the value of a part stands in the order: before (-1), at (0) or behind (1) that of the position."""
    if key == value:
        return 0
    if key is None or value is None:
        return 1 if key is None else -1
    return 1 if (key > value) != facet.descending else -1
