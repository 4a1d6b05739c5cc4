"""Counting working days, against the State Council's calendar and against a slow count by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.measures.workdays import (
    Due,
    Lateness,
    SpecialDay,
    WorkingCalendar,
    _built_in,
    built_in_years,
)

CALENDAR = WorkingCalendar(*_built_in())
FIRST, LAST = date(2021, 1, 1), date(2026, 6, 30)
days = st.dates(FIRST, LAST)


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        # The last working day before Spring Festival 2022; holidays 01-31 to 02-06, working weekends 01-29 and 01-30.
        (date(2022, 1, 28), 1, date(2022, 1, 29)),
        (date(2022, 1, 28), 3, date(2022, 2, 7)),
        # Over an ordinary weekend.
        (date(2022, 3, 4), 1, date(2022, 3, 7)),
        (date(2022, 3, 1), 15, date(2022, 3, 22)),
        # A term of none ends on its first day, even on a Sunday.
        (date(2022, 3, 6), 0, date(2022, 3, 6)),
        # From the day after the trigger, even when the trigger is a holiday itself.
        (date(2022, 10, 1), 1, date(2022, 10, 8)),
    ],
)
def test_a_term_ends_on_a_working_day_counted_from_the_day_after(start: date, length: int, due: date) -> None:
    assert CALENDAR.add(start, length) == Due(due, False)


@pytest.mark.parametrize(
    ("due_on", "done_on", "late"),
    [
        (date(2022, 3, 4), date(2022, 3, 4), 0),
        (date(2022, 3, 4), date(2022, 3, 1), 0),
        # The weekend after a Friday makes nothing late; Monday does.
        (date(2022, 3, 4), date(2022, 3, 6), 0),
        (date(2022, 3, 4), date(2022, 3, 7), 1),
        # Over the National Day holiday with its make-up days 10-08 and 10-09.
        (date(2022, 9, 30), date(2022, 10, 10), 3),
    ],
)
def test_lateness_counts_working_days_up_to_the_day_of_handing_in(
    due_on: date, done_on: date, late: int
) -> None:
    assert CALENDAR.late_days(due_on, done_on) == Lateness(late, False)


@given(days, st.integers(0, 120))
def test_a_term_and_its_lateness_are_each_other_s_inverse(start: date, length: int) -> None:
    due = CALENDAR.add(start, length)
    between = [start + timedelta(days=n) for n in range(1, (due.on - start).days + 1)]
    assert sum(map(CALENDAR.is_working, between)) == length
    assert CALENDAR.late_days(start, due.on).days == length
    assert length == 0 or CALENDAR.is_working(due.on)


@given(days, days, days)
def test_lateness_adds_up_over_a_day_in_between(first: date, second: date, third: date) -> None:
    first, second, third = sorted((first, second, third))
    parts = CALENDAR.late_days(first, second).days + CALENDAR.late_days(second, third).days
    assert CALENDAR.late_days(first, third).days == parts


def test_an_unknown_year_counts_weekdays_and_says_so() -> None:
    last = max(built_in_years())
    december = date(last, 12, 31)
    assert CALENDAR.is_known(last)
    assert not CALENDAR.is_known(last + 1)
    assert CALENDAR.add(date(last, 12, 1), 5).is_provisional is False
    due = CALENDAR.add(december, 2)
    assert due.is_provisional is True
    assert CALENDAR.late_days(december, date(last + 1, 1, 1)).is_provisional is True
    assert CALENDAR.late_days(date(last + 1, 2, 1), date(last + 1, 1, 1)) == Lateness(0, False)


def test_what_was_entered_goes_before_weekday_and_built_in_calendar() -> None:
    typhoon = date(2022, 3, 2)
    saturday = date(2022, 3, 5)
    entered = {
        typhoon: SpecialDay(typhoon, False, "台风停工", is_entered=True),
        saturday: SpecialDay(saturday, True, "调休", is_entered=True),
    }
    calendar = WorkingCalendar({**CALENDAR.exceptions, **entered}, CALENDAR.known)
    assert [calendar.is_working(day) for day in (typhoon, saturday, date(2022, 3, 6))] == [False, True, False]
    # One day less and one day more cancel out.
    assert calendar.add(date(2022, 3, 1), 15) == CALENDAR.add(date(2022, 3, 1), 15)
    assert calendar.add(date(2022, 3, 1), 2) == Due(date(2022, 3, 4), False)
    assert [found.day for found in calendar.exceptions_of(2022) if found.is_entered] == [typhoon, saturday]


def test_a_term_is_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add(date(2022, 3, 1), -1)


@given(
    st.dates(date(2022, 1, 1), date(2023, 6, 30)),
    st.integers(0, 40),
    st.lists(st.tuples(st.integers(-5, 60), st.integers(0, 20)), max_size=3),
)
def test_days_of_a_pause_are_left_out_of_a_term(day: date, days: int, spans: list[tuple[int, int]]) -> None:
    """Counted one by one on paper: the last of the first ``days`` working days that lie in no pause."""
    calendar = CALENDAR
    pauses = [(day + timedelta(days=begin), day + timedelta(days=begin + length)) for begin, length in spans]
    due = calendar.add(day, days, pauses)
    following = (day + timedelta(days=number) for number in range(1, 400))
    counted = [
        each
        for each in following
        if calendar.is_working(each) and not any(first <= each <= last for first, last in pauses)
    ]
    assert due.on == (counted[days - 1] if days else day)
    # The day after the trigger is the first that may count, and the last one counts in full.
    assert calendar.late_days(due.on, due.on).days == 0
