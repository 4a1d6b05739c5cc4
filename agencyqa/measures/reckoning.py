"""How far dates lie from one day: what every page, list and dashboard says of lateness, and by what it filters.

Due dates are counted in statutory working days, so what is late, what is left and what was waited are counted so too;
the last day counts in full. How long a licence is still valid is no such term and stays a matter of calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.measures.workdays import WorkingCalendar, working_calendar


@dataclass(frozen=True)
class Reckoning:
    """Two of one day and one ``late_before`` are the same to a cache, whatever else their calendars say: nothing that
    is kept may hold another figure of the calendar.

    ``late_before`` is for statements: what was due before this date is late, and nothing else is.
    """

    day: date
    calendar: WorkingCalendar = field(compare=False)
    late_before: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "late_before", self.calendar.late_before(self.day))

    def is_late(self, due_on: date) -> bool:
        return due_on < self.late_before

    def was_late(self, due_on: date, done_on: date | None) -> bool:
        """Of what was done, or still waits to be."""
        return self.calendar.is_late(due_on, done_on or self.day)

    def late(self, due_on: date) -> int:
        """Working days after the due date, today among them; 0 over the weekend that follows it."""
        return self.calendar.late_days(due_on, self.day).days

    def left(self, due_on: date) -> int:
        """Working days from tomorrow to the due date."""
        return self.calendar.late_days(self.day, due_on).days

    def distance(self, due_on: date) -> int:
        """Working days past the due date, or those left."""
        return self.late(due_on) if due_on < self.day else self.left(due_on)

    def waited(self, since: datetime) -> int:
        """Working days from the day after something began."""
        return self.calendar.late_days(local_date(since), self.day).days

    def is_today(self, since: datetime) -> bool:
        return local_date(since) == self.day


def reckon(session: Session, day: date) -> Reckoning:
    """One statement."""
    return Reckoning(day, working_calendar(session))
