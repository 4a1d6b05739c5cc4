"""Named half-open grade bands over a percentage. Every score has exactly one grade, the top score too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from agencyqa.scoring.exact import fraction_to_data
from agencyqa.scoring.params import type_problems
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import key_problems
from agencyqa.scoring.scheme import GradeBand, Rounding
from agencyqa.scoring.units import SCALE, format_scaled, round_half_up

TOP_PERCENT = 100 * SCALE
MOST_PLACES = 9


@dataclass(frozen=True)
class GradeOutcome:
    """The grade with the band that gave it; `compared` is the percentage after the scheme's own rounding."""

    key: str
    low: int
    high: int | None
    compared: Fraction


def applied(score: Fraction, rounding: Rounding | None) -> Fraction:
    """The percentage after the rounding that the scheme names, exact when it names none."""
    if rounding is None:
        return score
    return Fraction(round_half_up(score, rounding.places), 10**rounding.places)


def grade_for(score: Fraction, grades: Sequence[GradeBand], rounding: Rounding | None = None) -> GradeOutcome:
    """The grade of a percentage; `grades` must be free of problems."""
    compared = applied(score, rounding)
    ordered = sorted(grades, key=lambda band: band.low)
    reached = [number for number, band in enumerate(ordered) if compared * SCALE >= band.low]
    number = reached[-1] if reached else 0
    high = ordered[number + 1].low if number + 1 < len(ordered) else None
    return GradeOutcome(ordered[number].key, ordered[number].low, high, compared)


def edges(grades: Sequence[GradeBand], rounding: Rounding | None) -> list[Fraction]:
    """For each band in rising order the least percentage that reaches it, exactly as grade_for decides."""
    found: list[Fraction] = []
    for band in sorted(grades, key=lambda band: band.low):
        edge = Fraction(band.low, SCALE)
        if rounding is not None:
            # Half-up: a figure reaches n units of the last place as soon as it is at least n - 1/2.
            edge = (math.ceil(edge * 10**rounding.places) - Fraction(1, 2)) / 10**rounding.places
        found.append(edge)
    return found


def least_totals(grades: Sequence[GradeBand], rounding: Rounding | None, max_points: int) -> list[int]:
    """For each band in rising order the least total (units) that reaches it, exactly as grade_for decides."""
    return [max(0, math.ceil(edge * max_points / 100)) for edge in edges(grades, rounding)]


def grade_problems(grades: Sequence[GradeBand], rounding: Rounding | None = None) -> list[Problem]:
    """Holes, overlaps and edges out of reach, all at once. No bands at all is no fault."""
    found: list[Problem] = []
    if rounding is not None:
        wrong = type_problems(rounding, "rounding")
        if not wrong and not 0 <= rounding.places <= MOST_PLACES:
            wrong = [Problem("rounding.places", "out_of_range", {"low": 0, "high": MOST_PLACES})]
        found += wrong
    wrong = [problem for band in grades for problem in type_problems(band, f"grades.{band.key}")]
    if wrong or not grades:
        return found + wrong
    found += key_problems([band.key for band in grades], "grades")
    ordered = sorted(grades, key=lambda band: band.low)
    if ordered[0].low > 0:
        found.append(
            Problem(f"grades.{ordered[0].key}.low", "grade_hole", {"low": 0, "high": ordered[0].low})
        )
    for band in ordered:
        if not 0 <= band.low <= TOP_PERCENT:
            params = {"low": 0, "high": TOP_PERCENT}
            found.append(Problem(f"grades.{band.key}.low", "out_of_range", params))
        if band.high is not None and band.high <= band.low:
            params = {"low": band.low, "high": band.high}
            found.append(Problem(f"grades.{band.key}.high", "band_reversed", params))
    for lower, upper in pairwise(ordered):
        place = f"grades.{upper.key}.low"
        params = {"low": lower.low if lower.high is None else lower.high, "high": upper.low}
        if lower.low == upper.low or (lower.high is not None and lower.high > upper.low):
            found.append(Problem(place, "grade_overlap", params))
        elif lower.high is not None and lower.high < upper.low:
            found.append(Problem(place, "grade_hole", params))
    top = ordered[-1]
    if top.high is not None and top.high < TOP_PERCENT:
        found.append(Problem(f"grades.{top.key}.high", "grade_hole", {"low": top.high, "high": TOP_PERCENT}))
    return found


def rounding_to_data(score: Fraction, rounding: Rounding | None) -> dict[str, Any] | None:
    """The rounding step of a trace: the result as an integer of the last place, and as text."""
    if rounding is None:
        return None
    value = round_half_up(score, rounding.places)
    return {"places": rounding.places, "result": value, "text": format_scaled(value, rounding.places)}


def grade_to_data(outcome: GradeOutcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "key": outcome.key,
        "low": outcome.low,
        "high": outcome.high,
        "compared": fraction_to_data(outcome.compared),
    }
