"""How far a weight may move where a total is no weighted sum, or the year has panels or rules of its own. Pure.

Searched over whole units of the weight, a ten-thousandth of a point or of a per cent, with the roundings of the engine:
what is found is the last weight at which everything is as it is now.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np

from agencyqa.assessments.simulation.means import Finish, Means, Standing
from agencyqa.assessments.simulation.moving import Marks, MovingTotals
from agencyqa.assessments.simulation.reaches import Reach, Turn, WeightReach, of_all, stretched
from agencyqa.assessments.simulation.target import Target, reweighed
from agencyqa.assessments.simulation.turning import GRADE, NOT_FOUND, RANK, Changes, Search, Work
from agencyqa.assessments.simulation.year import (
    PLAIN,
    SheetTotals,
    YearArrays,
    YearResult,
    YearRules,
    roll_up,
)
from agencyqa.scoring import Columns, Program, RoleShare
from agencyqa.scoring.arrays import IntArray

# Nobody weighs an item more, and the page takes no more.
MOST_WEIGHT = 100_000_000
# Steps of a share: a ten-thousandth of a per cent.
SHARE_STEPS = 1_000_000
# What one page may work out: about three seconds.
MOST_FIGURES = 40_000_000


@dataclass(frozen=True)
class Situation:
    """A year as it is simulated; ``agencies`` are those that have a rank."""

    year: YearArrays
    sheets: SheetTotals
    rules: YearRules
    agencies: Sequence[int]

    def standing(self, result: YearResult) -> Standing:
        """As the engine gives it; -1 for who has no rank or grade."""
        lines = result.by_agency()
        grades = sorted(self.rules.grades, key=lambda band: band.low)
        place = {band.key: number for number, band in enumerate(grades)} if grades else {}
        held = [lines[agency] for agency in self.agencies]
        none = 0 if not grades else -1
        return Standing(
            np.array([[-1 if each.rank is None or each.rounded is None else each.rounded for each in held]]),
            np.array([[none if each.grade is None else place[each.grade] for each in held]]),
        )

    def rolled(self, sheets: SheetTotals, rules: YearRules | None = None) -> Standing:
        return self.standing(roll_up(self.year, sheets, rules or self.rules))


# Criteria


def criterion_turns(
    situation: Situation,
    target: Target,
    blocks: Sequence[tuple[IntArray, Columns]],
    marks: Marks,
    weights: Mapping[str, int],
    work: Work,
    *,
    most_weight: int = MOST_WEIGHT,
) -> list[WeightReach]:
    """For every criterion of the target. ``blocks`` are the answers behind ``marks``; ``weights`` the present ones.

    What changes first of all is searched as far as a weight goes; what changes for a single agency as far as all
    weights together are worth, and no farther than the nearest change that is known for it.
    """
    agencies, whole = situation.agencies, sum(weights.values())
    moved = {
        key: _Moved(situation, target, blocks, marks, weights, key, most_weight)
        for key, weight in weights.items()
        if weight != whole and agencies
    }
    nothing = np.zeros((2, len(agencies)), dtype=np.int64)
    every = {key: {sign: each.search(sign, nothing, work) for sign in (-1, 1)} for key, each in moved.items()}
    caps = np.full_like(nothing, whole)
    for sides in every.values():
        for changes in sides.values():
            caps = nearer(caps, changes)
    own: dict[str, dict[int, Changes]] = {}
    # What weighs most has the nearest changes, which spare the search for farther ones.
    for key in sorted(moved, key=lambda each: -weights[each]):
        own[key] = {}
        for sign in (-1, 1):
            own[key][sign] = moved[key].search(sign, caps, work)
            caps = nearer(caps, own[key][sign])
    # Alone a criterion is the whole total, whatever it weighs.
    none = Reach(None, None)
    return [
        _as_reach(
            key, Fraction(weights[key]), Fraction(1), agencies, (every[key], own[key]), moved[key].lasts
        )
        if key in moved
        else WeightReach(key, Fraction(weights[key]), none, none, {})
        for key in weights
    ]


def nearer(caps: IntArray, changes: Changes) -> IntArray:
    found: IntArray = np.where(changes.first == NOT_FOUND, caps, np.minimum(caps, changes.first))
    return found


class _Moved:
    def __init__(
        self,
        situation: Situation,
        target: Target,
        blocks: Sequence[tuple[IntArray, Columns]],
        marks: Marks,
        weights: Mapping[str, int],
        key: str,
        most_weight: int,
    ) -> None:
        self.situation, self.target, self.blocks = situation, target, blocks
        self.weights, self.key, self.now = weights, key, weights[key]
        self.lasts = {-1: self.now, 1: max(0, most_weight - self.now)}
        scheme = target.program.scheme
        every = MovingTotals(scheme, marks, weights, key, max(most_weight, self.now))
        self.every = every
        known = every.is_known(_column([self.now]))[0]
        self.totals = every.only(np.flatnonzero(known))
        self.moving = marks.positions[known]
        year, sheets, rules = situation.year, situation.sheets, situation.rules
        self.finish = Finish(year, sheets, rules, situation.agencies)
        forms = year.beside.form_of
        self.form_of = forms[self.moving] if forms is not None else np.full(len(self.moving), -1)
        is_form = bool((self.form_of >= 0).any())
        at = self.moving[:0] if is_form else self.moving
        most = 2 * self.totals.scale + int(self.totals.bonus.max(initial=0)) * self.totals.scale
        self.means = Means(year, sheets, rules, situation.agencies, at, self.totals.scale, most)
        self.is_form = is_form

    def search(self, sign: int, caps: IntArray, work: Work) -> Changes:
        last = self.lasts[sign]
        flip = self._flip(sign, last)
        search = Search(
            partial(self.bounds, sign),
            partial(self.exact, sign),
            self.bounds(sign, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))[0],
            last if flip is None else flip - 1,
            max(1, len(self.moving)) * 2 * (4 if self.totals.leaves_out else 1),
            work,
        )
        found = search.run(caps)
        if flip is None:
            return found
        # From there on other sheets have totals; what comes behind is not searched.
        search.at(flip)
        is_at = (found.first == NOT_FOUND) & (search.first == flip) & (found.proven == flip - 1)
        return Changes(np.where(is_at, flip, found.first), search.other, found.proven)

    def _flip(self, sign: int, last: int) -> int | None:
        """The first step at which too little of a sheet is assessed, or enough again."""
        if not self.every.leaves_out or not last:
            return None

        def differs(step: int) -> bool:
            there = self.every.is_known(_column([self.now, self.now + sign * step]))
            return bool((there[0] != there[1]).any())

        if not differs(last):
            return None
        low, high = 0, last
        # What is assessed rises or falls all the way, so no sheet changes back.
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if differs(middle) else (middle, high)
        return high

    def bounds(self, sign: int, starts: IntArray, ends: IntArray) -> tuple[Standing, Standing]:
        low, high = self.totals.bounds(*(_column(self.now + sign * each) for each in (starts, ends)))
        return self._standing(low, high=False), self._standing(high, high=True)

    def _standing(self, values: IntArray, *, high: bool) -> Standing:
        if not self.is_form:
            return self.finish.standing(self.means.numerators(values, high=high), self.means.denominator)
        above = np.broadcast_to(self.means.start, (len(values), len(self.means.start)))
        total, maximum = (np.broadcast_to(each, above.shape).copy() for each in self.finish.form)
        position = {agency: number for number, agency in enumerate(self.situation.agencies)}
        for column, agency in enumerate(self.form_of):
            at = position.get(int(agency))
            if at is not None:
                total[:, at], maximum[:, at] = values[:, column], self.totals.scale
        return self.finish.standing(above, self.means.denominator, (total, maximum))

    def exact(self, sign: int, step: int) -> Standing:
        """The year scored anew by the engine."""
        weights = {**self.weights, self.key: self.now + sign * step}
        scheme = self.target.program.scheme
        program = Program(reweighed(scheme, weights))
        held = self.situation.sheets
        total, maximum, known = (each.copy() for each in (held.total, held.maximum, held.known))
        for positions, columns in self.blocks:
            result = program.score_arrays(columns, criteria=False)
            total[positions] = np.where(result.complete, result.total, 0)
            maximum[positions] = np.where(result.complete, result.assessed_max, scheme.max_points)
            known[positions] = result.complete
        return self.situation.rolled(SheetTotals(total, maximum, known))


def _column(weights: IntArray | Sequence[int]) -> IntArray:
    return np.array(weights, dtype=np.int64).reshape(-1, 1)


# Shares


def share_turns(situation: Situation, shares: Sequence[RoleShare], work: Work) -> list[WeightReach]:
    """For every role, while the others keep their proportions. ``shares`` are those of every engagement."""
    found: list[WeightReach] = []
    caps = np.full((2, len(situation.agencies)), SHARE_STEPS, dtype=np.int64)
    for share in shares:
        others = [each for each in shares if each.role != share.role]
        if share.share in (0, 1) or not others or not situation.agencies:
            continue
        moved = _Shared(situation, share, stretched(others))
        sides = {
            sign: Search(
                partial(moved.bounds, sign),
                partial(moved.exact, sign),
                moved.bounds(sign, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))[0],
                moved.lasts[sign],
                len(situation.agencies),
                work,
            ).run(caps)
            for sign in (-1, 1)
        }
        found.append(
            _as_reach(
                share.role,
                share.share,
                Fraction(1, SHARE_STEPS),
                situation.agencies,
                (sides, sides),
                moved.lasts,
            )
        )
    return found


class _Shared:
    def __init__(self, situation: Situation, share: RoleShare, others: Sequence[RoleShare]) -> None:
        self.situation, self.now, self.role, self.others = situation, share.share, share.role, others
        self.lasts = {-1: math.floor(self.now * SHARE_STEPS), 1: math.floor((1 - self.now) * SHARE_STEPS)}
        alone, rest = (
            means_by(situation, table) for table in ((RoleShare(share.role, 1, 1),), tuple(others))
        )
        starts = [rest[at] + self.now * (alone[at] - rest[at]) for at in situation.agencies]
        slopes = [(alone[at] - rest[at]) / SHARE_STEPS for at in situation.agencies]
        below = [math.lcm(a.denominator, b.denominator) for a, b in zip(starts, slopes, strict=True)]
        self.start = np.array([int(a * b) for a, b in zip(starts, below, strict=True)], dtype=object)
        self.slope = np.array([int(a * b) for a, b in zip(slopes, below, strict=True)], dtype=object)
        self.below = np.array(below, dtype=object)
        self.finish = Finish(situation.year, situation.sheets, situation.rules, situation.agencies)

    def bounds(self, sign: int, starts: IntArray, ends: IntArray) -> tuple[Standing, Standing]:
        first, last = (
            self.start + sign * each.astype(object).reshape(-1, 1) * self.slope for each in (starts, ends)
        )
        return (
            self.finish.standing(np.minimum(first, last), self.below),
            self.finish.standing(np.maximum(first, last), self.below),
        )

    def exact(self, sign: int, step: int) -> Standing:
        own = self.now + Fraction(sign * step, SHARE_STEPS)
        parts = [(self.role, own), *((each.role, each.share * (1 - own)) for each in self.others)]
        table = tuple(RoleShare(role, part.numerator, part.denominator) for role, part in parts)
        return self.situation.rolled(self.situation.sheets, replace(self.situation.rules, shares=table))


def means_by(situation: Situation, shares: tuple[RoleShare, ...]) -> dict[int, Fraction]:
    """The means of the engagements alone, by these shares; panels stay panels."""
    rules = replace(situation.rules, shares=shares, plan=PLAIN)
    lines = roll_up(situation.year, situation.sheets, rules).by_agency()
    return {at: score for at in situation.agencies if (score := lines[at].score) is not None}


# As what is shown


def _as_reach(
    key: str,
    now: Fraction,
    step: Fraction,
    agencies: Sequence[int],
    found: tuple[Mapping[int, Changes], Mapping[int, Changes]],
    lasts: Mapping[int, int],
) -> WeightReach:
    """``found`` are the changes in which the first of all is known, and those in which each agency's own is."""
    every, own = ([_reaches(now, step, agencies, sides, lasts, q) for q in (GRADE, RANK)] for sides in found)
    by_agency = {agency: (own[GRADE][n], own[RANK][n]) for n, agency in enumerate(agencies)}
    return WeightReach(key, now, of_all(every[GRADE], now), of_all(every[RANK], now), by_agency)


def _reaches(
    now: Fraction,
    step: Fraction,
    agencies: Sequence[int],
    sides: Mapping[int, Changes],
    lasts: Mapping[int, int],
    question: int,
) -> list[Reach]:
    """By agency."""

    def side(sign: int, number: int) -> tuple[Turn | None, Fraction | None]:
        changes = sides[sign]
        first, other = int(changes.first[question, number]), int(changes.other[question, number])
        if first == NOT_FOUND:
            proven = int(changes.proven[question, number])
            return None, None if proven >= lasts[sign] else now + sign * proven * step
        met = None if other < 0 else agencies[other]
        return Turn(now + sign * (first - 1) * step, True, agencies[number], met), None

    found: list[Reach] = []
    for number in range(len(agencies)):
        (down, open_down), (up, open_up) = (side(sign, number) for sign in (-1, 1))
        found.append(Reach(down, up, open_down, open_up))
    return found
