"""A past year beside what it would have been: totals, grades and ranks, old and new. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from agencyqa.assessments.simulation.rescoring import NO_GRADE, Rescored
from agencyqa.assessments.simulation.year import (
    AgencyLine,
    SheetTotals,
    YearArrays,
    YearResult,
    YearRules,
    roll_up,
)
from agencyqa.scoring import GradeBand, Scheme
from agencyqa.scoring.arrays import IntArray


@dataclass(frozen=True)
class AgencyMove:
    """One agency before and after. ``rank_move`` is positive for who moves up; None where either has no rank.

    ``grade_move`` counts how many grades the new one lies above (below, where negative) the old one; None where
    either has no grade or the new bands are not those of before.
    """

    before: AgencyLine
    after: AgencyLine
    grade_move: int | None

    @property
    def difference(self) -> Fraction | None:
        if self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score

    @property
    def rank_move(self) -> int | None:
        if self.before.rank is None or self.after.rank is None:
            return None
        return self.before.rank - self.after.rank

    @property
    def grade_changed(self) -> bool:
        return self.before.grade != self.after.grade

    @property
    def changed(self) -> bool:
        old, new = (
            (line.rounded, line.rank, line.group_rank, line.grade) for line in (self.before, self.after)
        )
        return old != new


@dataclass(frozen=True)
class Simulation:
    """``moves`` in the new order of ranking. ``crossings`` counts sheets by (old grade, new grade) of their schemes."""

    year: YearArrays
    before: YearResult
    after: YearResult
    moves: tuple[AgencyMove, ...]
    sheets_before: SheetTotals
    sheets_after: SheetTotals
    rescored: Rescored | None
    crossings: Mapping[tuple[str, str], int]

    @property
    def has_groups(self) -> bool:
        """Whether the year ranks agencies among their own kind as well."""
        return any(line.group for line in self.after.lines)

    def changed_engagements(self) -> IntArray:
        """Positions of the engagements whose score as shown is another, the largest change first."""
        before, after = self.before.engagements, self.after.engagements
        old, new = before.rounded(), after.rounded()
        changed = np.flatnonzero((before.known != after.known) | (before.known & (old != new)))
        return np.array(
            sorted(changed, key=lambda n: (-abs(int(new[n]) - int(old[n])), int(n))), dtype=np.int64
        )


def simulate(
    year: YearArrays,
    before: YearRules,
    after: YearRules,
    rescored: Rescored | None = None,
    *,
    scheme: Scheme | None = None,
    grades_before: list[str | None] | None = None,
) -> Simulation:
    """``rescored`` are the sheets by another scheme, None where they stay as they are.

    With ``scheme``, by which they were scored, and ``grades_before``, the stored grade of every sheet, the crossings
    of the sheets' own grades are counted too.
    """
    sheets = year.sheets if rescored is None else rescored.sheets
    old, new = roll_up(year, year.sheets, before), roll_up(year, sheets, after)
    lines = old.by_agency()
    worth = _worth(before.grades) if _same_keys(before.grades, after.grades) else {}
    moves = tuple(
        AgencyMove(lines[line.agency], line, _grade_move(lines[line.agency], line, worth))
        for line in new.lines
    )
    return Simulation(
        year, old, new, moves, year.sheets, sheets, rescored, _crossings(rescored, scheme, grades_before)
    )


def _worth(grades: tuple[GradeBand, ...]) -> dict[str, int]:
    return {band.key: number for number, band in enumerate(sorted(grades, key=lambda band: band.low))}


def _same_keys(before: tuple[GradeBand, ...], after: tuple[GradeBand, ...]) -> bool:
    return list(_worth(before)) == list(_worth(after))


def _grade_move(before: AgencyLine, after: AgencyLine, worth: Mapping[str, int]) -> int | None:
    if before.grade is None or after.grade is None or not worth:
        return None
    return worth[after.grade] - worth[before.grade]


def _crossings(
    rescored: Rescored | None, scheme: Scheme | None, before: list[str | None] | None
) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    if rescored is None or scheme is None or before is None:
        return found
    for position in np.flatnonzero(rescored.scored & rescored.sheets.known):
        old, new = before[position], int(rescored.grade[position])
        if old is not None and new != NO_GRADE:
            pair = (old, scheme.grades[new].key)
            found[pair] = found.get(pair, 0) + 1
    return found
