"""What is typed line by line: brackets, costs, working time. Pure; every fault names its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from agencyqa.engagements.contracts.fees import Bracket, CostLine, TimeLine

FEN_OF_YUAN, FEN_OF_WAN = 100, 1_000_000
# 1 % is ten thousand millionths.
MILLIONTHS_OF_PERCENT = 10_000
LARGEST = 10**15
MOST_LINES = 60
OPEN = "以上"
T = TypeVar("T")


@dataclass(frozen=True)
class LineFault(Exception):
    """``code`` says what is wrong in line ``line``, counted from 1."""

    code: str
    line: int


def read_brackets(text: str) -> list[Bracket]:
    """Each line: upper limit in 万元 (or 以上) and rate in percent. Raise LineFault."""
    return _lines(text, 2, _bracket)


def read_costs(text: str) -> list[CostLine]:
    """Each line: what for, and its cost in 元. Raise LineFault."""
    return _lines(text, 2, lambda parts: CostLine(parts[0], _scaled(parts[1], FEN_OF_YUAN)))


def read_times(text: str) -> list[TimeLine]:
    """Each line: who, days (halves are possible) and rate of a day in 元. Raise LineFault."""
    return _lines(
        text, 3, lambda parts: TimeLine(parts[0], _scaled(parts[1], 2), _scaled(parts[2], FEN_OF_YUAN))
    )


def _bracket(parts: list[str]) -> Bracket:
    upto = None if parts[0] == OPEN else _scaled(parts[0], FEN_OF_WAN)
    return Bracket(upto, _scaled(parts[1].removesuffix("%"), MILLIONTHS_OF_PERCENT))


def _lines(text: str, width: int, read: Callable[[list[str]], T]) -> list[T]:
    found: list[T] = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = line.replace("　", " ").split()
        if not parts:
            continue
        if len(found) == MOST_LINES:
            raise LineFault("fee_too_many_lines", number)
        if len(parts) != width:
            raise LineFault("fee_line_parts", number)
        try:
            found.append(read(parts))
        except ValueError:
            raise LineFault("fee_line_figure", number) from None
    return found


def _scaled(text: str, scale: int) -> int:
    """Raise ValueError for what is no plain figure, has too many decimals, is negative or too large."""
    plain = text.replace(",", "").replace("，", "")
    if not plain.replace(".", "", 1).isdecimal() or not plain.isascii():
        raise ValueError(text)
    try:
        value = Decimal(plain) * scale
    except InvalidOperation:
        raise ValueError(text) from None
    if value != value.to_integral_value() or value > LARGEST:
        raise ValueError(text)
    return int(value)
