"""Keyset paging walks every order there and back, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.web.tables import Key, Order, Page, paginate

ROWS = [
    (
        number,
        f"机构{number % 4}",
        None if number % 5 == 0 else number % 3,
        date(2024, 1, 1) + timedelta(number % 6),
    )
    for number in range(1, 24)
]
COLUMNS = (
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("score", sa.Integer),
    sa.column("day", sa.Date),
)
THINGS = sa.values(*COLUMNS, name="things").data(ROWS).cte("things")
T = THINGS.c


def _name(row: Any) -> tuple[Any, ...]:
    return (row[1], row[0])


def _score_down_nulls_last(row: Any) -> tuple[Any, ...]:
    return (row[2] is None, -(row[2] or 0), row[1], -row[0])


def _score_up_nulls_last(row: Any) -> tuple[Any, ...]:
    return (row[2] is None, row[2] or 0, row[0])


def _day_down_name_up(row: Any) -> tuple[Any, ...]:
    return (-row[3].toordinal(), row[1], row[0])


ORDERS: dict[str, tuple[Order, Any]] = {
    "name": ((Key(T.name), Key(T.id)), _name),
    "score_down": (
        (Key(T.score, descending=True, nullable=True), Key(T.name), Key(T.id, descending=True)),
        _score_down_nulls_last,
    ),
    "score_up": ((Key(T.score, nullable=True), Key(T.id)), _score_up_nulls_last),
    "day_down": ((Key(T.day, descending=True), Key(T.name), Key(T.id)), _day_down_name_up),
}


def page_at(session: Session, order: Order, cursor: str | None, size: int = 5) -> Page:
    return paginate(session, sa.select(THINGS), order, {"cursor": cursor} if cursor else {}, size)


def ids(page: Page) -> list[int]:
    return [row.id for row in page.rows]


@pytest.mark.parametrize("name", list(ORDERS))
def test_pages_forward_and_back_hold_every_row_once(app: Flask, session: Session, name: str) -> None:
    order, key = ORDERS[name]
    expected = [row[0] for row in sorted(ROWS, key=key)]
    with app.test_request_context():
        pages = [page_at(session, order, None)]
        while cursor := pages[-1].next_cursor:
            pages.append(page_at(session, order, cursor))
        assert [number for page in pages for number in ids(page)] == expected
        assert pages[0].previous_cursor is None
        back = [pages[-1]]
        while cursor := back[-1].previous_cursor:
            back.append(page_at(session, order, cursor))
        assert [ids(page) for page in reversed(back)] == [ids(page) for page in pages]
        assert back[-1].next_cursor == pages[0].next_cursor


def test_a_cursor_that_is_not_ours_gives_the_first_page(app: Flask, session: Session) -> None:
    order = ORDERS["name"][0]
    with app.test_request_context():
        first = page_at(session, order, None)
        assert first.next_cursor is not None
        for cursor in ("x", first.next_cursor[:-1], "A" + first.next_cursor, "WyJuYW1lIl0.abc"):
            assert ids(page_at(session, order, cursor)) == ids(first)


def test_a_cursor_of_another_order_is_not_followed(app: Flask, session: Session) -> None:
    orders = {name: order for name, (order, _) in ORDERS.items()}
    with app.test_request_context():
        first = paginate(session, sa.select(THINGS), orders, {"sort": "score_up"}, 5)
        assert first.sort == "score_up"
        cursor = first.next_cursor or ""
        other = paginate(session, sa.select(THINGS), orders, {"sort": "nonsense", "cursor": cursor}, 5)
        assert (other.sort, other.previous_cursor) == ("name", None)


def test_a_full_last_page_offers_no_further_one(app: Flask, session: Session) -> None:
    order = ORDERS["name"][0]
    with app.test_request_context():
        page = page_at(session, order, None, size=len(ROWS))
        assert (len(page.rows), page.next_cursor, page.previous_cursor) == (len(ROWS), None, None)
