"""What reading a rule text gives: a rule to be confirmed, which words were read to what, and what is in doubt."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from agencyqa.scoring import SCALE, format_points

RuleData = dict[str, Any]


class Sureness(StrEnum):
    SURE = "sure"
    CHECK = "check"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True)
class Reading:
    """``words`` as they were written; ``code`` and ``params`` say what they were taken for."""

    words: str
    code: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Doubt:
    code: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """``rule`` is written as in a scheme file. Of a text that was not understood it is a free value up to the points.

    ``bonus`` points lie beyond the maximum. ``scheme_veto`` are the words of a veto over the whole sheet, and
    ``veto_cap`` and ``veto_grade`` the total and the grade it leaves at most, "" where the text does not say.
    """

    rule: RuleData | None
    sureness: Sureness
    readings: tuple[Reading, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    bonus: bool = False
    scheme_veto: str = ""
    veto_cap: str = ""
    veto_grade: str = ""


class NotUnderstood(Exception):
    """The text says something that no reading of it would be sure to keep."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.doubt = Doubt(code, params)


def figure(value: Fraction) -> str:
    """Points as a scheme file has them. Raise NotUnderstood for what ten-thousandths cannot hold."""
    units = value * SCALE
    if units.denominator != 1:
        raise NotUnderstood("not_exact", figure=str(value))
    return format_points(int(units))


def wording(text: str) -> dict[str, str]:
    """A bureau's own words; it has no others, so they stand for the English, too."""
    return {"zh": text[:1000], "en": text[:1000]}
