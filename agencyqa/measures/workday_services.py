"""Entering what the State Council published after the built-in calendar was made. One calendar serves all bureaus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.errors import Forbidden, Invalid
from agencyqa.measures.models import WorkdayChange, WorkdayYear
from agencyqa.measures.workdays import working_calendar

FIRST_YEAR, LAST_YEAR = 2000, 2100
# The longest holiday so far had eight days; a longer period is a slip of the pen.
LONGEST_PERIOD = 31
# Constraint → (field, code).
CONSTRAINTS = {"uq_workday_years_year": ("year", "workday_year_known")}

# Told in the transaction of the change with the days that changed, so that higher areas count anew what was counted
# over them. Without a day: a year was declared, and what was counted over it is provisional no longer.
CalendarListener = Callable[[Session, Actor, datetime, Sequence[date]], None]
calendar_listeners: list[CalendarListener] = []


@dataclass(frozen=True)
class ChangeData:
    """The days from ``first`` to ``last``, both included, are working days or none of them is."""

    first: date
    last: date
    is_working: bool
    name: str
    source: str


def enter_change(actor: Actor, session: Session, data: ChangeData, *, now: datetime) -> list[WorkdayChange]:
    """A new row for each day whose nature or name is not yet so; earlier rows stay. Raise Forbidden, Invalid."""
    _expect_allowed(actor)
    name, source = data.name.strip(), data.source.strip()
    problems: dict[str, str | tuple[str, dict[str, int]]] = {
        field: "required" for field, text in (("name", name), ("source", source)) if not text
    }
    if not FIRST_YEAR <= data.first.year <= LAST_YEAR:
        problems["first"] = "workday_year_wrong"
    if data.last < data.first:
        problems["last"] = "workday_period_reversed"
    elif (data.last - data.first).days >= LONGEST_PERIOD:
        problems["last"] = ("workday_period_long", {"days": LONGEST_PERIOD})
    if problems:
        raise Invalid("invalid", **problems)
    known = working_calendar(session).exceptions
    days = [data.first + timedelta(days=n) for n in range((data.last - data.first).days + 1)]
    entered = [
        WorkdayChange(
            day=day,
            is_working=data.is_working,
            name=name,
            source=source,
            entered_at=now,
            entered_by_id=actor.user_id,
        )
        for day in days
        if (found := known.get(day)) is None or (found.is_working, found.name) != (data.is_working, name)
    ]
    if not entered:
        raise Invalid("invalid", first="workday_same")
    session.add_all(entered)
    session.flush()
    for change in entered:
        record(
            session,
            actor,
            "measures.workday.changed",
            change,
            now=now,
            bureau_id=actor.bureau_id,
            day=change.day,
            is_working=change.is_working,
            name=name,
            source=source,
        )
    _tell(session, actor, now, [change.day for change in entered])
    return entered


def declare_year(actor: Actor, session: Session, year: int, source: str, *, now: datetime) -> WorkdayYear:
    """All days of the year that differ from their weekday are entered: what is counted over it is final.

    Raise Forbidden, Invalid. A year declared twice at once comes as IntegrityError, see ``CONSTRAINTS``.
    """
    _expect_allowed(actor)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("invalid", year="workday_year_wrong")
    if not source.strip():
        raise Invalid("invalid", source="required")
    if working_calendar(session).is_known(year):
        raise Invalid("invalid", year="workday_year_known")
    declared = WorkdayYear(year=year, source=source.strip(), entered_at=now, entered_by_id=actor.user_id)
    session.add(declared)
    session.flush()
    record(
        session,
        actor,
        "measures.workday.year_declared",
        declared,
        now=now,
        bureau_id=actor.bureau_id,
        year=year,
        source=source.strip(),
    )
    _tell(session, actor, now, ())
    return declared


def tell_calendar_grew(session: Session, actor: Actor, *, now: datetime) -> None:
    """The built-in calendar of a newer version may know a year that was not published: as if it were declared."""
    _tell(session, actor, now, ())


def _expect_allowed(actor: Actor) -> None:
    if not actor.has(Permission.WORKDAYS_WRITE) or actor.bureau_id is None:
        raise Forbidden()


def _tell(session: Session, actor: Actor, now: datetime, days: Sequence[date]) -> None:
    for listener in calendar_listeners:
        listener(session, actor, now, days)
