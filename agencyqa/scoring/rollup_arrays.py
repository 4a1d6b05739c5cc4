"""Engagements and years of very many sheets at once: the same exact figures, over arrays.

A score is ``numerator / denominator`` out of 100. Everything is kept over one common denominator, in 64 bits where the
largest figure that can occur fits, else in Python integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import lcm
from typing import Any

import numpy as np

from agencyqa.scoring.arrays import INT64_HIGH, IntArray, Mask
from agencyqa.scoring.engagement import RoleMissing, RoleShare, check_shares
from agencyqa.scoring.grades import TOP_PERCENT
from agencyqa.scoring.problems import Problem, RollupError
from agencyqa.scoring.ranking import RANK_PLACES
from agencyqa.scoring.units import SCALE
from agencyqa.scoring.year_rules import YearRules, year_rules_problems

STATES = ("final", "provisional", "empty", "too_few")
FINAL, PROVISIONAL, EMPTY, TOO_FEW = range(4)


@dataclass(frozen=True)
class SheetRows:
    """One row for each sheet. `engagement` and `role` are positions, `total` and `maximum` units.

    Where `known` is false the sheet is expected and missing; of a panel that is a scorer who has not delivered. Rows
    of one panel stand in the order of their scorers' keys, which decides between equal figures at the edge of a trim.
    `may_exceed`: bonuses may lift totals above their maxima.
    """

    engagement: IntArray
    role: IntArray
    total: IntArray
    maximum: IntArray
    known: Mask | None = None
    may_exceed: bool = False


@dataclass(frozen=True)
class EngagementScores:
    """`numerator` means something only where `complete` is true. `left_out` counts roles that the others carry."""

    numerator: IntArray
    denominator: int
    complete: Mask
    left_out: IntArray


@dataclass(frozen=True)
class YearScores:
    """By agency. `state` is a position in STATES, `grade` in the rules' grades, -1 for none; so is `reached`.

    `rounded` has the places of the rules' rounding, of the ranking where they name none; -1 without a score.
    """

    numerator: IntArray
    denominator: IntArray
    state: IntArray
    rounded: IntArray
    grade: IntArray
    reached: IntArray


def score_engagements(
    shares: Sequence[RoleShare], rows: SheetRows, size: int, role_missing: RoleMissing = "wait"
) -> EngagementScores:
    """Scores of `size` engagements with the same shares. Raises RollupError as ``score_engagement`` does."""
    problems = check_shares(shares) + _row_problems(shares, rows)
    if problems:
        raise RollupError(problems)
    known = np.ones(len(rows.total), dtype=bool) if rows.known is None else rows.known
    width = len(shares)
    cells = rows.engagement * width + rows.role
    invited = _counts(cells, size, width)
    delivered = invited if rows.known is None else _counts(cells[known], size, width)
    _expect_single(shares, delivered)
    there = _there(shares, invited, delivered)
    common = reduce(lcm, (int(each) for each in np.unique(rows.maximum[known])), 1)
    counted = delivered - 2 * np.array([_trim(share) for share in shares])
    counted = np.where(there, counted, 1)
    many = reduce(lcm, (int(each) for each in np.unique(counted)), 1)
    whole = reduce(lcm, (share.denominator for share in shares), 1)
    parts = [share.numerator * (whole // share.denominator) for share in shares]
    carried = np.where(there, np.array(parts, dtype=np.int64), 0).sum(axis=1)
    needed = np.array([part > 0 for part in parts])
    lacking = (~there & needed).sum(axis=1)
    complete = (lacking == 0) if role_missing == "wait" else carried > 0
    base = np.where(complete, carried, whole)
    over = reduce(lcm, (int(each) for each in np.unique(base)), 1)
    # No step exceeds this: `many` is a multiple of the size of each panel, and the parts that count add up to `base`.
    largest = _most(rows, known) * common * many * max(over, whole)
    fits = largest <= INT64_HIGH
    percents = _as(rows.total[known], fits=fits) * _as(_scaled(common, rows.maximum[known], 100), fits=fits)
    sums = _sums(shares, cells[known], percents, there, size * width, fits=fits).reshape(size, width)
    numerator = _as(np.zeros(size, dtype=np.int64), fits=fits)
    for column, part in enumerate(parts):
        if part:
            share = _as(_scaled(many, counted[:, column], part), fits=fits)
            numerator = numerator + np.where(there[:, column], sums[:, column], 0) * share
    numerator = numerator * _as(_scaled(over, base, 1), fits=fits)
    return EngagementScores(
        numerator, common * many * over, complete, np.where(complete, lacking, 0).astype(np.int64)
    )


def score_years(
    scores: EngagementScores,
    agency: IntArray,
    size: int,
    rules: YearRules,
    *,
    weight: IntArray | None = None,
    form: tuple[IntArray, IntArray] | None = None,
    credits: IntArray | None = None,
    raised: Mapping[str, Mask] | None = None,
) -> YearScores:
    """Years of `size` agencies; `agency` is the position of each engagement's agency.

    `weight` is fee, amount or weight set by hand, as the rules say; `form` the agency-level sheets as totals and
    maxima, a maximum of 0 for one that is missing; `credits` the sum of each agency's credits in units.
    """
    problems = year_rules_problems(rules)
    if (rules.weights != "equal") != (weight is not None):
        problems.append(Problem("weights", "weights_and_rules_differ"))
    if bool(rules.agency_share) != (form is not None):
        problems.append(Problem("form", "form_without_share"))
    if problems:
        raise RollupError(problems)
    count = np.bincount(agency, minlength=size)
    waits = np.zeros(size, dtype=bool)
    if rules.engagement_share:
        waits[agency[~scores.complete]] = True
    own = np.ones(len(agency), dtype=np.int64) if weight is None else weight
    # A year whose weights are all 0 is no year; the single way refuses it, so many agencies must not hide one.
    total_weight = _grouped(own, None, agency, size)
    if rules.engagement_share and bool(np.any((total_weight == 0) & (count > 0))):
        raise RollupError([Problem("items", "weights_all_zero")])
    parts = np.where(scores.complete, scores.numerator, 0)
    share = rules.engagement_share
    numerator = _grouped(own, parts, agency, size) * share.numerator
    denominator = np.maximum(total_weight, 1) * scores.denominator * share.denominator
    if form is not None:
        waits |= form[1] == 0
    numerator, denominator = finish_years(
        numerator, denominator, rules, form=form, credits=credits, raised=raised
    )
    empty = (count == 0) & (share != 0)
    state = np.where(
        empty, EMPTY, np.where(waits, PROVISIONAL, np.where(count < rules.least_engagements, TOO_FEW, FINAL))
    )
    has_score = (state == FINAL) | (state == TOO_FEW)
    rounded, reached, grade = graded_years(rules, numerator, denominator, raised or {})
    return YearScores(
        numerator,
        denominator,
        state,
        np.where(has_score, rounded, -1),
        np.where(state == FINAL, grade, -1),
        np.where(state == FINAL, reached, -1),
    )


def finish_years(
    numerator: IntArray,
    denominator: IntArray,
    rules: YearRules,
    *,
    form: tuple[IntArray, IntArray] | None = None,
    credits: IntArray | None = None,
    raised: Mapping[str, Mask] | None = None,
) -> tuple[IntArray, IntArray]:
    """What the engagements give (their mean times their share), with form, credits and vetoes as in ``score_years``.

    The result never falls where the figure of the engagements or of the form rises.
    """
    if form is not None:
        got, most = (np.asarray(each, dtype=object) for each in form)
        there = np.where(most == 0, 1, most) * rules.agency_share.denominator
        numerator = numerator * there + got * 100 * rules.agency_share.numerator * denominator
        denominator = denominator * there
    if rules.base is not None:
        sums = (
            np.zeros(len(numerator), dtype=object) if credits is None else np.asarray(credits, dtype=object)
        )
        numerator, denominator = _credited(rules, rules.base + sums, numerator, denominator)
    for veto in rules.vetoes:
        mask = (raised or {}).get(veto.key)
        if mask is not None and veto.caps_total is not None:
            over = mask & (numerator * SCALE > denominator * veto.caps_total)
            numerator = np.where(over, veto.caps_total, numerator)
            denominator = np.where(over, SCALE, denominator)
    return numerator, denominator


def graded_years(
    rules: YearRules, numerator: IntArray, denominator: IntArray, raised: Mapping[str, Mask]
) -> tuple[IntArray, IntArray, IntArray]:
    """The rounded figures, the grades that they reach, and the grades after the vetoes."""
    places = RANK_PLACES if rules.rounding is None else rules.rounding.places
    rounded = half_up(numerator, denominator, places).astype(np.int64)
    reached = _grades(rules, numerator, denominator, rounded)
    return rounded, reached, _capped(rules, reached, raised)


def ranks(figures: IntArray, ranked: Mask, group: IntArray | None = None) -> IntArray:
    """Best first, equal figures share a rank and leave a gap; 0 for who is not ranked. Each group by itself."""
    found = np.zeros(len(figures), dtype=np.int64)
    rows = np.flatnonzero(ranked)
    if not len(rows):
        return found
    groups = np.zeros(len(rows), dtype=np.int64) if group is None else np.asarray(group)[rows]
    order = np.lexsort((-figures[rows], groups))
    sorted_groups, sorted_figures = groups[order], figures[rows][order]
    new_group = np.r_[True, sorted_groups[1:] != sorted_groups[:-1]]
    new_place = new_group | np.r_[True, sorted_figures[1:] != sorted_figures[:-1]]
    positions = np.arange(len(rows))
    first = np.maximum.accumulate(np.where(new_group, positions, 0))
    place = np.maximum.accumulate(np.where(new_place, positions, 0))
    found[rows[order]] = place - first + 1
    return found


def half_up(numerator: IntArray, denominator: IntArray, places: int) -> IntArray:
    """The figures times ten to the places, a half going up."""
    rounded: IntArray = (numerator * (2 * 10**places) + denominator) // (denominator * 2)
    return rounded


# ------------------------------------------------------------------------------------------------ engagements


def _row_problems(shares: Sequence[RoleShare], rows: SheetRows) -> list[Problem]:
    found: list[Problem] = []
    if len(rows.role) and not 0 <= int(rows.role.min()) <= int(rows.role.max()) < len(shares):
        found.append(Problem("rows.role", "role_without_share"))
    known = slice(None) if rows.known is None else rows.known
    total, maximum = rows.total[known], rows.maximum[known]
    if np.any(maximum < 1):
        found.append(Problem("rows.maximum", "not_positive"))
    if np.any(total < 0) or (not rows.may_exceed and np.any(total > maximum)):
        found.append(Problem("rows.total", "out_of_range"))
    return found


def _counts(cells: IntArray, size: int, width: int) -> IntArray:
    counts: IntArray = np.bincount(cells, minlength=size * width).reshape(size, width)
    return counts


def _expect_single(shares: Sequence[RoleShare], delivered: IntArray) -> None:
    single = [share.panel is None for share in shares]
    if np.any(delivered[:, single] > 1):
        raise RollupError([Problem("rows", "panel_and_sheet_differ")])


def _trim(share: RoleShare) -> int:
    return 0 if share.panel is None else share.panel.trimmed


def _there(shares: Sequence[RoleShare], invited: IntArray, delivered: IntArray) -> Mask:
    there = np.empty(delivered.shape, dtype=bool)
    for column, share in enumerate(shares):
        given, panel = delivered[:, column], share.panel
        there[:, column] = given >= (1 if panel is None else panel.least)
        if panel is not None and panel.missing == "wait":
            there[:, column] &= given == invited[:, column]
    return there


def _sums(
    shares: Sequence[RoleShare], cells: IntArray, percents: IntArray, there: Mask, size: int, *, fits: bool
) -> IntArray:
    """The percentages of each cell added up, without those that a trim leaves out."""
    sums = _as(np.zeros(size, dtype=np.int64), fits=fits)
    single = np.array([share.panel is None for share in shares])
    role = cells % len(shares)
    alone = single[role]
    sums[cells[alone]] = percents[alone]
    rest = ~alone & there.reshape(-1)[cells]
    if not rest.any():
        return sums
    cells, percents, role = cells[rest], percents[rest], role[rest]
    # A stable sort by figure, then by cell: equal figures stay in the order of their rows.
    order = np.argsort(percents, kind="stable")
    order = order[np.argsort(cells[order], kind="stable")]
    cells, percents, role = cells[order], percents[order], role[order]
    starts = np.flatnonzero(np.r_[True, cells[1:] != cells[:-1]])
    lengths = np.diff(np.r_[starts, len(cells)])
    place = np.arange(len(cells)) - np.repeat(starts, lengths)
    trim = np.array([_trim(share) for share in shares])[role]
    kept = (place >= trim) & (place < np.repeat(lengths, lengths) - trim)
    sums[cells[starts]] = np.add.reduceat(np.where(kept, percents, 0), starts)
    return sums


def _most(rows: SheetRows, known: Mask) -> int:
    """No percentage is above this."""
    times = rows.total[known] // rows.maximum[known] + 1
    return 100 * int(times.max(initial=1))


def _scaled(common: int, divisors: IntArray, factor: int) -> IntArray:
    """``common * factor / divisor`` for each row; looked up, since few divisors occur."""
    values, places = np.unique(divisors, return_inverse=True)
    quotients = [common // int(value) * factor for value in values]
    largest = max(quotients, default=0)
    table = np.array(quotients, dtype=np.int64 if largest <= INT64_HIGH else object)
    return table[places]


def _as(values: IntArray, *, fits: bool) -> IntArray:
    return values.astype(np.int64 if fits else object)


# ------------------------------------------------------------------------------------------------------ years


def _grouped(weights: IntArray, values: IntArray | None, group: IntArray, size: int) -> IntArray:
    """The sums of ``weight * value`` by group as Python integers, by way of 64 bits in slices that cannot overflow."""
    if values is None:
        values = np.ones(len(weights), dtype=np.int64)
    found = np.zeros(size, dtype=object)
    if not len(weights):
        return found
    if object in (values.dtype, weights.dtype):
        np.add.at(found, group, weights.astype(object) * values)
        return found
    largest = max(1, int(weights.max())) * max(1, int(np.bincount(group).max()))
    bits = max(1, (INT64_HIGH // largest).bit_length() - 1)
    if largest > INT64_HIGH:
        return _grouped(weights.astype(object), values, group, size)
    for low in range(0, max(1, int(values.max()).bit_length()), bits):
        sums = np.zeros(size, dtype=np.int64)
        np.add.at(sums, group, weights * ((values >> low) & ((1 << bits) - 1)))
        found += sums.astype(object) << low
    return found


def _credited(
    rules: YearRules, account: IntArray, numerator: IntArray, denominator: IntArray
) -> tuple[IntArray, IntArray]:
    low, high = rules.bounds_of_account()
    account = account if low is None else np.maximum(account, low)
    account = account if high is None else np.minimum(account, high)
    if rules.credit_share:
        over = SCALE * rules.credit_share.denominator
        return numerator * over + account * rules.credit_share.numerator * denominator, denominator * over
    both, over_all = numerator * SCALE + account * denominator, denominator * SCALE
    ceiling = np.maximum(numerator, 100 * denominator) * SCALE
    return np.minimum(np.maximum(both, 0), ceiling), over_all


def _grades(rules: YearRules, numerator: IntArray, denominator: IntArray, rounded: IntArray) -> IntArray:
    """Positions in the rules' own order; below the lowest edge the lowest band holds."""
    if not rules.grades:
        return np.full(len(rounded), -1)
    order = sorted(range(len(rules.grades)), key=lambda number: rules.grades[number].low)
    lows = [rules.grades[number].low for number in order]
    if rules.rounding is None:
        edges, figures = lows, numerator * SCALE // denominator
    else:
        edges = [-(-low * 10**rules.rounding.places // SCALE) for low in lows]
        figures = rounded
    # Whatever lies above the highest edge there can be has the highest band.
    kept = np.minimum(figures, max(TOP_PERCENT, *edges)).astype(np.int64)
    reached = np.searchsorted(np.array(edges, dtype=np.int64), kept, side="right") - 1
    places: IntArray = np.array(order)[np.maximum(reached, 0)]
    return places


def _capped(rules: YearRules, reached: IntArray, raised: Mapping[str, Any]) -> IntArray:
    lows = np.array([band.low for band in rules.grades] or [0])
    places = {band.key: number for number, band in enumerate(rules.grades)}
    grade = reached.copy()
    for veto in rules.vetoes:
        mask = raised.get(veto.key)
        if mask is not None and veto.caps_grade is not None:
            place = places[veto.caps_grade]
            grade = np.where(mask & (grade >= 0) & (lows[grade] > lows[place]), place, grade)
    return grade
