"""A year as arrays, rolled up with the very figures of ``annual.years_of_agencies``, for many sheets at once. Pure.

The arithmetic is the engine's own over arrays; here a year only takes the shape that it asks for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from agencyqa.assessments.enums import RankGroups, YearWeights
from agencyqa.assessments.year_plan import YearPlan
from agencyqa.scoring import GradeBand, RoleShare, Rounding, SheetRows, round_half_up, score_years
from agencyqa.scoring import YearRules as EngineRules
from agencyqa.scoring import score_engagements as score_with_shares
from agencyqa.scoring.arrays import INT64_HIGH, IntArray, Mask
from agencyqa.scoring.engagement import RoleMissing
from agencyqa.scoring.rollup_arrays import FINAL, TOO_FEW, YearScores, half_up, ranks
from agencyqa.scoring.rollup_arrays import EngagementScores as EngineScores
from agencyqa.scoring.year_rules import Weights

# Ranking and every figure on a page have two decimals, as in ``annual``.
SHOWN_PLACES = 2
# A bureau without rules of its own.
PLAIN = YearPlan()
# A sheet about an agency as a whole stands beside those of engagements and belongs to none.
NO_ENGAGEMENT = -1


@dataclass(frozen=True)
class Beside:
    """What a year can have beside engagements and sheets, as far as its rules ask for it.

    By engagement: ``amounts`` of the evaluated money in fen, ``set_weights`` set by hand; None where not known. By
    sheet: its ``seat`` in a panel, 0 for a single scorer, and ``form_of``, the position of the agency that it scores
    as a whole, -1 for all others. ``waiting`` are (engagement, position in roles) of panel seats without a decided
    sheet. By agency: the sum of its ``credits`` in units, for each veto whether it is ``raised``, and the one of the
    ``groups`` in which it is ranked.
    """

    role_missing: tuple[RoleMissing, ...] = ()
    amounts: Sequence[int | None] = ()
    set_weights: Sequence[int | None] = ()
    seat: IntArray | None = None
    form_of: IntArray | None = None
    waiting: tuple[tuple[int, int], ...] = ()
    credits: Sequence[int] = ()
    raised: Mapping[str, Sequence[bool]] = field(default_factory=dict)
    groups: Sequence[str] = ()


@dataclass(frozen=True)
class YearArrays:
    """``agencies`` are in the order of their names, so that equal scores are listed as the ranking lists them.

    By engagement: ``agency`` and ``shares`` are positions in ``agencies`` and ``share_tables``, ``fees`` are in fen.
    By sheet, decided ones only: ``engagement`` is a position; ``role`` one in ``roles``; ``version`` the number of its
    scheme version. Both are negative for the sheets about agencies as a whole.
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
    beside: Beside = Beside()

    def name_of(self, sheet: int) -> str:
        """What a sheet scores: the contract of its engagement, or the agency."""
        at, form_of = int(self.engagement[sheet]), self.beside.form_of
        if at == NO_ENGAGEMENT and form_of is not None:
            return self.agencies[int(form_of[sheet])][1]
        return self.contracts[at]


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
    """How the year is weighed and graded; ``shares`` replace those of every engagement.

    ``plan`` is all that the bureau's own rules add; its weights are those of ``weights``.
    """

    weights: Weights
    grades: tuple[GradeBand, ...]
    rounding: Rounding
    shares: tuple[RoleShare, ...] | None = None
    plan: YearPlan = PLAIN

    @property
    def of_engine(self) -> EngineRules:
        return replace(self.plan, weights=YearWeights(self.weights)).rules(self.grades, self.rounding)

    @property
    def is_plain(self) -> bool:
        """Whether an agency's figure is the weighted mean of its engagements and nothing else."""
        return replace(self.plan, weights=YearWeights.EQUAL, groups=RankGroups.NONE) == PLAIN


@dataclass(frozen=True)
class AgencyLine:
    """``agency`` is a position in the year's agencies. Without a score there is neither rank nor grade.

    ``group`` is "" where the rules of the year rank all of them together only.
    """

    agency: int
    score: Fraction | None
    rounded: int | None
    rank: int | None
    grade: str | None
    engagements: int
    group: str = ""
    group_rank: int | None = None


@dataclass(frozen=True)
class YearResult:
    """``lines`` in the order of the ranking."""

    engagements: EngagementScores
    lines: tuple[AgencyLine, ...]

    def by_agency(self) -> dict[int, AgencyLine]:
        return {line.agency: line for line in self.lines}


def roll_up(year: YearArrays, sheets: SheetTotals, rules: YearRules) -> YearResult:
    """Engagements by the shares of the roles, agencies by the rules of the year, ranked as shown."""
    scores = score_engagements(year, sheets, rules.shares)
    return YearResult(scores, _lines(year, sheets, scores, rules))


# Engagements


def score_engagements(
    year: YearArrays, sheets: SheetTotals, shares: tuple[RoleShare, ...] | None = None
) -> EngagementScores:
    """A missing sheet of a role that counts leaves the engagement without a score, never with 0, unless the table of
    shares lets the others carry it.
    """
    size = len(year.agency)
    known = np.zeros(size, dtype=bool)
    parts: list[tuple[IntArray, IntArray, int]] = []
    for number in range(len(year.share_tables)):
        here = np.flatnonzero(year.shares == number)
        if not len(here):
            continue
        table = table_of(year, number, shares)
        place = np.full(size, -1, dtype=np.int64)
        place[here] = np.arange(len(here))
        found = score_with_shares(
            table, _rows(year, sheets, table, place), len(here), missing_of(year, number)
        )
        known[here] = found.complete
        parts.append((here, np.where(found.complete, found.numerator, 0), found.denominator))
    denominator = math.lcm(1, *(each for _, _, each in parts))
    wide = any(numerator.dtype == np.dtype(object) for _, numerator, _ in parts)
    largest = max(
        (int(numerator.max(initial=0)) * (denominator // each) for _, numerator, each in parts), default=0
    )
    numerator = np.zeros(size, dtype=object if wide or largest > INT64_HIGH else np.int64)
    for here, own, each in parts:
        numerator[here] = own.astype(numerator.dtype) * (denominator // each)
    return EngagementScores(numerator, denominator, known)


def table_of(year: YearArrays, number: int, shares: tuple[RoleShare, ...] | None) -> tuple[RoleShare, ...]:
    """Other shares in the place of a table; that a role is a panel stays."""
    own = year.share_tables[number]
    if shares is None:
        return own
    panels = {share.role: share.panel for share in own}
    return tuple(replace(share, panel=panels.get(share.role)) for share in shares)


def missing_of(year: YearArrays, number: int) -> RoleMissing:
    held = year.beside.role_missing
    return held[number] if held else "wait"


def _rows(year: YearArrays, sheets: SheetTotals, table: tuple[RoleShare, ...], place: IntArray) -> SheetRows:
    """The sheets of the engagements that have a place, those of roles in the table; ``waiting`` seats are unknown."""
    own = np.flatnonzero(counting(year, table) & (year.engagement >= 0))
    own = own[place[year.engagement[own]] >= 0]
    column = _columns(year, table)
    engagement, role = place[year.engagement[own]], column[year.role[own]]
    total, maximum, known = sheets.total[own], sheets.maximum[own], sheets.known[own]
    waiting = [
        (int(place[at]), int(column[number]))
        for at, number in year.beside.waiting
        if place[at] >= 0 and column[number] >= 0 and table[column[number]].panel is not None
    ]
    if waiting:
        more = np.array(waiting, dtype=np.int64)
        engagement, role = np.r_[engagement, more[:, 0]], np.r_[role, more[:, 1]]
        nothing = np.zeros(len(more), dtype=total.dtype)
        total, maximum, known = np.r_[total, nothing], np.r_[maximum, nothing + 1], np.r_[known, nothing > 0]
    return SheetRows(engagement, role, total, maximum, known, may_exceed=True)


def _columns(year: YearArrays, table: tuple[RoleShare, ...]) -> IntArray:
    """For each of the year's roles its position in the table, -1 where it has no share there."""
    order = {share.role: number for number, share in enumerate(table)}
    return np.array([order.get(role, -1) for role in year.roles], dtype=np.int64)


def counting(year: YearArrays, table: tuple[RoleShare, ...]) -> Mask:
    """Which sheets a table counts: those of its roles, seats of a panel only where the role is one."""
    column = _columns(year, table)
    if not len(column):
        return np.zeros(len(year.role), dtype=bool)
    has_panel = np.array([at >= 0 and table[at].panel is not None for at in column])
    seat = year.beside.seat
    in_panel = np.zeros(len(year.role), dtype=bool) if seat is None else seat > 0
    counted: Mask = (year.role >= 0) & (column[year.role] >= 0) & (has_panel[year.role] == in_panel)
    return counted


# Agencies


def weights_of(year: YearArrays, weights: Weights) -> list[int | None]:
    """The weight of each engagement as a whole number; only their proportions within an agency count.

    None where it is not known: also where those of an agency are all 0, which is no reason to invent weights.
    """
    if weights == "equal":
        return [1] * len(year.agency)
    beside = year.beside
    held = {"fee": year.fees, "amount": beside.amounts, "set": beside.set_weights}[weights]
    found: list[int | None] = list(held) if len(held) else [None] * len(year.agency)
    heavy = {int(agency) for agency, weight in zip(year.agency, found, strict=True) if weight != 0}
    return [
        weight if int(agency) in heavy else None for agency, weight in zip(year.agency, found, strict=True)
    ]


def _lines(
    year: YearArrays, sheets: SheetTotals, scores: EngagementScores, rules: YearRules
) -> tuple[AgencyLine, ...]:
    size = len(year.agencies)
    found = scores_of_years(year, sheets, scores, rules)
    has_score = (found.state == FINAL) | (found.state == TOO_FEW)
    rounded = half_up(found.numerator, found.denominator, SHOWN_PLACES)
    shown = np.where(has_score, rounded, -1).astype(np.int64)
    is_ranked = found.state == FINAL
    place = ranks(shown, is_ranked)
    groups = [] if rules.plan.groups is RankGroups.NONE else year.beside.groups
    within = _ranks_within(groups, shown, is_ranked)
    counts = np.bincount(year.agency, minlength=size)
    # Equal ones in the order of their names, and who has no rank last.
    order = np.lexsort((np.arange(size), np.where(is_ranked, -shown, 0), ~is_ranked))
    return tuple(
        AgencyLine(
            agency=int(at),
            score=Fraction(int(found.numerator[at]), int(found.denominator[at])) if has_score[at] else None,
            rounded=int(shown[at]) if has_score[at] else None,
            rank=int(place[at]) or None,
            grade=rules.grades[found.grade[at]].key if found.grade[at] >= 0 else None,
            engagements=int(counts[at]),
            group=groups[at] if groups else "",
            group_rank=int(within[at]) or None,
        )
        for at in order
    )


def _ranks_within(groups: Sequence[str], shown: IntArray, is_ranked: Mask) -> IntArray:
    """The place of each agency among those of its group; 0 where it has none, or where there are no groups."""
    if not groups:
        return np.zeros(len(shown), dtype=np.int64)
    return ranks(shown, is_ranked, np.unique(groups, return_inverse=True)[1])


def scores_of_years(
    year: YearArrays, sheets: SheetTotals, scores: EngagementScores, rules: YearRules
) -> YearScores:
    """By the engine, which takes engagements without a score or a weight as unfinished."""
    engine, size = rules.of_engine, len(year.agencies)
    complete, weight = scores.known, None
    if rules.weights != "equal":
        held = weights_of(year, rules.weights)
        unknown = np.array([each is None for each in held], dtype=bool)
        complete = complete & ~unknown
        # What is not known weighs something, or the engine would take the year for one of weights that are all 0.
        known = [1 if each is None else each for each in held]
        weight = np.array(known, dtype=np.int64 if max(known, default=0) <= INT64_HIGH else object)
    return score_years(
        EngineScores(scores.numerator, scores.denominator, complete, np.zeros(len(complete), dtype=np.int64)),
        year.agency,
        size,
        engine,
        weight=weight,
        form=form_totals(year, sheets) if engine.agency_share else None,
        credits=np.array(year.beside.credits, dtype=object) if year.beside.credits else None,
        raised={key: np.array(held, dtype=bool) for key, held in year.beside.raised.items()},
    )


def form_totals(year: YearArrays, sheets: SheetTotals) -> tuple[IntArray, IntArray]:
    """The totals and maxima of the sheets about agencies; a maximum of 0 where there is none."""
    total, maximum = (np.zeros(len(year.agencies), dtype=object) for _ in range(2))
    of = year.beside.form_of
    if of is not None:
        rows = np.flatnonzero((of >= 0) & sheets.known)
        total[of[rows]], maximum[of[rows]] = sheets.total[rows], sheets.maximum[rows]
    return total, maximum


def totals_of(rows: Sequence[tuple[int | None, int]]) -> SheetTotals:
    """From (total, maximum) of every sheet."""
    known = np.array([total is not None for total, _ in rows], dtype=bool)
    total: Any = np.array([total or 0 for total, _ in rows], dtype=np.int64)
    return SheetTotals(total, np.array([maximum for _, maximum in rows], dtype=np.int64), known)
