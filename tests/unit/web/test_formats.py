"""Figures as readers see them."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from agencyqa.web import formats


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (formats.points(230_000), "23"),
        (formats.points(4_000), "0.4"),
        (formats.points(-3_000), "-0.3"),
        (formats.points(0), "0"),
        (formats.score(875_000), "87.50"),
        (formats.score(Fraction(2, 3)), "0.67"),
        (formats.score((1, 8), 2), "0.13"),
        (formats.percent((7, 10)), "70.0%"),
        (formats.percent(Fraction(1, 3), 2), "33.33%"),
        (formats.yuan(123_456_789), "1,234,567.89"),
        (formats.yuan(-5), "-0.05"),
        (formats.wan(12_345_678), "12.35"),
        (formats.wan(123_456_000_000), "123,456.00"),
        (formats.number(1_234_567), "1,234,567"),
        (formats.statistic(0.7434), "0.743"),
        (formats.statistic(2.5, 1, True), "+2.5"),
        (formats.statistic(-0.001, 2, True), "0.00"),
        (formats.file_size(1_023), "1023 B"),
        (formats.file_size(46_080), "45 KB"),
        (formats.file_size(12_999_999), "12.3 MB"),
        (formats.file_size(3_221_225_472), "3.0 GB"),
        (formats.file_size(None), "—"),
        (formats.day(datetime(2024, 3, 31, 16, 0, tzinfo=UTC)), "2024-04-01"),
        (formats.moment(datetime(2024, 3, 31, 16, 0, tzinfo=UTC)), "2024-04-01 00:00"),
    ],
)
def test_figures(shown: str, expected: str) -> None:
    assert shown == expected


def test_nothing_is_a_dash_and_zero_is_not_nothing() -> None:
    assert {name: show(None) for name, show in formats.FILTERS.items()} == dict.fromkeys(formats.FILTERS, "—")
    assert (formats.dash(0), formats.dash("")) == (0, "—")


def test_text_with_lines_is_escaped() -> None:
    assert formats.multiline("<b>\n行") == "&lt;b&gt;<br>行"
