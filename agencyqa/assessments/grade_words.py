"""From total to grade in the reader's words: the percentage, its rounding where the scheme names one, the band."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from agencyqa.measures.texts import SchemeTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import Rounding, format_fraction, format_points, format_scaled


def cut(percent: Fraction) -> tuple[str, bool]:
    """To four decimals and whether that is all of it. Not rounded: 89.99999 is no 90 beside the grade below it."""
    whole, rest = divmod(percent.numerator * 10_000, percent.denominator)
    return format_points(whole), rest == 0


def graded_percent(percent: Fraction, rounding: Rounding | None) -> str:
    """The figure by which the grade goes, as far as it can be written."""
    return cut(percent)[0] if rounding is None else format_fraction(percent, rounding.places)


def percent_text(total: int | None, maximum: int, percent: Fraction | None) -> str:
    if total is None or percent is None:
        return ""
    figure, is_exact = cut(percent)
    sign = "=" if is_exact else "≈"
    return f"{format_points(total)} ÷ {format_points(maximum)} × 100 {sign} {figure}"


def rounded_text(rounding: Mapping[str, Any] | None) -> str:
    if rounding is None:
        return ""
    return gettext(
        "四舍五入保留 %(places)s 位小数：%(figure)s",
        places=rounding["places"],
        figure=format_scaled(rounding["result"], rounding["places"]),
    )


def grade_text(grade: Mapping[str, Any] | None, texts: SchemeTexts) -> str:
    if grade is None:
        return ""
    low = format_points(grade["low"])
    if grade["high"] is None:
        return gettext("%(grade)s：%(low)s 以上（含）", grade=texts.grade(grade["key"]), low=low)
    return gettext(
        "%(grade)s：%(low)s（含）至 %(high)s（不含）",
        grade=texts.grade(grade["key"]),
        low=low,
        high=format_points(grade["high"]),
    )
