"""Things that happen at a time of their own, told in the order of time whatever the order they were thought of."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from agencyqa.clock import SHANGHAI

Event = Callable[[datetime], None]


def moment(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """An instant of a working day in Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI).astimezone(UTC)


class Timeline:
    """Events may add later ones while it runs. What lies after ``end`` has not happened yet."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self._waiting: list[tuple[datetime, int, Event]] = []
        self._numbers = itertools.count()

    def at(self, day: date, event: Event, hour: int = 10) -> None:
        number = next(self._numbers)
        when = moment(day, hour, number % 60)
        if when <= self.end:
            heapq.heappush(self._waiting, (when, number, event))

    def run(self) -> int:
        count = 0
        while self._waiting:
            when, _, event = heapq.heappop(self._waiting)
            event(when)
            count += 1
        return count
