"""How far each weight may move before a grade or a rank changes. Exact. Pure.

The weight of one criterion moves while the others stay: a score is then ``K + (A + w·b) / (W + w)``, which is a
straight line over ``1 / (W + w)``. The share of one scorer role moves while the others keep their proportions, which
is a straight line over the share itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from agencyqa.assessments.simulation.lines import Crossing, Figures, Lines, first_grade_change
from agencyqa.assessments.simulation.moving import Marks
from agencyqa.assessments.simulation.reaches import Reach, Turn, WeightReach, of_all, stretched
from agencyqa.assessments.simulation.year import (
    SHOWN_PLACES,
    SheetTotals,
    YearArrays,
    YearRules,
    roll_up,
    score_engagements,
    weights_of,
)
from agencyqa.scoring import RoleShare, Scheme
from agencyqa.scoring.arrays import IntArray


def is_linear(scheme: Scheme) -> bool:
    """Whether a total is a weighted sum of its criteria and nothing else."""
    return (
        scheme.total_cap is None
        and not scheme.vetoes
        and scheme.unanswered == "wait"
        and not any(
            criterion.bonus or getattr(criterion.rule, "can_be_left_out", False)
            for _, criterion in scheme.criteria()
        )
    )


def is_plain(year: YearArrays, rules: YearRules) -> bool:
    """Whether an agency's score is a weighted sum of totals: no panels, nothing carried, no rules of the year's own."""
    return (
        rules.is_plain
        and not any(share.panel is not None for table in year.share_tables for share in table)
        and not any(each != "wait" for each in year.beside.role_missing)
    )


def criterion_reaches(
    year: YearArrays,
    sheets: SheetTotals,
    rules: YearRules,
    agencies: Sequence[int],
    marks: Marks,
    maxima: Mapping[str, int],
    weights: Mapping[str, int],
) -> list[WeightReach]:
    """For every criterion, over the agencies that have a score.

    ``sheets`` are the totals of all sheets, of which those of ``marks`` are replaced.

    ``weights`` need not add up to anything. Solved on the exact totals, before they are rounded to a ten-thousandth.
    """
    parts = _parts(year, rules)
    rest = _sums(year, parts, sheets, np.isin(np.arange(len(sheets.total)), marks.positions, invert=True))
    gains = {
        key: _marks_of(year, parts, marks.positions, counted, maxima[key])
        for key, counted in marks.counted.items()
        if maxima[key]
    }
    whole = {
        agency: sum((weights[key] * each[agency] for key, each in gains.items()), Fraction(0))
        for agency in agencies
    }
    found: list[WeightReach] = []
    for key, gain in gains.items():
        now = weights[key]
        others = sum(weights[each] for each in gains) - now
        if not others:
            # Alone it is the whole total, whatever it weighs.
            nothing = Reach(None, None)
            found.append(WeightReach(key, Fraction(now), nothing, nothing, {}))
            continue
        # p + q·u with u = 1 / (W + w).
        fixed = [rest[agency] + gain[agency] for agency in agencies]
        moving = [whole[agency] - now * gain[agency] - gain[agency] * others for agency in agencies]
        found.append(
            _reach(
                key, Fraction(now), agencies, rules, fixed, moving, _Inverse(Fraction(others), Fraction(now))
            )
        )
    return found


def _scores(year: YearArrays, sheets: SheetTotals, rules: YearRules) -> dict[int, Fraction]:
    lines = roll_up(year, sheets, rules).lines
    return {line.agency: line.score for line in lines if line.score is not None}


def common_shares(year: YearArrays, rules: YearRules) -> tuple[RoleShare, ...] | None:
    """The shares by which all engagements are scored; None where contracts have different ones."""
    tables = {year.share_tables[int(number)] for number in np.unique(year.shares)}
    return rules.shares or (tables.pop() if len(tables) == 1 else None)


def is_carried(year: YearArrays, sheets: SheetTotals, rules: YearRules) -> bool:
    """Whether the share of a role without a sheet is carried by the others anywhere in the year."""
    if all(each == "wait" for each in year.beside.role_missing):
        return False
    waiting = replace(year, beside=replace(year.beside, role_missing=()))
    own, strict = (score_engagements(each, sheets, rules.shares).known for each in (year, waiting))
    return bool((own != strict).any())


def share_reaches(
    year: YearArrays,
    sheets: SheetTotals,
    rules: YearRules,
    agencies: Sequence[int],
    shares: Sequence[RoleShare],
) -> list[WeightReach]:
    """For every scorer role. ``shares`` are those of all engagements, and no one carries another's."""
    found: list[WeightReach] = []
    for share in shares:
        others = [each for each in shares if each.role != share.role]
        if share.share in (0, 1) or not others:
            # Nobody knows in what proportion others would stand in, or sheets that nobody asked for.
            continue
        alone, rest = (
            _scores(year, sheets, replace(rules, shares=table))
            for table in ((RoleShare(share.role, 1, 1),), stretched(others))
        )
        fixed = [rest[agency] for agency in agencies]
        moving = [alone[agency] - rest[agency] for agency in agencies]
        found.append(_reach(share.role, share.share, agencies, rules, fixed, moving, _Straight(share.share)))
    return found


# The ways from a weight to the place on the lines and back


@dataclass(frozen=True)
class _Inverse:
    """A criterion of weight ``now`` beside others that weigh ``others``: ``u = 1 / (others + weight)``."""

    others: Fraction
    now: Fraction

    @property
    def start(self) -> Fraction:
        return 1 / (self.others + self.now)

    def way(self, up: bool) -> tuple[int, Fraction, bool]:
        """The direction of the place, how far it goes, and whether its end is reached: a weight has no upper end."""
        return (-1, self.start, False) if up else (1, 1 / self.others - self.start, True)

    def weight(self, place: Fraction) -> Fraction:
        return 1 / place - self.others


@dataclass(frozen=True)
class _Straight:
    """A share between 0 and 1, which is its own place."""

    now: Fraction

    @property
    def start(self) -> Fraction:
        return self.now

    def way(self, up: bool) -> tuple[int, Fraction, bool]:
        return (1, 1 - self.now, True) if up else (-1, self.now, True)

    def weight(self, place: Fraction) -> Fraction:
        return place


def _reach(
    key: str,
    now: Fraction,
    agencies: Sequence[int],
    rules: YearRules,
    fixed: Sequence[Fraction],
    moving: Sequence[Fraction],
    ways: _Inverse | _Straight,
) -> WeightReach:
    turns: dict[bool, dict[int, tuple[Turn | None, Turn | None]]] = {}
    for up in (False, True):
        sign, end, included = ways.way(up)
        lines = Lines(
            tuple(p + q * ways.start for p, q in zip(fixed, moving, strict=True)),
            tuple(sign * q for q in moving),
            end,
            included,
        )
        figures = Figures(lines, SHOWN_PLACES)

        def turn(agency: int, found: Crossing | None, sign: int = sign) -> Turn | None:
            if found is None:
                return None
            other = None if found.other is None else agencies[found.other]
            return Turn(ways.weight(ways.start + sign * found.place), found.beyond, agency, other)

        turns[up] = {
            agency: (
                turn(agency, first_grade_change(lines, number, rules.grades, rules.rounding)),
                turn(agency, figures.first_change(number)),
            )
            for number, agency in enumerate(agencies)
        }
    own = {
        agency: (
            Reach(turns[False][agency][0], turns[True][agency][0]),
            Reach(turns[False][agency][1], turns[True][agency][1]),
        )
        for agency in agencies
    }
    return WeightReach(
        key,
        now,
        of_all([grade for grade, _ in own.values()], now),
        of_all([rank for _, rank in own.values()], now),
        own,
    )


# The scores in parts


@dataclass(frozen=True)
class _Parts:
    """By sheet the whole-number part it has in the year of its agency; by agency what all parts are out of."""

    part: IntArray
    of: list[Fraction]


def _parts(year: YearArrays, rules: YearRules) -> _Parts:
    tables = year.share_tables
    number = year.shares
    if (given := rules.shares) is not None:
        tables, number = (given,), np.zeros(len(year.agency), dtype=np.int64)
    common = math.lcm(1, *(share.denominator for table in tables for share in table))
    held = np.zeros((max(len(tables), 1), max(len(year.roles), 1)), dtype=object)
    for place, table in enumerate(tables):
        for share in table:
            if share.role in year.roles:
                held[place, year.roles.index(share.role)] = share.numerator * (common // share.denominator)
    # Of an agency whose weights are not known there is no score, and nothing is asked about it.
    weights = np.array([each or 0 for each in weights_of(year, rules.weights)], dtype=object)
    own = held[number[year.engagement], year.role] if len(year.role) else np.zeros(0, dtype=object)
    total = _grouped(year.agency, weights, len(year.agencies))
    return _Parts(weights[year.engagement] * own, [Fraction(each * common) for each in total])


def _sums(year: YearArrays, parts: _Parts, sheets: SheetTotals, chosen: IntArray) -> dict[int, Fraction]:
    """The part of each agency's score that the chosen sheets give."""
    found = dict.fromkeys(range(len(year.agencies)), Fraction(0))
    for maximum in np.unique(sheets.maximum[chosen]):
        rows = np.flatnonzero(chosen & (sheets.maximum == maximum) & sheets.known)
        _add(found, year, parts, rows, sheets.total[rows], int(maximum))
    return found


def _marks_of(
    year: YearArrays, parts: _Parts, positions: IntArray, counted: IntArray, maximum: int
) -> dict[int, Fraction]:
    """What a weight of one for this criterion gives each agency, before it is divided by the sum of the weights."""
    found = dict.fromkeys(range(len(year.agencies)), Fraction(0))
    _add(found, year, parts, positions, counted, maximum)
    return found


def _add(
    found: dict[int, Fraction], year: YearArrays, parts: _Parts, rows: IntArray, marks: IntArray, maximum: int
) -> None:
    agencies = year.agency[year.engagement[rows]]
    for agency, value in enumerate(
        _grouped(agencies, parts.part[rows] * marks.astype(object), len(year.agencies))
    ):
        if value and parts.of[agency]:
            found[agency] += Fraction(100 * value, maximum) / parts.of[agency]


def _grouped(groups: IntArray, values: IntArray, size: int) -> list[int]:
    """The sums of the values by group."""
    found = [0] * size
    if not len(values):
        return found
    order = np.argsort(groups, kind="stable")
    sorted_groups = groups[order]
    starts = np.flatnonzero(np.r_[True, sorted_groups[1:] != sorted_groups[:-1]])
    sums = np.add.reduceat(values[order], starts)
    for group, value in zip(sorted_groups[starts], sums, strict=True):
        found[int(group)] = int(value)
    return found
