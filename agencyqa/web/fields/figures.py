"""Fields of exact figures: whole numbers, points, money and shares, never a float."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from wtforms.validators import ValidationError

from agencyqa.scoring import UnitsError, format_fraction, format_points, parse_points
from agencyqa.web import normalise
from agencyqa.web.fields.base import InputField
from agencyqa.web.messages import sentence

_AMOUNT = re.compile(r"(?P<sign>-?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d*))?")
_MAXIMUM_DIGITS = 15


class NumberField(InputField):
    """The ground of all figures: ``minimum`` and ``maximum`` in the units of ``data``."""

    kind = "number"
    inputmode: str | None = "decimal"

    def __init__(self, label: Any = None, *, minimum: Any = None, maximum: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.minimum = minimum
        self.maximum = maximum

    def check(self, value: Any) -> None:
        if self.minimum is not None and value < self.minimum:
            raise ValidationError(sentence("below_minimum", minimum=self.written(self.minimum)))
        if self.maximum is not None and value > self.maximum:
            raise ValidationError(sentence("above_maximum", maximum=self.written(self.maximum)))


class WholeField(NumberField):
    inputmode = "numeric"

    def read(self, text: str) -> int:
        figure = normalise.figure(text)
        if not re.fullmatch(r"-?\d+", figure, re.ASCII):
            raise ValueError(sentence("not_a_whole_number"))
        if len(figure) > _MAXIMUM_DIGITS:
            raise ValueError(sentence("too_large"))
        return int(figure)


class YearField(WholeField):
    def __init__(self, label: Any = None, *, minimum: int = 2000, maximum: int = 2100, **kwargs: Any) -> None:
        super().__init__(label, minimum=minimum, maximum=maximum, **kwargs)


class PointsField(NumberField):
    """Points as text, ``data`` in ten-thousandths of a point."""

    def written(self, value: int) -> str:
        return format_points(value)

    def read(self, text: str) -> int:
        figure = normalise.figure(text)
        if not normalise.is_decimal(figure):
            raise ValueError(sentence("not_a_number"))
        try:
            return parse_points(figure)
        except UnitsError as error:
            raise ValueError(sentence(error.code, places=4)) from None


class MoneyField(NumberField):
    """Money typed in 元 (or in 万元 with ``ten_thousands``), ``data`` in fen."""

    def __init__(
        self, label: Any = None, *, ten_thousands: bool = False, minimum: int | None = 0, **kwargs: Any
    ) -> None:
        super().__init__(label, minimum=minimum, **kwargs)
        self.places = 6 if ten_thousands else 2

    def written(self, value: int) -> str:
        figure = format_fraction(Fraction(value, 10**self.places), self.places)
        return figure.rstrip("0").rstrip(".")

    def read(self, text: str) -> int:
        return _scaled(text, self.places, "not_an_amount")

    def check(self, value: int) -> None:
        if value < 0 and self.minimum == 0:
            raise ValidationError(sentence("negative"))
        super().check(value)


class ShareField(NumberField):
    """A percentage as typed ("70", "12.5%"), ``data`` an exact Fraction of one."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, minimum=Fraction(0), maximum=Fraction(1), **kwargs)

    def written(self, value: Fraction) -> str:
        return format_points(int(value * 100 * 10000))

    def read(self, text: str) -> Fraction:
        units = _scaled(normalise.figure(text).removesuffix("%"), 4, "not_a_share")
        return Fraction(units, 10000 * 100)


def _scaled(text: str, places: int, code: str) -> int:
    """A decimal text as an integer of its last place, without passing through a float."""
    match = _AMOUNT.fullmatch(normalise.figure(text))
    if match is None or not match[0].isascii():
        raise ValueError(sentence(code))
    whole = match["whole"].replace(",", "")
    decimals = (match["decimals"] or "").rstrip("0")
    if len(decimals) > places:
        raise ValueError(sentence("too_many_decimals", places=places))
    if len(whole.lstrip("0")) + places > _MAXIMUM_DIGITS:
        raise ValueError(sentence("too_large"))
    amount = int(whole + decimals.ljust(places, "0"))
    return -amount if match["sign"] else amount
