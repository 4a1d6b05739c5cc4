"""A list of several statements walks every order there and back, and is put together once for pages of one shape."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import Subquery
from sqlalchemy.orm import Session

from agencyqa.web.tables import MOST_PAGES, Page
from agencyqa.web.unions import Facet, Part, Union, paginate_union, split_by_emptiness

# Number, rank, day; the last rank has no days at all.
ROWS = [
    (
        number,
        number % 3,
        None if number % 5 == 0 or number % 3 == 2 else date(2024, 1, 1) + timedelta(number % 4),
    )
    for number in range(1, 40)
]
THINGS = (
    sa.values(
        sa.column("id", sa.Integer), sa.column("rank", sa.Integer), sa.column("day", sa.Date), name="things"
    )
    .data(ROWS)
    .cte("things")
)
T = THINGS.c
NO_DAY = sa.cast(sa.null(), sa.Date)


def by_rank(row: Any) -> tuple[Any, ...]:
    return (row[1], row[2] is None, row[2] or date.min, row[0])


def by_day(row: Any) -> tuple[Any, ...]:
    return (row[2] is None, -(row[2] or date.min).toordinal(), row[1], -row[0])


RANK_FIRST = (Facet("rank"), Facet("day", nullable=True), Facet("id"))
DAY_FIRST = (Facet("day", descending=True, nullable=True), Facet("rank"), Facet("id", descending=True))
ORDERS: dict[str, tuple[tuple[Facet, ...], Callable[[Any], Any]]] = {
    "rank": (RANK_FIRST, by_rank),
    "day": (DAY_FIRST, by_day),
}


def list_in(facets: tuple[Facet, ...], most: int = MOST_PAGES) -> Union:
    parts: list[Part] = []
    for rank in range(3):
        day = NO_DAY if rank == 2 else T.day
        statement = sa.select(T.id, sa.literal(rank).label("rank"), day.label("day")).where(T.rank == rank)
        keys = {"id": T.id, "rank": rank, "day": None if rank == 2 else T.day}
        part = Part(statement, [keys[facet.name] for facet in facets])
        place = next(n for n, facet in enumerate(facets) if facet.nullable)
        parts += [part] if rank == 2 else split_by_emptiness(part, place)

    def finish(union: Subquery) -> sa.Select[Any]:
        return sa.select(union.c.id)

    return Union(parts, facets, finish, most)


def page_at(session: Session, union: Union, cursor: str | None) -> Page:
    return paginate_union(session, union, {"cursor": cursor} if cursor else {}, 4, sort="x")


def ids(page: Page) -> list[int]:
    return [row.id for row in page.rows]


@pytest.mark.parametrize("name", list(ORDERS))
def test_pages_forward_and_back_hold_every_row_once(app: Flask, session: Session, name: str) -> None:
    facets, key = ORDERS[name]
    union, expected = list_in(facets), [row[0] for row in sorted(ROWS, key=key)]
    with app.test_request_context():
        # The second walk finds all its statements already put together.
        for _ in range(2):
            pages = [page_at(session, union, None)]
            while cursor := pages[-1].next_cursor:
                pages.append(page_at(session, union, cursor))
            assert [number for page in pages for number in ids(page)] == expected
            back = [pages[-1]]
            while cursor := back[-1].previous_cursor:
                back.append(page_at(session, union, cursor))
            assert [ids(page) for page in reversed(back)] == [ids(page) for page in pages]
    # The first page; and each way for each rank the rows that have a day and those that have none.
    assert len(union.cuts) <= 1 + 2 * 5


def test_another_position_of_the_same_shape_is_read_by_the_same_statement(
    app: Flask, session: Session
) -> None:
    union = list_in(RANK_FIRST)
    with app.test_request_context():
        first = page_at(session, union, None)
        second = page_at(session, union, first.next_cursor)
        known = dict(union.cuts)
        third = page_at(session, union, second.next_cursor)
        assert union.cuts == known
    expected = [row[0] for row in sorted(ROWS, key=by_rank)]
    assert ids(first) + ids(second) + ids(third) == expected[:12]


def test_of_a_large_list_few_pages_are_kept_and_all_are_found(app: Flask, session: Session) -> None:
    union = list_in(RANK_FIRST, most=2)
    found: list[int] = []
    cursor: str | None = ""
    with app.test_request_context():
        while cursor is not None:
            page = page_at(session, union, cursor)
            found += ids(page)
            cursor = page.next_cursor
            assert len(union.cuts) <= 2
    assert found == [row[0] for row in sorted(ROWS, key=by_rank)]
