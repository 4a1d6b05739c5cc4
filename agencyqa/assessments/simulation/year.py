"""A year as arrays, rolled up with the very figures of ``annual.years_of_agencies``, for many sheets at once. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from agencyqa.scoring import GradeBand, RankEntry, RoleShare, Rounding, grade_for, rank, round_half_up
from agencyqa.scoring.arrays import INT64_HIGH, IntArray, Mask

# Ranking and every figure on a page have two decimals, as in ``annual``.
SHOWN_PLACES = 2
NO_SHEET = -1

# The arrays here know equal weights and fees; the others need ``full_year``.
Weights = Literal["equal", "fee", "amount", "set"]


@dataclass(frozen=True)
class YearArrays:
    """``agencies`` are in the order of their names, so that equal scores are listed as the ranking lists them.

    By engagement: ``agency`` and ``shares`` are positions in ``agencies`` and ``share_tables``, ``fees`` are in fen.
    By sheet, decided ones only, one of a role for an engagement: ``engagement`` is a position; ``role`` one in
    ``roles``; ``version`` the number of its scheme version.
    """

    agencies: tuple[tuple[int, str], ...]
    engagement_ids: Sequence[int]
    contracts: Sequence[str]
    objects: Sequence[str]
    agency: IntArray
    fees: Sequence[int]
    shares: IntArray
    share_tables: tuple[tuple[RoleShare, ...], ...]
    roles: tuple[str, ...]
    sheet_ids: Sequence[int]
    engagement: IntArray
    role: IntArray
    version: IntArray
    sheets: SheetTotals


@dataclass(frozen=True)
class SheetTotals:
    """By sheet, in units; ``known`` is false where there is no total."""

    total: IntArray
    maximum: IntArray
    known: Mask


@dataclass(frozen=True)
class EngagementScores:
    """The exact score of each engagement is ``numerator`` / ``denominator``; only where ``known``."""

    numerator: IntArray
    denominator: int
    known: Mask

    def rounded(self) -> IntArray:
        """Hundredths, half-up."""
        scaled = self.numerator.astype(object) * (2 * 10**SHOWN_PLACES) + self.denominator
        rounded: IntArray = scaled // (2 * self.denominator)
        return rounded

    def rounded_at(self, position: int) -> int | None:
        if not self.known[position]:
            return None
        return round_half_up(Fraction(int(self.numerator[position]), self.denominator), SHOWN_PLACES)


@dataclass(frozen=True)
class YearRules:
    """How the year is weighed and graded; ``shares`` replace those of every engagement."""

    weights: Weights
    grades: tuple[GradeBand, ...]
    rounding: Rounding
    shares: tuple[RoleShare, ...] | None = None


@dataclass(frozen=True)
class AgencyLine:
    """``agency`` is a position in the year's agencies. Without a score there is neither rank nor grade."""

    agency: int
    score: Fraction | None
    rounded: int | None
    rank: int | None
    grade: str | None
    engagements: int


@dataclass(frozen=True)
class YearResult:
    """``lines`` in the order of the ranking."""

    engagements: EngagementScores
    lines: tuple[AgencyLine, ...]

    def by_agency(self) -> dict[int, AgencyLine]:
        return {line.agency: line for line in self.lines}


def roll_up(year: YearArrays, sheets: SheetTotals, rules: YearRules) -> YearResult:
    """Engagements by the shares of the roles, agencies by the weights, ranked as shown."""
    scores = score_engagements(year, sheets, rules.shares)
    return YearResult(scores, _lines(year, scores, rules))


def score_engagements(
    year: YearArrays, sheets: SheetTotals, shares: tuple[RoleShare, ...] | None = None
) -> EngagementScores:
    """A missing sheet of a role that counts leaves the engagement without a score, never with 0."""
    size = len(year.agency)
    places = _places(year)
    known = np.ones(size, dtype=bool)
    terms: list[tuple[IntArray, IntArray, Fraction]] = []
    times = 1
    for number, table in enumerate(year.share_tables):
        here = np.flatnonzero(year.shares == number) if shares is None else np.arange(size)
        for share in table if shares is None else shares:
            if not share.numerator:
                continue
            if share.role not in year.roles:
                known[here] = False
                continue
            sheet = places[year.roles.index(share.role)][here]
            has_total = sheet != NO_SHEET
            has_total[has_total] = sheets.known[sheet[has_total]]
            known[here[~has_total]] = False
            here_known, found = here[has_total], sheet[has_total]
            for maximum in np.unique(sheets.maximum[found]):
                chosen = sheets.maximum[found] == maximum
                factor = Fraction(100 * share.numerator, share.denominator * int(maximum))
                times = max(times, int(sheets.total[found[chosen]].max()) // int(maximum) + 1)
                terms.append((here_known[chosen], sheets.total[found[chosen]], factor))
        if shares is not None:
            break
    denominator = math.lcm(1, *(factor.denominator for _, _, factor in terms))
    # Bonuses may lift a total above its maximum, but no score is above so many hundreds.
    wide = 100 * times * denominator * max(size, 1) > INT64_HIGH
    numerator = np.zeros(size, dtype=object if wide else np.int64)
    for rows, totals, factor in terms:
        numerator[rows] += totals.astype(numerator.dtype) * int(factor * denominator)
    return EngagementScores(numerator, denominator, known)


def _places(year: YearArrays) -> list[IntArray]:
    """For each role the position of the sheet of every engagement, ``NO_SHEET`` where there is none."""
    found = [np.full(len(year.agency), NO_SHEET, dtype=np.int64) for _ in year.roles]
    for number, places in enumerate(found):
        rows = np.flatnonzero(year.role == number)
        places[year.engagement[rows]] = rows
    return found


def weights_of(year: YearArrays, weights: Weights) -> IntArray:
    """The weight of each engagement as a whole number; only their proportions within an agency count."""
    if weights == "equal":
        return np.ones(len(year.agency), dtype=np.int64)
    return np.array(year.fees, dtype=object)


def by_agency(year: YearArrays, values: IntArray) -> list[int]:
    """The sums over the engagements of each agency."""
    return grouped(year.agency, values, len(year.agencies))


def grouped(groups: IntArray, values: IntArray, size: int) -> list[int]:
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


def _lines(year: YearArrays, scores: EngagementScores, rules: YearRules) -> tuple[AgencyLine, ...]:
    weights = weights_of(year, rules.weights)
    sums = by_agency(year, scores.numerator * weights)
    weighed = by_agency(year, weights)
    counts = by_agency(year, np.ones(len(year.agency), dtype=np.int64))
    missing = by_agency(year, (~scores.known).astype(np.int64))
    entries: list[RankEntry] = []
    for number in range(len(year.agencies)):
        # Weights that are all 0 give no result, and no reason to invent weights.
        is_final = not missing[number] and weighed[number]
        score = Fraction(sums[number], weighed[number] * scores.denominator) if is_final else None
        # Ties are ordered by their key, so the key says where the name stands.
        entries.append(RankEntry(f"{number:08d}", score))
    return tuple(
        _line(int(row.key), row.score, row.rounded, row.rank, counts[int(row.key)], rules)
        for row in rank(entries, SHOWN_PLACES)
    )


def _line(
    agency: int, score: Fraction | None, rounded: int | None, place: int | None, count: int, rules: YearRules
) -> AgencyLine:
    grade = None
    if score is not None and rules.grades:
        grade = grade_for(score, rules.grades, rules.rounding).key
    return AgencyLine(agency, score, rounded, place, grade, count)


def totals_of(rows: Sequence[tuple[int | None, int]]) -> SheetTotals:
    """From (total, maximum) of every sheet."""
    known = np.array([total is not None for total, _ in rows], dtype=bool)
    total: Any = np.array([total or 0 for total, _ in rows], dtype=np.int64)
    return SheetTotals(total, np.array([maximum for _, maximum in rows], dtype=np.int64), known)
