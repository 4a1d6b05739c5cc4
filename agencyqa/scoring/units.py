"""Exact marks: integers of a ten-thousandth of a point, and exact decimal text for fractions."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

SCALE = 10_000
PLACES = 4

# No form in the field comes near this; it keeps a slip such as "1e999999" from becoming a huge integer.
LARGEST_UNITS = 10**30


class UnitsError(ValueError):
    """A figure that cannot be held exactly. `code` is for the message table."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_points(text: str | int | Decimal) -> int:
    """Units of a figure given in points: "12.5" gives 125000.

    Floats are refused on purpose: by the time one arrives, the figure the person typed is lost.
    """
    if isinstance(text, bool) or not isinstance(text, (str, int, Decimal)):
        raise UnitsError("not_a_number")
    try:
        value = Decimal(text.strip() if isinstance(text, str) else text)
    except (InvalidOperation, ValueError):
        raise UnitsError("not_a_number") from None
    if not value.is_finite() or (isinstance(text, str) and "_" in text):
        raise UnitsError("not_a_number")
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):  # pragma: no cover - excluded by is_finite()
        raise UnitsError("not_a_number")
    if value and value.adjusted() + PLACES > 30:
        raise UnitsError("too_large")
    if not value:
        return 0
    mantissa = int("".join(map(str, digits)))
    shift: int = exponent + PLACES
    if shift >= 0:
        units: int = mantissa * 10**shift
    elif -shift >= len(digits):
        raise UnitsError("too_many_decimals")
    else:
        units, rest = divmod(mantissa, 10**-shift)
        if rest:
            raise UnitsError("too_many_decimals")
    if units > LARGEST_UNITS:
        raise UnitsError("too_large")
    return -units if sign else units


def format_scaled(value: int, places: int) -> str:
    """Decimal text of value / 10**places with exactly `places` decimals."""
    sign = "-" if value < 0 else ""
    if places == 0:
        return f"{sign}{abs(value)}"
    whole, part = divmod(abs(value), 10**places)
    return f"{sign}{whole}.{part:0{places}d}"


def format_points(units: int, places: int | None = None) -> str:
    """Exact text of a mark: as short as possible, or with `places` decimals.

    Never rounds: raises UnitsError when `places` would lose a digit.
    """
    if places is None:
        text = format_scaled(units, PLACES).rstrip("0")
        return text.rstrip(".")
    if places >= PLACES:
        widened: int = units * 10 ** (places - PLACES)
        return format_scaled(widened, places)
    value, rest = divmod(units, 10 ** (PLACES - places))
    if rest:
        raise UnitsError("too_many_decimals")
    return format_scaled(value, places)


def round_half_up(value: Fraction, places: int) -> int:
    """value * 10**places as an integer; a half goes up, towards plus infinity."""
    factor: int = 10**places
    scaled = value * factor
    return (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)


def format_fraction(value: Fraction, places: int) -> str:
    """Text of a fraction rounded half-up, for showing only; results keep the fraction."""
    return format_scaled(round_half_up(value, places), places)
