"""What a column of a workbook holds, and how a value of ours becomes a cell: exact, and never a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from agencyqa.clock import SHANGHAI
from agencyqa.scoring.units import SCALE, round_half_up

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
CELL_LIMIT = 32_767
# XML 1.0 knows none of these characters, not even escaped; Excel refuses a file that holds one.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Kind(StrEnum):
    TEXT = "text"
    WRAP = "wrap"
    INT = "int"
    RANK = "rank"
    POINTS = "points"
    SCORE = "score"
    MONEY = "money"
    WAN = "wan"
    PERCENT = "percent"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    """``width`` is in characters of Latin text; a Chinese character takes two.

    ``places`` are the decimals shown of SCORE, WAN and PERCENT.
    """

    key: str
    title: str
    width: float = 14
    kind: Kind = Kind.TEXT
    places: int = 2


def clean_text(value: str) -> str:
    """The text as a cell can hold it: without control characters, of bounded length."""
    if value.isprintable() and len(value) < CELL_LIMIT and not value.startswith("<r>"):
        return value
    text = _UNPRINTABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    # The writer would take a text that begins so for markup of its own and write it as it stands.
    if text.startswith("<r>"):
        text = f" {text}"
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"


def number_format(column: Column) -> str:
    decimals = "." + "0" * column.places if column.places else ""
    return {
        Kind.TEXT: "@",
        Kind.WRAP: "@",
        Kind.INT: "#,##0",
        Kind.RANK: "0",
        Kind.POINTS: "General",
        Kind.SCORE: f"0{decimals}",
        Kind.MONEY: "#,##0.00",
        Kind.WAN: f"#,##0{decimals}",
        Kind.PERCENT: f"0{decimals}%",
        Kind.DATE: "yyyy-mm-dd",
        Kind.MOMENT: "yyyy-mm-dd hh:mm",
    }[column.kind]


def cell_value(column: Column, value: Any) -> str | int | float | date | datetime | None:
    """The value to write. Figures are rounded half-up on exact numbers before they become a cell's binary number.

    Raise TypeError where the value does not belong to the kind; a text is taken by every kind.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, bool):
        raise TypeError(f"{column.key} ({column.kind}) cannot hold a truth value")
    content = _CONVERSIONS[column.kind](column, value)
    if content is None:
        raise TypeError(f"{column.key} ({column.kind}) cannot hold {type(value).__name__}")
    return content


# Each gives None for a value that does not belong into its column.
def _text(column: Column, value: Any) -> str | None:
    return str(value) if isinstance(value, int) else None


def _whole(column: Column, value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _points(column: Column, value: Any) -> int | float | None:
    if not isinstance(value, int):
        return None
    return value // SCALE if value % SCALE == 0 else value / SCALE


def _score(column: Column, value: Any) -> float | None:
    return (
        _rounded(_fraction(value, SCALE), column.places)
        if isinstance(value, int | Fraction | tuple)
        else None
    )


def _percent(column: Column, value: Any) -> float | None:
    # Two more places, because the cell holds the share of one and shows a hundred times that.
    return _rounded(_fraction(value, 1), column.places + 2) if isinstance(value, Fraction | tuple) else None


def _money(column: Column, value: Any) -> float | None:
    return value / FEN_PER_YUAN if isinstance(value, int) else None


def _wan(column: Column, value: Any) -> float | None:
    return value / FEN_PER_WAN if isinstance(value, int) else None


def _day(column: Column, value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).date()
    return value if isinstance(value, date) else None


def _moment(column: Column, value: Any) -> datetime | None:
    return value.astimezone(SHANGHAI).replace(tzinfo=None) if isinstance(value, datetime) else None


_CONVERSIONS: dict[Kind, Callable[[Column, Any], str | int | float | date | datetime | None]] = {
    Kind.TEXT: _text,
    Kind.WRAP: _text,
    Kind.INT: _whole,
    Kind.RANK: _whole,
    Kind.POINTS: _points,
    Kind.SCORE: _score,
    Kind.MONEY: _money,
    Kind.WAN: _wan,
    Kind.PERCENT: _percent,
    Kind.DATE: _day,
    Kind.MOMENT: _moment,
}


def _fraction(value: int | Fraction | tuple[int, int], denominator: int) -> Fraction:
    if isinstance(value, tuple):
        return Fraction(*value)
    return value if isinstance(value, Fraction) else Fraction(value, denominator)


def _rounded(value: Fraction, places: int) -> float:
    scaled: int = round_half_up(value, places)
    power: int = 10**places
    return scaled / power
