"""Statutory working days: the State Council's holidays and make-up weekends, with what bureaus entered since.

A term of n working days counts from the day after its trigger. The built-in calendar ends with the last year whose
holidays were published when it was made; a day of a later year counts by weekday only, and whatever was counted over
it is provisional, until a bureau has entered the year.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from agencyqa.db import read_rows
from agencyqa.measures.models import WorkdayChange, WorkdayYear
from agencyqa.web.once import once

SATURDAY = 5
ONE_DAY = timedelta(days=1)


# The first and the last day, both left out of a term.
Pause = tuple[date, date]


@dataclass(frozen=True)
class Due:
    on: date
    is_provisional: bool


@dataclass(frozen=True)
class Lateness:
    days: int
    is_provisional: bool


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not what its weekday says; ``is_working`` for a make-up weekend."""

    day: date
    is_working: bool
    name: str
    name_en: str = ""
    source: str = ""
    is_entered: bool = False


@dataclass(frozen=True)
class WorkingCalendar:
    """``exceptions`` are the days that differ from their weekday; ``known`` the years of which all are there."""

    exceptions: Mapping[date, SpecialDay] = field(default_factory=dict)
    known: frozenset[int] = frozenset()

    def is_known(self, year: int) -> bool:
        return year in self.known

    def is_working(self, day: date) -> bool:
        found = self.exceptions.get(day)
        return day.weekday() < SATURDAY if found is None else found.is_working

    def add(self, day: date, days: int, pauses: Sequence[Pause] = ()) -> Due:
        """The last day of a term of ``days`` working days; a term of none ends on ``day`` itself, whatever day it is.

        Days within a pause do not count, as if they were holidays; whether they would have is of no matter.

        Raise ValueError for a negative term, OverflowError beyond the end of the calendar.
        """
        if days < 0:
            raise ValueError("a term has no negative length")
        is_provisional = False
        while days:
            day += ONE_DAY
            if any(first <= day <= last for first, last in pauses):
                continue
            is_provisional = is_provisional or day.year not in self.known
            days -= self.is_working(day)
        return Due(day, is_provisional)

    def late_days(self, due_on: date, done_on: date) -> Lateness:
        """Working days after ``due_on`` up to and including ``done_on``; the due date itself counts in full.

        In a time that does not grow with the days between: a list asks it for every line.
        """
        if done_on <= due_on:
            return Lateness(0, False)
        is_provisional = not self.known.issuperset(range((due_on + ONE_DAY).year, done_on.year + 1))
        return Lateness(self._working_up_to(done_on) - self._working_up_to(due_on), is_provisional)

    def is_late(self, due_on: date, done_on: date) -> bool:
        return self.late_days(due_on, done_on).days > 0

    def late_before(self, day: date) -> date:
        """What was due before this date is late on ``day``, and nothing else: the last working day up to it.

        So that a statement finds with one comparison what is late by the rule of ``late_days``.
        """
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def late_from(self, due_on: date) -> date:
        """The first day on which what was due then is late: the next working day."""
        return self.add(due_on, 1).on

    def _working_up_to(self, day: date) -> int:
        """Working days from the first day of the calendar of all."""
        weeks, rest = divmod(day.toordinal(), 7)
        days, added = self._corrections
        return weeks * SATURDAY + min(rest, SATURDAY) + added[bisect_right(days, day)]

    @cached_property
    def _corrections(self) -> tuple[list[date], list[int]]:
        """The days that differ, in order, and how many working days those up to each add to the weekdays."""
        days = sorted(self.exceptions)
        steps = (self.exceptions[day].is_working - (day.weekday() < SATURDAY) for day in days)
        return days, list(accumulate(steps, initial=0))

    def exceptions_of(self, year: int) -> list[SpecialDay]:
        return sorted(
            (found for day, found in self.exceptions.items() if day.year == year), key=lambda found: found.day
        )


@once
def working_calendar(session: Session) -> WorkingCalendar:
    """The built-in calendar with what was entered on top; one statement."""
    return _calendar_with(tuple(map(tuple, read_rows(session, _ENTERED))))


def _entered() -> Select[int, date, bool, str, str, int]:
    no_day: sa.ColumnElement[date] = sa.cast(sa.null(), sa.Date)
    changes = select(
        WorkdayChange.id,
        WorkdayChange.day,
        WorkdayChange.is_working,
        WorkdayChange.name,
        WorkdayChange.source,
        sa.literal(0).label("year"),
    )
    years = select(
        WorkdayYear.id, no_day, sa.false(), sa.literal(""), sa.literal(""), WorkdayYear.year.label("year")
    )
    entered = sa.union_all(changes, years).subquery()
    # Of several rows of a day the newest is met last and stays.
    return select(*entered.c).order_by(entered.c.id)


_ENTERED = _entered()


# Few lists that people may still be looking at: each entry makes another one.
@lru_cache(maxsize=8)
def _calendar_with(entered: tuple[tuple[Any, ...], ...]) -> WorkingCalendar:
    built_in, years = _built_in()
    exceptions, known = dict(built_in), set(years)
    for _, day, is_working, name, source, year in entered:
        if day is None:
            known.add(year)
        else:
            exceptions[day] = SpecialDay(day, bool(is_working), name, source=source, is_entered=True)
    return WorkingCalendar(exceptions, frozenset(known))


def built_in_years() -> frozenset[int]:
    return _built_in()[1]


@cache
def _built_in() -> tuple[Mapping[date, SpecialDay], frozenset[int]]:
    from chinese_calendar.constants import Holiday, holidays, workdays

    exceptions = {day: SpecialDay(day, False, Holiday(name).chinese, name) for day, name in holidays.items()}
    exceptions |= {day: SpecialDay(day, True, Holiday(name).chinese, name) for day, name in workdays.items()}
    return exceptions, frozenset(day.year for day in holidays)
