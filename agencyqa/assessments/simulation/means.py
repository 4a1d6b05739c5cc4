"""Agencies' figures between two limits, many weights at once: from bounds of what moves to rounded scores and grades.

An agency's figure rises with every sheet of its own, whatever panels, shares and rules of the year make of it. So the
least and the greatest sheets give the least and the greatest figure. Exact, in whole numbers. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from agencyqa.assessments.simulation.year import (
    SHOWN_PLACES,
    SheetTotals,
    YearArrays,
    YearRules,
    counting,
    form_totals,
    score_engagements,
    table_of,
    weights_of,
)
from agencyqa.scoring.arrays import INT64_HIGH, IntArray, Mask
from agencyqa.scoring.rollup_arrays import finish_years, graded_years, half_up


@dataclass(frozen=True)
class Standing:
    """By weight and agency: the score as shown, in hundredths, and the grade by its place from the lowest up."""

    shown: IntArray
    grade: IntArray


class Finish:
    """What the rules of the year make of the means of the engagements, for the agencies at these positions."""

    def __init__(
        self, year: YearArrays, sheets: SheetTotals, rules: YearRules, agencies: Sequence[int]
    ) -> None:
        self.engine = rules.of_engine
        self.agencies = np.array(agencies, dtype=np.int64)
        beside = year.beside
        self.credits = np.array(
            [beside.credits[at] if beside.credits else 0 for at in agencies], dtype=object
        )
        self.raised = {
            key: np.array([held[at] for at in agencies], dtype=bool) for key, held in beside.raised.items()
        }
        self.form = tuple(each[self.agencies] for each in form_totals(year, sheets))
        order = sorted(range(len(rules.grades)), key=lambda number: rules.grades[number].low)
        self.place = np.array([order.index(number) for number in range(len(order))] or [0])

    def standing(
        self, numerator: IntArray, denominator: IntArray, form: tuple[IntArray, IntArray] | None = None
    ) -> Standing:
        """By weight and agency: ``numerator``; by agency: ``denominator``. ``form`` is by weight and agency, too."""

        def each(values: IntArray) -> IntArray:
            spread: IntArray = np.broadcast_to(values, numerator.shape).reshape(-1)
            return spread

        raised = {key: each(held) for key, held in self.raised.items()}
        share = self.engine.engagement_share
        above, below = finish_years(
            each(numerator).astype(object) * share.numerator,
            each(denominator).astype(object) * share.denominator,
            self.engine,
            form=tuple(map(each, form or self.form)) if self.engine.agency_share else None,  # type: ignore[arg-type]
            credits=each(self.credits),
            raised=raised,
        )
        shown = half_up(above, below, SHOWN_PLACES).astype(np.int64).reshape(numerator.shape)
        if not self.engine.grades:
            return Standing(shown, np.zeros_like(shown))
        grade = graded_years(self.engine, above, below, raised)[2]
        return Standing(shown, self.place[grade].reshape(numerator.shape))


@dataclass(frozen=True)
class _Cells:
    """Panels of one size, or single sheets: positions in the list of values, and what each kept one adds."""

    seats: IntArray
    trim: int
    factor: IntArray
    agency: IntArray
    starts: IntArray


class Means:
    """The mean of the engagements of every agency, as the sheets at ``moving`` move; they are of one scorer role.

    A figure of a sheet is a whole number out of ``scale``. ``denominator`` is by agency.
    """

    def __init__(
        self,
        year: YearArrays,
        sheets: SheetTotals,
        rules: YearRules,
        agencies: Sequence[int],
        moving: IntArray,
        scale: int,
        most: int,
    ) -> None:
        counted = _counted(year, rules)
        column = np.full(len(sheets.total), -1, dtype=np.int64)
        column[moving] = np.arange(len(moving))
        inside = _beside_moving(year, counted & sheets.known, moving)
        nothing, everything = sheets.total.copy(), sheets.total.copy()
        nothing[inside], everything[inside] = 0, sheets.maximum[inside]
        least, greatest = (
            score_engagements(year, replace(sheets, total=total), rules.shares)
            for total in (nothing, everything)
        )
        common = math.lcm(least.denominator, greatest.denominator)
        low = least.numerator.astype(object) * (common // least.denominator)
        part = greatest.numerator.astype(object) * (common // greatest.denominator) - low
        weights = np.array([each or 0 for each in weights_of(year, rules.weights)], dtype=object)
        position = {agency: number for number, agency in enumerate(agencies)}
        place = np.array([position.get(int(agency), -1) for agency in year.agency], dtype=np.int64)
        cells = self._cells(year, inside, column, place, rules)
        sizes = [seats.shape[1] - 2 * trim for seats, trim, _ in cells]
        many = math.lcm(1, *sizes)
        held = [place >= 0]
        start, whole = (np.zeros(len(agencies), dtype=object) for _ in range(2))
        np.add.at(start, place[held[0]], (weights * low)[held[0]] * (scale * many))
        np.add.at(whole, place[held[0]], weights[held[0]] * (common * scale * many))
        factors = [
            weights[at] * part[at] * (many // size) for (_, _, at), size in zip(cells, sizes, strict=True)
        ]
        self.start, self.denominator, divided = _shortened(
            start, whole, [(place[at], factor) for (_, _, at), factor in zip(cells, factors, strict=True)]
        )
        self.fixed = [int(row) for row in np.flatnonzero(inside & (column < 0))]
        fixed_low = [int(sheets.total[row]) * scale // int(sheets.maximum[row]) for row in self.fixed]
        fixed_high = [-(-int(sheets.total[row]) * scale // int(sheets.maximum[row])) for row in self.fixed]
        self.beside = tuple(np.array(each, dtype=object) for each in (fixed_low, fixed_high))
        largest = (
            max((int(np.max(each, initial=0)) for each in divided), default=0) * most * max(1, len(place))
        )
        self.kind = object if largest > INT64_HIGH else np.int64
        self.cells = [
            _ordered(seats, trim, factor.astype(self.kind), place[at])
            for (seats, trim, at), factor in zip(cells, divided, strict=True)
        ]

    def _cells(
        self, year: YearArrays, inside: Mask, column: IntArray, place: IntArray, rules: YearRules
    ) -> list[tuple[IntArray, int, IntArray]]:
        """(seats as positions in the list of values, trim, engagements), for each number of seats and trim."""
        rows = np.flatnonzero(inside)
        # Those that do not move stand behind the others in the list.
        value = column.copy()
        still = rows[column[rows] < 0]
        value[still] = int((column >= 0).sum()) + np.arange(len(still))
        by_engagement: dict[int, list[int]] = {}
        for row in rows:
            by_engagement.setdefault(int(year.engagement[row]), []).append(int(value[row]))
        role = int(year.role[rows[0]]) if len(rows) else 0
        found: dict[tuple[int, int], tuple[list[list[int]], list[int]]] = {}
        for engagement, seats in by_engagement.items():
            if place[engagement] < 0:
                continue
            table = table_of(year, int(year.shares[engagement]), rules.shares)
            panel = next(share.panel for share in table if share.role == year.roles[role])
            trim = 0 if panel is None else panel.trimmed
            if len(seats) <= 2 * trim:
                continue
            held = found.setdefault((len(seats), trim), ([], []))
            held[0].append(seats)
            held[1].append(engagement)
        return [
            (np.array(seats, dtype=np.int64), trim, np.array(engagements, dtype=np.int64))
            for (_, trim), (seats, engagements) in found.items()
        ]

    def numerators(self, values: IntArray, *, high: bool) -> IntArray:
        """By weight and agency, from the figures of the moving sheets by weight."""
        values = values.astype(self.kind)
        if self.fixed:
            still = self.beside[high].astype(self.kind)
            values = np.concatenate([values, np.broadcast_to(still, (len(values), len(still)))], axis=1)
        found = np.broadcast_to(self.start, (len(values), len(self.start))).copy()
        for cells in self.cells:
            given = _kept_sum(values[:, cells.seats], cells.trim) * cells.factor
            sums = np.add.reduceat(given, cells.starts, axis=1)
            found[:, cells.agency] += sums.astype(object)
        return found


def _kept_sum(seats: IntArray, trim: int) -> IntArray:
    """The sum without the ``trim`` highest and as many lowest, over the last axis."""
    if trim > 1:
        seats = np.sort(seats, axis=2)[:, :, trim : seats.shape[2] - trim]
    found: IntArray = seats.sum(axis=2)
    return found - seats.min(axis=2) - seats.max(axis=2) if trim == 1 else found


def _counted(year: YearArrays, rules: YearRules) -> Mask:
    """The sheets that the shares of their engagements count."""
    found = np.zeros(len(year.role), dtype=bool)
    of_engagement = year.engagement >= 0
    for number in range(len(year.share_tables)):
        own = of_engagement & (year.shares[year.engagement] == number) if len(year.shares) else of_engagement
        found |= own & counting(year, table_of(year, number, rules.shares))
    return found


def _beside_moving(year: YearArrays, counted: Mask, moving: IntArray) -> Mask:
    """The moving sheets and those that stand in one panel with them."""
    cell = year.engagement * max(len(year.roles), 1) + year.role
    inside: Mask = counted & np.isin(cell, cell[moving[year.engagement[moving] >= 0]])
    return inside


def _shortened(
    start: IntArray, whole: IntArray, factors: Sequence[tuple[IntArray, IntArray]]
) -> tuple[IntArray, IntArray, list[IntArray]]:
    """Figures of each agency divided by what they have in common."""
    common = [math.gcd(int(a), int(b)) for a, b in zip(start, whole, strict=True)]
    for place, held in factors:
        for at, factor in zip(place, held, strict=True):
            common[at] = math.gcd(common[at], int(factor))
    shared = np.array([each or 1 for each in common], dtype=object)
    return start // shared, whole // shared, [held // shared[place] for place, held in factors]


def _ordered(seats: IntArray, trim: int, factor: IntArray, agency: IntArray) -> _Cells:
    order = np.argsort(agency, kind="stable")
    sorted_agency = agency[order]
    starts = np.flatnonzero(np.r_[True, sorted_agency[1:] != sorted_agency[:-1]])
    return _Cells(seats[order], trim, factor[order], sorted_agency[starts], starts)
