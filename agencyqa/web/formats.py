"""Numbers, money and times as readers see them: exact, and the same on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from markupsafe import Markup, escape

from agencyqa.clock import SHANGHAI
from agencyqa.i18n import listed
from agencyqa.scoring import SCALE, format_fraction, format_points
from agencyqa.web.labels import label_of

NOTHING = "—"
FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
FEN_PER_HUNDREDTH_OF_WAN = FEN_PER_WAN // 100
# A half goes up, as in ``scoring.units``.
HALF = FEN_PER_HUNDREDTH_OF_WAN // 2


def points(units: int | None) -> str:
    """Ten-thousandths of a point as the shortest exact figure: 230000 → "23", 4000 → "0.4"."""
    return NOTHING if units is None else format_points(units)


def score(value: int | Fraction | tuple[int, int] | None, places: int = 2) -> str:
    """A figure of fixed length, rounded half-up. An integer is in ten-thousandths of a point."""
    if value is None:
        return NOTHING
    return format_fraction(_fraction(value, SCALE), places)


def percent(value: Fraction | tuple[int, int] | None, places: int = 1) -> str:
    """A share of one: (7, 10) → "70.0%"."""
    if value is None:
        return NOTHING
    return format_fraction(_fraction(value, 1) * 100, places) + "%"


def yuan(fen: int | None) -> str:
    return NOTHING if fen is None else _hundredths(fen)


def wan(fen: int | None) -> str:
    """Fen as 万元 with two decimals; the heading of the column names the unit."""
    return NOTHING if fen is None else _hundredths((fen + HALF) // FEN_PER_HUNDREDTH_OF_WAN)


def _hundredths(value: int) -> str:
    """Without a fraction in between: lists show money in every row."""
    whole, rest = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}{whole:,}.{rest:02d}"


def number(value: int | None) -> str:
    return NOTHING if value is None else f"{value:,}"


def statistic(value: float | None, places: int = 3, signed: bool = False) -> str:
    """A figure about scores, such as a measure of agreement: a float, and never a score itself."""
    if value is None:
        return NOTHING
    # Adding 0 turns the -0.0 that rounding can leave into 0.
    text = f"{round(value, places) + 0.0:{'+' if signed else ''}.{places}f}"
    return text.removeprefix("+") if float(text) == 0 else text


def file_size(length: int | None) -> str:
    """In units of 1024, cut, never rounded up: 45 KB, 12.3 MB."""
    if length is None:
        return NOTHING
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20)):
        if length >= factor:
            return f"{length // factor}.{length % factor * 10 // factor} {unit}"
    return f"{length // 1024} KB" if length >= 1024 else f"{length} B"


def day(value: date | datetime | None) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return value.isoformat()


def moment(value: datetime | None) -> str:
    return NOTHING if value is None else value.astimezone(SHANGHAI).isoformat(" ", "minutes")[:16]


def dash(value: Any) -> Any:
    return NOTHING if value is None or value == "" else value


def multiline(text: str | None) -> str | Markup:
    """Text with its line breaks, everything else escaped."""
    if not text:
        return NOTHING
    return Markup("<br>").join(escape(line) for line in text.splitlines())


def label(member: StrEnum | None) -> str:
    return label_of(member)


def parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a sentence as text.

    Dates, times and enumerations are recognised; a name ending in ``_points`` holds ten-thousandths of a
    point and one ending in ``_fen`` holds money.
    """
    return {name: _parameter(name, value) for name, value in params.items()}


def _parameter(name: str, value: Any) -> Any:
    if value is None:
        return NOTHING
    if isinstance(value, StrEnum):
        return label_of(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return listed(_parameter(name, item) for item in items)
    if isinstance(value, int) and name.endswith("_points"):
        return points(value)
    if isinstance(value, int) and name.endswith("_fen"):
        return yuan(value)
    return value


def grouped(figure: str) -> str:
    whole, dot, decimals = figure.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.removeprefix('-')):,}{dot}{decimals}"


def _fraction(value: int | Fraction | tuple[int, int], denominator: int) -> Fraction:
    if isinstance(value, tuple):
        return Fraction(*value)
    return Fraction(value, denominator) if isinstance(value, int) else value


FILTERS: dict[str, Callable[..., Any]] = {
    "points": points,
    "score": score,
    "percent": percent,
    "yuan": yuan,
    "wan": wan,
    "number": number,
    "statistic": statistic,
    "file_size": file_size,
    "day": day,
    "moment": moment,
    "dash": dash,
    "multiline": multiline,
    "label": label,
}
