"""What waits for the bureau itself and since when, against the limits it set for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.db import read_rows
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Scope
from agencyqa.duties.narrowings import is_of_bureaus
from agencyqa.duties.queries import LONGEST_WAITING, Item, Listing
from agencyqa.duties.terms import Terms, terms_of
from agencyqa.measures.workdays import WorkingCalendar

# Of what waits the oldest are counted; what is left out has waited less than any of them.
COUNTED = 2000
SHOWN = 200


@dataclass(frozen=True)
class Waiting:
    """``waited`` and ``late`` are working days; ``due_on`` is empty where neither a date nor a limit holds."""

    item: Item
    limit: int | None
    due_on: date | None
    is_provisional: bool
    waited: int | None
    late: int


@dataclass(frozen=True)
class KindOfWaiting:
    duty: Duty
    count: int
    late: int


@dataclass(frozen=True)
class WaitingPage:
    rows: list[Waiting]
    kinds: list[KindOfWaiting]
    count: int
    late: int
    is_cut: bool


def waiting_page(session: Session, scope: Scope, duty: Duty | None = None) -> WaitingPage:
    """Late ones first, the latest of them at the top; then by what falls due, then by what has waited longest."""
    bureau_ids = scope.actor.bureau_ids if scope.actor.is_bureau else frozenset[int]()
    listing = Listing(scope)
    # A date that lies far ahead is no waiting yet, so everything is ordered by the day it began or is due.
    statement = listing.rows(is_of_bureaus, facets=LONGEST_WAITING, limit=COUNTED + 1)
    items = listing.items(read_rows(session, statement))
    terms, calendar = terms_of(session, bureau_ids), scope.reckoning.calendar
    found = [weighed(item, terms, calendar, scope.day) for item in items[:COUNTED]]
    kinds = [
        KindOfWaiting(each, len(lates), sum(late > 0 for late in lates))
        for each in Duty
        if (lates := [one.late for one in found if one.item.duty is each])
    ]
    shown = [one for one in found if duty is None or one.item.duty is duty]
    shown.sort(key=_urgency)
    return WaitingPage(
        shown[:SHOWN], kinds, len(found), sum(one.late > 0 for one in found), len(items) > COUNTED
    )


def weighed(item: Item, terms: Terms, calendar: WorkingCalendar, day: date) -> Waiting:
    """Dates count from the day after the waiting began; the last day counts in full."""
    begun = None if item.since is None else local_date(item.since)
    limit = None if begun is None else terms.limit(item.bureau_id, item.duty, begun)
    due_on, is_provisional = item.due_on, False
    if due_on is None and begun is not None and limit is not None:
        due = calendar.add(begun, limit)
        due_on, is_provisional = due.on, due.is_provisional
    lateness = None if due_on is None else calendar.late_days(due_on, day)
    return Waiting(
        item,
        limit,
        due_on,
        is_provisional or (lateness is not None and lateness.is_provisional),
        None if begun is None else calendar.late_days(begun, day).days,
        0 if lateness is None else lateness.days,
    )


def _urgency(one: Waiting) -> tuple[int, date, int, str, int]:
    return (-one.late, one.due_on or date.max, -(one.waited or 0), one.item.duty.value, one.item.id)
