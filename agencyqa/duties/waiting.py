"""What waits for the bureau itself and since when, against the limits it set for itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row
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


class Weight(NamedTuple):
    """``waited`` and ``late`` are working days; ``due_on`` is empty where neither a date nor a limit holds."""

    limit: int | None
    due_on: date | None
    is_provisional: bool
    waited: int | None
    late: int


@dataclass(frozen=True)
class Waiting:
    """A line with its ``Weight``."""

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
    rows = read_rows(session, statement).all()
    terms, calendar = terms_of(session, bureau_ids), scope.reckoning.calendar
    found = [
        (weigh(row.bureau_id, Duty(row.duty), row.due_on, row.since, terms, calendar, scope.day), row)
        for row in rows[:COUNTED]
    ]
    late = Counter(row.duty for weight, row in found if weight.late)
    counts = Counter(row.duty for _, row in found)
    kinds = [
        KindOfWaiting(each, counts[each.value], late[each.value]) for each in Duty if each.value in counts
    ]
    wanted = [each for each in found if duty is None or each[1].duty == duty.value]
    wanted.sort(key=_urgency)
    # Of two thousand lines the words are looked up for those that are shown.
    shown = wanted[:SHOWN]
    items = listing.items(row for _, row in shown)
    return WaitingPage(
        [Waiting(item, *weight) for item, (weight, _) in zip(items, shown, strict=True)],
        kinds,
        len(found),
        late.total(),
        len(rows) > COUNTED,
    )


def weigh(
    bureau_id: int,
    duty: Duty,
    due_on: date | None,
    since: datetime | None,
    terms: Terms,
    calendar: WorkingCalendar,
    day: date,
) -> Weight:
    """Dates count from the day after the waiting began; the last day counts in full."""
    begun = None if since is None else local_date(since)
    limit = None if begun is None else terms.limit(bureau_id, duty, begun)
    is_provisional = False
    if due_on is None and begun is not None and limit is not None:
        due = calendar.add(begun, limit)
        due_on, is_provisional = due.on, due.is_provisional
    lateness = None if due_on is None else calendar.late_days(due_on, day)
    return Weight(
        limit,
        due_on,
        is_provisional or (lateness is not None and lateness.is_provisional),
        None if begun is None else calendar.late_days(begun, day).days,
        0 if lateness is None else lateness.days,
    )


def _urgency(one: tuple[Weight, Row[*tuple[Any, ...]]]) -> tuple[int, date, int, str, int]:
    weight, row = one
    return -weight.late, weight.due_on or date.max, -(weight.waited or 0), row.duty, row.id
