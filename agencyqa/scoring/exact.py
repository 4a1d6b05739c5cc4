"""Fractions in traces: JSON cannot hold them, so they travel as numerator and denominator."""

from __future__ import annotations

from fractions import Fraction
from typing import Any


def fraction_to_data(value: Fraction | None) -> dict[str, int] | None:
    return None if value is None else {"num": value.numerator, "den": value.denominator}


def fraction_from_data(data: Any) -> Fraction | None:
    return None if data is None else Fraction(data["num"], data["den"])
