"""Which provision a criterion cites, in the words in force on the contract date."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.assessments.queries.provisions import Citation, citations
from agencyqa.measures.models import MeasureVersion
from agencyqa.reports.workbook.content import CountedSheet


class Citations:
    """Asks once for each scheme version and each stretch of time in which no document began or ended."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._changes = _days_of_change(session)
        self._known: dict[tuple[int, int], Mapping[Any, Citation]] = {}

    def label(self, sheet: CountedSheet, criterion: str, day: date) -> str:
        """How the provision or form item is cited, with its stable key."""
        key = sheet.texts.provision(criterion)
        stretch = (sheet.version.id, bisect_right(self._changes, day))
        if stretch not in self._known:
            self._known[stretch] = citations(self._session, sheet.texts, day)
        found = self._known[stretch].get(key)
        return key if found is None else f"{found.label} [{key}]"


def _days_of_change(session: Session) -> list[date]:
    """The first day of every stretch. A document counts from its first day, its issue, or the year of its number."""
    days: set[date] = set()
    rows = session.execute(
        select(
            MeasureVersion.effective_on,
            MeasureVersion.issued_on,
            MeasureVersion.number_year,
            MeasureVersion.valid_to,
        )
    )
    for effective_on, issued_on, number_year, valid_to in rows:
        days.update(day for day in (effective_on, issued_on) if day is not None)
        if number_year is not None:
            days.add(date(number_year, 1, 1))
        if valid_to is not None and valid_to < date.max:
            days.add(valid_to + timedelta(days=1))
    return sorted(days)
