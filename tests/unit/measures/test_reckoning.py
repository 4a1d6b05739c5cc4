"""What a page says of lateness, and what a statement finds by one date, are the same on every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.measures.reckoning import Reckoning
from agencyqa.measures.workdays import WorkingCalendar, _built_in

CALENDAR = WorkingCalendar(*_built_in())
days = st.dates(date(2021, 1, 1), date(2027, 12, 31))


@given(due_on=days, day=days)
def test_late_before_one_date_is_late_by_a_working_day(due_on: date, day: date) -> None:
    reckoning = Reckoning(day, CALENDAR)
    assert reckoning.is_late(due_on) is (reckoning.late(due_on) > 0)
    assert reckoning.was_late(due_on, None) is reckoning.is_late(due_on)
    assert (day >= CALENDAR.late_from(due_on)) is reckoning.is_late(due_on)


@given(due_on=days, length=st.integers(0, 400))
def test_working_days_are_those_counted_one_by_one(due_on: date, length: int) -> None:
    done_on = due_on + timedelta(days=length)
    counted = sum(CALENDAR.is_working(due_on + timedelta(days=each)) for each in range(1, length + 1))
    unknown = any((due_on + timedelta(days=each)).year not in CALENDAR.known for each in range(1, length + 1))
    found = CALENDAR.late_days(due_on, done_on)
    assert (found.days, found.is_provisional) == (counted, unknown)


@pytest.mark.parametrize(
    ("day", "late", "left"),
    [
        # Due on Friday 2022-09-30, before the holiday that ends with two working days at the weekend.
        (date(2022, 9, 28), 0, 2),
        (date(2022, 9, 30), 0, 0),
        (date(2022, 10, 7), 0, 0),
        (date(2022, 10, 8), 1, 0),
        (date(2022, 10, 10), 3, 0),
    ],
)
def test_a_holiday_makes_nothing_later(day: date, late: int, left: int) -> None:
    due_on, reckoning = date(2022, 9, 30), Reckoning(day, CALENDAR)
    assert (reckoning.late(due_on), reckoning.left(due_on), reckoning.distance(due_on)) == (
        late,
        left,
        late or left,
    )


def test_waiting_counts_from_the_day_after_it_began_where_the_bureaus_are() -> None:
    # Half past eleven on Thursday evening in London is Friday in Shanghai.
    since = datetime(2022, 3, 3, 23, 30, tzinfo=UTC)
    waited = [Reckoning(date(2022, 3, day), CALENDAR).waited(since) for day in (4, 6, 7, 9)]
    assert waited == [0, 0, 1, 3]
