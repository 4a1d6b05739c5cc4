"""Statutory working days: the State Council's holidays and make-up weekends, with what bureaus entered since.

A term of n working days counts from the day after its trigger. The built-in calendar ends with the last year whose
holidays were published when it was made; a day of a later year counts by weekday only, and whatever was counted over
it is provisional, until a bureau has entered the year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.measures.models import WorkdayChange, WorkdayYear

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
        """Working days after ``due_on`` up to and including ``done_on``; the due date itself counts in full."""
        days, is_provisional = 0, False
        day = due_on
        while day < done_on:
            day += ONE_DAY
            is_provisional = is_provisional or day.year not in self.known
            days += self.is_working(day)
        return Lateness(days, is_provisional)

    def exceptions_of(self, year: int) -> list[SpecialDay]:
        return sorted(
            (found for day, found in self.exceptions.items() if day.year == year), key=lambda found: found.day
        )


def working_calendar(session: Session) -> WorkingCalendar:
    """The built-in calendar with what was entered on top, read once; two statements."""
    built_in, years = _built_in()
    exceptions = dict(built_in)
    # Of several rows of a day the newest is met last and stays.
    for change in session.scalars(select(WorkdayChange).order_by(WorkdayChange.id)):
        exceptions[change.day] = SpecialDay(
            change.day, change.is_working, change.name, source=change.source, is_entered=True
        )
    entered = session.scalars(select(WorkdayYear.year).order_by(WorkdayYear.year))
    return WorkingCalendar(exceptions, years | frozenset(entered))


def built_in_years() -> frozenset[int]:
    return _built_in()[1]


@cache
def _built_in() -> tuple[Mapping[date, SpecialDay], frozenset[int]]:
    from chinese_calendar.constants import Holiday, holidays, workdays

    exceptions = {day: SpecialDay(day, False, Holiday(name).chinese, name) for day, name in holidays.items()}
    exceptions |= {day: SpecialDay(day, True, Holiday(name).chinese, name) for day, name in workdays.items()}
    return exceptions, frozenset(day.year for day in holidays)
