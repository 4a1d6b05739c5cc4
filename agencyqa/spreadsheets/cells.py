"""From what a cell holds to a value of ours, exactly, or the reason why not."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

# What the parser gives for a cell; an empty one is the empty text.
Raw = str | int | float | bool | date | datetime | time | timedelta
Value = str | int | Decimal | date | datetime | bool | None

_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class CellKind(StrEnum):
    TEXT = "text"
    INT = "int"
    DECIMAL = "decimal"
    DATE = "date"


class CellError(ValueError):
    """``code`` of the message table; the reader adds the place."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def exact(value: float) -> Decimal:
    """The figure as Excel shows it at full length: 15 significant digits, so that 28.999999999999996 is 29."""
    return Decimal(format(Decimal(f"{value:.15g}"), "f"))


def value_of(raw: Raw | None) -> Value:
    """The cell's own value, without asking what the column wants."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        text = raw.strip()
        return text or None
    if isinstance(raw, bool | date):
        return raw
    if isinstance(raw, int | float):
        number = exact(raw) if isinstance(raw, float) else Decimal(raw)
        return int(number) if number == number.to_integral_value() else number
    return str(raw)


def read_cell(raw: Raw | None, kind: CellKind) -> str | int | Decimal | date | None:
    """None for an empty cell. Raise CellError where the content does not fit the kind."""
    value = value_of(raw)
    if value is None:
        return None
    if kind is CellKind.TEXT:
        return _text(value)
    if kind is CellKind.DATE:
        return _day(value)
    number = _number(value)
    if kind is CellKind.DECIMAL:
        return number
    if number != number.to_integral_value():
        raise CellError("table.not_a_whole_number")
    return int(number)


def _text(value: Value) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: Value) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise CellError("table.not_a_number")
    if not isinstance(value, str):
        return Decimal(value)
    text = unicodedata.normalize("NFKC", value).replace("−", "-")
    if not text.isascii() or not _NUMBER.fullmatch(text):
        raise CellError("table.not_a_number")
    return Decimal(text.replace(",", ""))


def _day(value: Value) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", value)) if isinstance(value, str) else None
    if found is None:
        raise CellError("table.not_a_date")
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        raise CellError("table.not_a_date") from None
