"""Fees by brackets, costs and time: worked by hand, against Decimal, and whatever the figures."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.engagements.contracts.fees import (
    MILLION,
    Bracket,
    CostLine,
    TimeLine,
    bracket_problems,
    bracketed,
    cost_fee,
    half_up,
    time_fee,
)
from agencyqa.engagements.contracts.typed import LineFault, read_brackets, read_costs, read_times

WAN = 1_000_000
# Invented: up to 1 million yuan 0.8 %, up to 5 million 0.5 %, above 0.2 %.
TABLE = [Bracket(100 * WAN, 8_000), Bracket(500 * WAN, 5_000), Bracket(None, 2_000)]


def test_three_brackets_worked_by_hand() -> None:
    found = bracketed(800 * WAN, TABLE)
    assert [(step.above, step.upto, step.part, step.fee) for step in found.steps] == [
        (0, 100 * WAN, 100 * WAN, Fraction(800_000)),
        (100 * WAN, 500 * WAN, 400 * WAN, Fraction(2_000_000)),
        (500 * WAN, None, 300 * WAN, Fraction(600_000)),
    ]
    assert (found.total, found.fee) == (Fraction(3_400_000), 3_400_000)
    assert [step.fee_text for step in found.steps] == ["8,000.00", "20,000.00", "6,000.00"]
    # At an edge only the brackets reached are shown; one fen above it the next one begins, rounded half up once.
    assert [len(bracketed(amount, TABLE).steps) for amount in (0, 1, 100 * WAN, 100 * WAN + 1)] == [
        0,
        1,
        1,
        2,
    ]
    assert [bracketed(amount, [Bracket(None, 500_000)]).fee for amount in (0, 1, 2, 3)] == [0, 1, 1, 2]
    assert bracketed(1, [Bracket(None, 8_000)]).steps[0].fee_text == "0.00008"
    assert bracketed(10 * WAN, TABLE, minimum=100_000).fee == 100_000
    assert bracketed(10 * WAN, TABLE, minimum=70_000).fee == 80_000


@settings(max_examples=200)
@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=5, unique=True),
    st.lists(st.integers(0, MILLION), min_size=6, max_size=6),
    st.integers(0, 2 * 10**9),
)
def test_every_amount_against_decimal_and_by_its_parts(
    limits: list[int], rates: list[int], amount: int
) -> None:
    limits.sort()
    table = [Bracket(limit, rate) for limit, rate in zip([*limits, None], rates, strict=False)]
    assert bracket_problems(table) == []
    found = bracketed(amount, table)
    assert sum(step.part for step in found.steps) == amount
    expected, lower = Decimal(0), 0
    for bracket in table:
        upper = amount if bracket.upto is None else bracket.upto
        expected += max(Decimal(min(amount, upper)) - lower, Decimal(0)) * bracket.rate / MILLION
        lower = upper if bracket.upto is not None else lower
    assert found.fee == int(expected.quantize(Decimal(1), ROUND_HALF_UP))
    # More money never costs less.
    assert bracketed(amount + 1, table).fee >= found.fee


def test_costs_and_time() -> None:
    assert cost_fee([CostLine("差旅", 1_050), CostLine("专家", 300_000)]) == 301_050
    assert (
        time_fee([TimeLine("甲", 3, 100_001), TimeLine("乙", 1, 1)])
        == half_up(Fraction(300_004, 2))
        == 150_002
    )
    assert (cost_fee([]), time_fee([])) == (0, 0)


@pytest.mark.parametrize(
    ("table", "problems"),
    [
        ([], ["fee_no_brackets"]),
        ([Bracket(5, 1)], ["fee_last_is_open"]),
        ([Bracket(None, 1), Bracket(None, 1)], ["fee_last_is_open"]),
        ([Bracket(5, 1), Bracket(5, 1), Bracket(None, 1)], ["fee_limits_rise"]),
        ([Bracket(0, 1), Bracket(None, 1)], ["fee_limits_rise"]),
        ([Bracket(None, MILLION + 1)], ["fee_rate_wrong"]),
    ],
)
def test_tables_that_say_nothing(table: list[Bracket], problems: list[str]) -> None:
    assert bracket_problems(table) == problems


def test_what_is_typed_line_by_line() -> None:
    assert read_brackets("100 0.8\n\n5,000　0.5%\n以上 0.2") == [
        Bracket(100 * WAN, 8_000),
        Bracket(5_000 * WAN, 5_000),
        Bracket(None, 2_000),
    ]
    assert read_costs("差旅 1,000.5") == [CostLine("差旅", 100_050)]
    assert read_times("王某 2.5 800") == [TimeLine("王某", 5, 80_000)]
    for read, text, fault in (
        (read_brackets, "100 0.8\n以上", LineFault("fee_line_parts", 2)),
        (read_brackets, "以上 0.00001", LineFault("fee_line_figure", 1)),
        (read_brackets, "-1 0.8", LineFault("fee_line_figure", 1)),
        (read_costs, "差旅 壹佰", LineFault("fee_line_figure", 1)),
        (read_costs, "差旅 " + "9" * 40, LineFault("fee_line_figure", 1)),
        (read_times, "王某 2.25 800", LineFault("fee_line_figure", 1)),
        (read_costs, "x 1\n" * 61, LineFault("fee_too_many_lines", 61)),
    ):
        with pytest.raises(LineFault) as error:
            read(text)
        assert error.value == fault
