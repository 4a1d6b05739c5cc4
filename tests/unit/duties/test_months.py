from __future__ import annotations

from datetime import date, timedelta

import pytest

from agencyqa.duties.months import Month

TODAY = date(2022, 6, 15)


@pytest.mark.parametrize(
    "text", ["", "2022-13", "2022-00", "1999-12", "2101-01", "22-6", "２０２２-０６", "2022-6x"]
)
def test_what_is_no_month_is_this_one(text: str) -> None:
    assert Month.read(text, default=TODAY) == Month(2022, 6)


def test_every_month_is_whole_weeks_that_hold_all_its_days() -> None:
    month = Month(2000, 1)
    for _ in range(400):
        days = month.days()
        assert (days[0].weekday(), days[-1].weekday(), len(days) % 7) == (0, 6, 0)
        assert days[0] <= month.first < days[0] + timedelta(days=7)
        assert days[-1] - timedelta(days=7) < month.last <= days[-1]
        assert Month.read(month.text, default=TODAY) == month
        assert month.moved(1).moved(-1) == month
        month = month.moved(1)
    assert month.text == "2033-05"
    assert (Month(2000, 1).moved(-1).is_shown, Month(2100, 12).moved(1).is_shown) == (False, False)
