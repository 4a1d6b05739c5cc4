"""Fees by brackets, cost and time: integers of a fen, each step explained, rounded once and half up. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from agencyqa.scoring import format_fraction

# Rates are in millionths of the amount: 0.8 % is 8_000.
MILLION = 1_000_000


@dataclass(frozen=True)
class Bracket:
    """The part of an amount above the bracket before and up to ``upto`` fen (None: whatever is above) at ``rate``."""

    upto: int | None
    rate: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.rate, MILLION)


@dataclass(frozen=True)
class FeeStep:
    """One bracket as it applied: the part of the amount in fen, and its fee before rounding."""

    above: int
    upto: int | None
    part: int
    rate: int
    fee: Fraction

    @property
    def share(self) -> Fraction:
        return Fraction(self.rate, MILLION)

    @property
    def fee_text(self) -> str:
        """In 元 with every decimal there is: a fen times a millionth has eight."""
        whole, _, decimals = format_fraction(self.fee / 100, 8).partition(".")
        return f"{int(whole):,}.{decimals.rstrip('0').ljust(2, '0')}"


@dataclass(frozen=True)
class BracketedFee:
    """``fee`` is the sum of all steps in fen, rounded half up, and at least ``minimum``."""

    amount: int
    steps: tuple[FeeStep, ...]
    total: Fraction
    minimum: int
    fee: int


@dataclass(frozen=True)
class CostLine:
    name: str
    amount: int


@dataclass(frozen=True)
class TimeLine:
    """``half_days`` of work at ``day_rate`` fen a day."""

    name: str
    half_days: int
    day_rate: int

    @property
    def amount(self) -> Fraction:
        return Fraction(self.half_days * self.day_rate, 2)


def half_up(value: Fraction) -> int:
    """To the nearest whole number, a half away from zero; ``value`` is not negative."""
    return (value.numerator * 2 + value.denominator) // (value.denominator * 2)


def bracket_problems(brackets: Sequence[Bracket]) -> list[str]:
    """Codes of what makes a table useless: no brackets, limits that do not rise, an open one that is not the last."""
    if not brackets:
        return ["fee_no_brackets"]
    problems = []
    limits = [bracket.upto for bracket in brackets]
    if limits[-1] is not None or None in limits[:-1]:
        problems.append("fee_last_is_open")
    closed = [limit for limit in limits if limit is not None]
    if any(limit <= 0 for limit in closed) or any(after <= before for before, after in pairwise(closed)):
        problems.append("fee_limits_rise")
    if any(not 0 <= bracket.rate <= MILLION for bracket in brackets):
        problems.append("fee_rate_wrong")
    return problems


def bracketed(amount: int, brackets: Sequence[Bracket], minimum: int = 0) -> BracketedFee:
    """``amount`` in fen, not negative; ``brackets`` without problems. Only brackets that the amount reaches show."""
    steps: list[FeeStep] = []
    above = 0
    for bracket in brackets:
        if amount <= above:
            break
        part = (amount if bracket.upto is None else min(amount, bracket.upto)) - above
        steps.append(FeeStep(above, bracket.upto, part, bracket.rate, Fraction(part * bracket.rate, MILLION)))
        if bracket.upto is None:
            break
        above = bracket.upto
    total = sum((step.fee for step in steps), Fraction(0))
    return BracketedFee(amount, tuple(steps), total, minimum, max(half_up(total), minimum))


def cost_fee(lines: Sequence[CostLine]) -> int:
    return sum(line.amount for line in lines)


def time_fee(lines: Sequence[TimeLine]) -> int:
    return half_up(sum((line.amount for line in lines), Fraction(0)))
