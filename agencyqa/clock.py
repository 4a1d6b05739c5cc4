"""The only module that reads the time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """The calendar day of an instant where the bureaus are; deadlines and validity count in it."""
    return moment.astimezone(SHANGHAI).date()


def today() -> date:
    return local_date(utc_now())


def day_before(day: date) -> date:
    return day - timedelta(days=1)
