"""Scores that move along straight lines, and where first a grade or a rank is another. Exact. Pure.

A score is ``p + q·t``. Grades and ranks go by rounded scores, so everything here is about where lines cross halves of
the last shown decimal: a rising score has the next figure at the crossing itself, a falling one just behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from agencyqa.scoring import SCALE, GradeBand, Rounding

# How far the binary figures by which pairs are sorted may be off. What is near is solved exactly.
_SLACK = 1e-7


@dataclass(frozen=True)
class Lines:
    """The scores of several agencies, starting at ``t = 0``; ``end`` is as far as ``t`` goes, itself or just not."""

    start: tuple[Fraction, ...]
    slope: tuple[Fraction, ...]
    end: Fraction
    end_included: bool

    def reaches(self, place: Fraction, *, beyond: bool) -> bool:
        """Whether a change at the place, or just beyond it, is still inside."""
        return place < self.end or (place == self.end and self.end_included and not beyond)


@dataclass(frozen=True)
class Crossing:
    """Where something changes: at ``place`` itself, or (``beyond``) as soon as it is passed. ``other`` is the agency
    that is met, None for a grade."""

    place: Fraction
    beyond: bool
    other: int | None = None


def first_grade_change(
    lines: Lines, agency: int, grades: Sequence[GradeBand], rounding: Rounding
) -> Crossing | None:
    """Half-open bands over the rounded score."""
    start, slope = lines.start[agency], lines.slope[agency]
    if not slope or not grades:
        return None
    scale = 10**rounding.places
    edges = sorted(Fraction(2 * ceil(Fraction(band.low, SCALE) * scale) - 1, 2 * scale) for band in grades)
    # Below the lowest edge the lowest band holds as well.
    number = max(0, sum(edge <= start for edge in edges) - 1)
    if slope > 0:
        edge = edges[number + 1] if number + 1 < len(edges) else None
    else:
        edge = edges[number] if number else None
    if edge is None:
        return None
    place = (edge - start) / slope
    return Crossing(place, slope < 0) if lines.reaches(place, beyond=slope < 0) else None


class Figures:
    """The scores times ten to the places, and a half: whole numbers are where the shown figure changes.

    Made once for many questions.
    """

    def __init__(self, lines: Lines, places: int) -> None:
        self.lines = lines
        factor = 10**places
        self.start = [each * factor + Fraction(1, 2) for each in lines.start]
        self.slope = [each * factor for each in lines.slope]
        self.floors = np.array([floor(each) for each in self.start], dtype=object)
        self.float_start = np.array([float(each) for each in self.start])
        self.float_slope = np.array([float(each) for each in self.slope])

    def first_change(self, agency: int) -> Crossing | None:
        """Where first another agency comes to stand above this one as shown, or no longer does.

        Pairs are sorted by binary figures and then solved exactly, the nearest first, until the next cannot be nearer.
        """
        best: Crossing | None = None
        for other, earliest in self._nearest(agency):
            if best is not None and earliest > float(best.place) * (1 + _SLACK) + _SLACK:
                break
            found = self._meeting(agency, other)
            if found is not None and (
                best is None or (found.place, found.beyond) < (best.place, best.beyond)
            ):
                best = found
        return best

    def _nearest(self, agency: int) -> list[tuple[int, float]]:
        """Other agencies with the earliest place where the two can change places, about; the nearest first.

        One stands above as shown only if its exact figure is higher, and surely if it is higher by one.
        """
        gap = self.float_start - self.float_start[agency]
        closing = self.float_slope - self.float_slope[agency]
        above = (self.floors > self.floors[agency]).astype(bool)
        # From below the gap must come up to 0, from above down to 1.
        way = np.where(above, gap - 1, -gap)
        speed = np.where(above, -closing, closing)
        with np.errstate(divide="ignore", invalid="ignore"):
            when = np.where(speed > 0, way / speed, np.inf)
        # Whoever stands above by less than one may be met at the next step of either figure.
        when = np.where(way <= _SLACK, 0.0, when)
        when[~above & (gap < -_SLACK) & (closing <= 0)] = np.inf
        when[agency] = np.inf
        order = np.argsort(when, kind="stable")
        last = float(self.lines.end) * (1 + _SLACK) + _SLACK
        return [(int(other), float(when[other])) for other in order if when[other] <= last]

    def _meeting(self, agency: int, other: int) -> Crossing | None:
        a, b = self.start[other], self.slope[other]
        c, d = self.start[agency], self.slope[agency]
        above = floor(a) > floor(c)
        gap, closing = a - c, b - d
        begin = Fraction(0)
        if not above and gap <= 0:
            if closing <= 0:
                return None
            begin = -gap / closing
        if above and gap >= 1:
            if closing >= 0:
                return None
            begin = (1 - gap) / closing
        if begin > self.lines.end:
            return None
        return self._walk(begin, (a, b), (c, d), above, other)

    def _walk(
        self,
        begin: Fraction,
        upper: tuple[Fraction, Fraction],
        lower: tuple[Fraction, Fraction],
        above: bool,
        other: int,
    ) -> Crossing | None:
        """From step to step of the two shown figures until the one is no longer (or at last) above the other.

        That takes few steps: every whole number that both pass they pass one after the other.
        """
        numbers = [floor(start + slope * begin) for start, slope in (upper, lower)]
        if (numbers[0] > numbers[1]) is not above:
            return self._inside(begin, False, other)
        while True:
            steps = [
                _next_step(start, slope, number)
                for (start, slope), number in zip((upper, lower), numbers, strict=True)
            ]
            known = [step for step in steps if step is not None]
            if not known:
                return None
            first = min(known)
            if not self.lines.reaches(first[0], beyond=first[1]):
                return None
            for side, step in enumerate(steps):
                if step == first:
                    numbers[side] += 1 if (upper, lower)[side][1] > 0 else -1
            if (numbers[0] > numbers[1]) is not above:
                return self._inside(*first, other)

    def _inside(self, place: Fraction, beyond: bool, other: int) -> Crossing | None:
        return Crossing(place, beyond, other) if self.lines.reaches(place, beyond=beyond) else None


def _next_step(start: Fraction, slope: Fraction, number: int) -> tuple[Fraction, bool] | None:
    """Where a figure that shows ``number`` shows the next one, and whether only beyond that place."""
    if slope > 0:
        return (number + 1 - start) / slope, False
    if slope < 0:
        return (number - start) / slope, True
    return None
