"""What sheets come to as the weight of one criterion moves, in whole units of the weight. Exact. Pure.

Over whole weights a total is what the engine gives, its rounding to a ten-thousandth included. Between two weights it
rises or falls all the way, and so does all that is made of it: caps, bonuses and vetoes are the least and the greatest
of such figures. So the two ends of a stretch of weights bound everything inside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from agencyqa.assessments.simulation.target import Target, reweighed, weights_of_scheme
from agencyqa.scoring import Columns, Program, Scheme
from agencyqa.scoring.arrays import INT64_HIGH, IntArray, Mask

# Where something can be left out, the maximum is another for every sheet and weight: then figures are parts of this.
FINE = 10**12
NO_CEILING = -1


@dataclass(frozen=True)
class Marks:
    """What the criteria of one scheme gave on the sheets at these positions, in units by criterion.

    ``left_out`` says where a criterion is not part of the maximum; ``bonus`` is what all bonuses would add to a sheet
    if there were no cap; ``ceiling`` the lowest total to which a veto holds it, ``NO_CEILING`` where none applies.
    """

    positions: IntArray
    counted: Mapping[str, IntArray]
    left_out: Mapping[str, Mask] = field(default_factory=dict)
    bonus: IntArray | None = None
    ceiling: IntArray | None = None


def marks_of(target: Target, blocks: Sequence[tuple[IntArray, Columns]]) -> Marks:
    """``blocks`` are positions of sheets with their answers as the target takes them.

    Sheets are left out that are unfinished whatever a criterion weighs.
    """
    scheme = target.program.scheme
    program = Program(_without_limits(scheme))
    bonuses = [criterion.key for _, criterion in scheme.criteria() if criterion.bonus]
    nothing = np.zeros(0, dtype=np.int64)
    positions, bonus, ceiling = [nothing], [nothing], [nothing]
    counted: dict[str, list[IntArray]] = {key: [nothing] for key in program.criterion_keys}
    left_out: dict[str, list[Mask]] = {key: [nothing > 0] for key in program.criterion_keys}
    for places, columns in blocks:
        result = program.score_arrays(columns)
        whole = result.complete
        positions.append(places[whole])
        for key in program.criterion_keys:
            counted[key].append(result.counted[key][whole])
            left_out[key].append(result.left_out[key][whole])
        earned = sum((result.contribution[key] for key in bonuses), np.zeros(len(places), dtype=np.int64))
        bonus.append(earned[whole])
        ceiling.append(_ceilings(scheme, columns)[whole])
    return Marks(
        np.concatenate(positions),
        {key: np.concatenate(held) for key, held in counted.items()},
        {key: np.concatenate(held) for key, held in left_out.items()},
        np.concatenate(bonus),
        np.concatenate(ceiling),
    )


def _without_limits(scheme: Scheme) -> Scheme:
    """Every criterion weighs something, bonuses have all the room they want, and no part must be assessed."""
    weights = dict.fromkeys(weights_of_scheme(scheme), 1)
    room = sum(criterion.max_points for _, criterion in scheme.criteria() if criterion.bonus)
    if weights:
        scheme = reweighed(scheme, weights)
    return replace(scheme, least_assessed=None, total_cap=scheme.max_points + room)


def _ceilings(scheme: Scheme, columns: Columns) -> IntArray:
    found = np.full(columns.size, NO_CEILING, dtype=np.int64)
    for veto in scheme.vetoes:
        if veto.caps_total is None:
            continue
        held = columns.inputs[veto.key]
        applies = held["raised"].values == 1
        if veto.exception is not None:
            applies = applies & (held[veto.exception].values != 1)
        lower = (found == NO_CEILING) | (found > veto.caps_total)
        found = np.where(applies & lower, veto.caps_total, found)
    return found


def can_leave_out(scheme: Scheme) -> bool:
    return scheme.unanswered == "leave_out" or any(
        criterion.rule.can_be_left_out for _, criterion in scheme.criteria()
    )


class MovingTotals:
    """The figures of all sheets of ``marks``, out of ``scale``, for any weights of the criterion ``key`` at once."""

    def __init__(
        self, scheme: Scheme, marks: Marks, weights: Mapping[str, int], key: str, most_weight: int
    ) -> None:
        maxima = {each.key: each.max_points for _, each in scheme.criteria() if each.key in weights}
        self.maximum = scheme.max_points
        self.leaves_out = can_leave_out(scheme)
        self.scale = FINE if self.leaves_out else self.maximum
        self.others = sum(weight for each, weight in weights.items() if each != key)
        common = math.lcm(*maxima.values())
        parts = {each: self.maximum * (common // most) for each, most in maxima.items()}
        shared = math.gcd(common, *parts.values())
        self.out_of = common // shared
        heaviest = {**weights, key: most_weight}
        most_sum = sum(heaviest[each] * (parts[each] // shared) * most for each, most in maxima.items())
        whole = self.others + most_weight
        bound = 2 * most_sum + self.out_of * whole * 2 * (self.maximum + 1)
        bound = max(bound, 2 * self.maximum * (self.maximum + whole))
        self.kind: Any = object if bound > INT64_HIGH else np.int64

        def of_sheets(held: IntArray) -> IntArray:
            return held.astype(self.kind)

        size = len(marks.positions)
        nothing = np.zeros(size, dtype=self.kind)
        self.rest, self.rest_assessed = nothing.copy(), nothing.copy()
        for each in maxima:
            if each == key:
                continue
            self.rest = self.rest + of_sheets(marks.counted[each]) * (weights[each] * (parts[each] // shared))
            there = ~marks.left_out[each] if marks.left_out else np.ones(size, dtype=bool)
            self.rest_assessed = self.rest_assessed + of_sheets(there) * weights[each]
        self.own = of_sheets(marks.counted[key]) * (parts[key] // shared)
        self.own_assessed = of_sheets(~marks.left_out[key]) if marks.left_out else nothing + 1
        self.bonus = nothing if marks.bonus is None else of_sheets(marks.bonus)
        self.has_bonus = any(each.bonus for _, each in scheme.criteria())
        self.extra = (scheme.total_cap or self.maximum) - self.maximum
        self.ceiling = nothing + NO_CEILING if marks.ceiling is None else of_sheets(marks.ceiling)
        least = scheme.least_assessed or 0
        self.least = max(1, -(-least * self.maximum // 1_000_000))

    def only(self, sheets: IntArray) -> MovingTotals:
        """The same for some of the sheets."""
        found = copy(self)
        for name in ("rest", "rest_assessed", "own", "own_assessed", "bonus", "ceiling"):
            setattr(found, name, getattr(self, name)[sheets])
        return found

    def maxima(self, weight: IntArray) -> IntArray:
        """What was assessed, in units, by weight and sheet; ``weight`` is a column."""
        if not self.leaves_out:
            return np.full((len(weight), len(self.rest)), self.maximum, dtype=self.kind)
        whole = weight + self.others
        assessed = self.rest_assessed + weight * self.own_assessed
        found: IntArray = (2 * self.maximum * assessed + whole) // (2 * whole)
        return found

    def is_known(self, weight: IntArray) -> Mask:
        """Where enough was assessed."""
        known: Mask = (self.maxima(weight) >= self.least).astype(bool)
        return known

    def _criteria(self, weight: IntArray) -> IntArray:
        whole = (weight + self.others) * self.out_of
        found: IntArray = (2 * (self.rest + weight * self.own) + whole) // (2 * whole)
        return found

    def totals(self, weight: IntArray) -> tuple[IntArray, IntArray]:
        """Totals and what they are out of, in units, as the engine gives them."""
        total, maximum = self._criteria(weight), self.maxima(weight)
        if self.has_bonus:
            total = np.maximum(total, np.minimum(maximum + self.extra, total + self.bonus))
        if not (self.ceiling != NO_CEILING).any():
            return total, maximum
        limit = (2 * self.ceiling * maximum + self.maximum) // (2 * self.maximum)
        return np.where(self.ceiling == NO_CEILING, total, np.minimum(total, limit)), maximum

    def bounds(self, start: IntArray, end: IntArray) -> tuple[IntArray, IntArray]:
        """The least and the greatest figure on every stretch of weights, both ends included; exact where it is one
        weight alone, but for what lies between two neighbours of ``scale``. Weights are columns.
        """
        start, end = start.astype(self.kind), end.astype(self.kind)
        first, last = self.totals(start), self.totals(end)
        if not self.leaves_out:
            return np.minimum(first[0], last[0]), np.maximum(first[0], last[0])
        low, high = self._between(start, end)
        alone = np.flatnonzero((start == end)[:, 0])
        total, maximum = (each[alone] for each in first)
        wide = int(total.max(initial=0)) * self.scale > INT64_HIGH
        exact = total.astype(object if wide else np.int64) * self.scale
        low[alone], high[alone] = exact // maximum, -(-exact // maximum)
        return low, high

    def _between(self, start: IntArray, end: IntArray) -> tuple[IntArray, IntArray]:
        """Total and maximum are both rounded, so their quotient is held within what the roundings can do.

        Worked out in binary figures, whose own errors are far below the margin of two that is left at the end.
        """
        ends = [each.astype(float) for each in (start, end)]
        rest, own, rest_assessed, own_assessed, bonus, ceiling = (
            each.astype(float)
            for each in (
                self.rest, self.own, self.rest_assessed, self.own_assessed, self.bonus, self.ceiling,
            )
        )  # fmt: skip
        sums = [self._criteria(each).astype(float) for each in (start, end)]
        most = [self.maxima(each).astype(float) for each in (start, end)]
        least_most, greatest_most = np.maximum(np.minimum(*most), 1), np.maximum(np.maximum(*most), 1)
        # By the figures before rounding, which rise or fall all the way, and half a unit for each rounding.
        parts = [
            (rest + weight * own)
            / np.maximum((rest_assessed + weight * own_assessed) * float(self.out_of * self.maximum), 1)
            for weight in ends
        ]
        twice = 2 * least_most - 1
        low = (np.minimum(*parts) * twice - 1) / (twice + 1)
        high = (np.maximum(*parts) * twice + 1) / np.maximum(twice - 1, 0.5)
        # And by the rounded figures themselves, which is better where the maximum stays the same.
        low = np.maximum(low, np.minimum(*sums) / greatest_most)
        high = np.minimum(high, np.maximum(*sums) / least_most)
        if self.has_bonus:
            extra = float(self.extra)
            low = np.maximum(low, np.minimum(1 + extra / greatest_most, low + bonus / greatest_most))
            high = np.maximum(high, np.minimum(1 + extra / least_most, high + bonus / least_most))
        share, slack, is_free = ceiling / self.maximum, 0.5 / least_most, self.ceiling == NO_CEILING
        low = np.where(is_free, low, np.minimum(low, share - slack))
        high = np.where(is_free, high, np.minimum(high, share + slack))
        return (
            np.maximum(np.floor(low * self.scale) - 2, 0).astype(np.int64),
            np.ceil(high * self.scale).astype(np.int64) + 2,
        )
