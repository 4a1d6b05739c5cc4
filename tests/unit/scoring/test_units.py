from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from agencyqa.scoring import (
    UnitsError,
    format_fraction,
    format_points,
    format_scaled,
    parse_points,
    round_half_up,
)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("12.5", 125_000),
        (" 0.0001 ", 1),
        ("-0.4", -4_000),
        ("1e2", 1_000_000),
        ("0.10000000", 1_000),
        ("0E-9999", 0),
        (15, 150_000),
        (Decimal("2.3"), 23_000),
        ("１２", 120_000),
        ("100000000000000000000000000", 10**30),
    ],
)
def test_parse_points_is_exact(text: str | int | Decimal, units: int) -> None:
    assert parse_points(text) == units


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0.00001", "too_many_decimals"),
        ("1.23456", "too_many_decimals"),
        ("1e-9999999", "too_many_decimals"),
        ("NaN", "not_a_number"),
        ("sNaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("", "not_a_number"),
        ("1,5", "not_a_number"),
        ("1_000", "not_a_number"),
        ("1e9999999", "too_large"),
        ("100000000000000000000000000.0001", "too_large"),
    ],
)
def test_parse_points_refuses(text: str, code: str) -> None:
    with pytest.raises(UnitsError) as caught:
        parse_points(text)
    assert caught.value.code == code


@pytest.mark.parametrize("value", [1.5, True, None, [1]])
def test_parse_points_refuses_floats_and_other_things(value: object) -> None:
    with pytest.raises(UnitsError) as caught:
        parse_points(value)  # type: ignore[arg-type]
    assert caught.value.code == "not_a_number"


def test_format_points() -> None:
    texts = [format_points(units) for units in (940_000, 125_000, 1, 0, -4_000, 1_000_000)]
    assert texts == ["94", "12.5", "0.0001", "0", "-0.4", "100"]
    assert format_points(125_000, 2) == "12.50"
    assert format_points(125_000, 6) == "12.500000"
    assert format_points(-5_000, 1) == "-0.5"
    with pytest.raises(UnitsError):
        format_points(12_345, 2)


def test_rounding_is_half_up_and_exact() -> None:
    assert round_half_up(Fraction(1, 2), 0) == 1
    assert round_half_up(Fraction("2.675"), 2) == 268
    assert round_half_up(Fraction("1.005"), 2) == 101
    assert round_half_up(Fraction(2, 3), 2) == 67
    assert round_half_up(Fraction(-1, 2), 0) == 0
    assert format_fraction(Fraction(281, 3), 2) == "93.67"
    assert format_scaled(-5, 2) == "-0.05"
    assert format_scaled(7, 0) == "7"
