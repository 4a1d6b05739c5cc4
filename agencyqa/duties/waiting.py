"""What waits for the bureau itself and since when, against the limits it set for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

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


class Line(Protocol):
    """As much of a line as weighs it."""

    @property
    def duty(self) -> str: ...
    @property
    def bureau_id(self) -> int: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def since(self) -> datetime | None: ...


@dataclass(frozen=True)
class Weight:
    """``waited`` and ``late`` are working days; ``due_on`` is empty where neither a date nor a limit holds."""

    limit: int | None
    due_on: date | None
    is_provisional: bool
    waited: int | None
    late: int


@dataclass(frozen=True)
class Waiting(Weight):
    item: Item


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
    """Late ones first, the latest of them at the top; then by what falls due, then by what has waited longest.

    All that counts is weighed by its dates; what a line says is looked up for those alone that are shown.
    """
    bureau_ids = scope.actor.bureau_ids if scope.actor.is_bureau else frozenset[int]()
    listing = Listing(scope)
    # A date that lies far ahead is no waiting yet, so everything is ordered by the day it began or is due.
    statement = listing.weighed_rows(is_of_bureaus, facets=LONGEST_WAITING, limit=COUNTED + 1)
    rows = read_rows(session, statement).all()
    scales = Scales(terms_of(session, bureau_ids), scope.reckoning.calendar, scope.day)
    found = [(row, scales.weigh(row)) for row in rows[:COUNTED]]
    lates: dict[str, list[int]] = {}
    for row, weight in found:
        lates.setdefault(row.duty, []).append(weight.late)
    kinds = [
        KindOfWaiting(each, len(lates[each]), sum(late > 0 for late in lates[each]))
        for each in Duty
        if each in lates
    ]
    shown = [pair for pair in found if duty is None or pair[0].duty == duty]
    shown.sort(key=_urgency)
    del shown[SHOWN:]
    items = listing.found_again(session, [row for row, _ in shown], is_of_bureaus)
    return WaitingPage(
        [
            Waiting(**vars(weight), item=items[row.duty, row.id, row.body_id])
            for row, weight in shown
            # Of two statements the second may come after somebody else has done his part.
            if (row.duty, row.id, row.body_id) in items
        ],
        kinds,
        len(found),
        sum(weight.late > 0 for _, weight in found),
        len(rows) > COUNTED,
    )


class Scales:
    """Weighs lines against the limits of bureaus; those that began and fall due on the same days once."""

    def __init__(self, terms: Terms, calendar: WorkingCalendar, day: date) -> None:
        self._terms, self._calendar, self._day = terms, calendar, day
        self._known: dict[tuple[int, str, date | None, date | None], Weight] = {}

    def weigh(self, line: Line) -> Weight:
        begun = None if line.since is None else local_date(line.since)
        key = line.bureau_id, line.duty, begun, line.due_on
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._weigh(*key)
        return found

    def _weigh(self, bureau_id: int, duty: str, begun: date | None, due_on: date | None) -> Weight:
        """Dates count from the day after the waiting began; the last day counts in full."""
        calendar, day = self._calendar, self._day
        limit = None if begun is None else self._terms.limit(bureau_id, Duty(duty), begun)
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


def _urgency(pair: tuple[Any, Weight]) -> tuple[int, date, int, str, int]:
    row, weight = pair
    return (-weight.late, weight.due_on or date.max, -(weight.waited or 0), row.duty, row.id)
