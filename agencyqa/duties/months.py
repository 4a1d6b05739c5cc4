"""A month as weeks of days, Monday first. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Month:
    year: int
    number: int

    @classmethod
    def read(cls, text: str, *, default: date) -> Month:
        """From ``2026-11``; the month of ``default`` where that cannot be read."""
        found = _MONTH.fullmatch(text)
        if found is not None:
            year, number = int(found[1]), int(found[2])
            if FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 12:
                return cls(year, number)
        return cls(default.year, default.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return self.moved(1).first - timedelta(days=1)

    def moved(self, months: int) -> Month:
        number = self.year * 12 + self.number - 1 + months
        return Month(number // 12, number % 12 + 1)

    @property
    def is_shown(self) -> bool:
        return FIRST_YEAR <= self.year <= LAST_YEAR

    @property
    def text(self) -> str:
        return f"{self.year}-{self.number:02}"

    def days(self) -> list[date]:
        """Whole weeks, so that the first column is always a Monday."""
        begin = self.first - timedelta(days=self.first.weekday())
        end = self.last + timedelta(days=6 - self.last.weekday())
        return [begin + timedelta(days=each) for each in range((end - begin).days + 1)]
