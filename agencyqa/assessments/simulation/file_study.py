"""Filled-in sheets of a file by a scheme and by its draft, side by side: totals, grades and ranks. No database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from agencyqa.assessments.simulation.mapping import PackedRows
from agencyqa.assessments.simulation.rescoring import NO_GRADE, Rescored, Rescoring
from agencyqa.assessments.simulation.target import Target
from agencyqa.assessments.simulation.year import SHOWN_PLACES, SheetTotals
from agencyqa.scoring import Program, Scheme
from agencyqa.scoring.arrays import IntArray
from agencyqa.scoring.rollup_arrays import half_up, ranks


@dataclass
class FileStudy:
    """By sheet, in the order of the file. ``percent_before`` and ``…_after`` are hundredths of the score in percent,
    which is also what sheets are ranked by; ranks are 0 where there is no total.
    """

    old: Program
    target: Target
    names: list[str]
    before: SheetTotals
    grade_before: IntArray
    rescored: Rescored
    percent_before: IntArray = field(init=False)
    percent_after: IntArray = field(init=False)
    rank_before: IntArray = field(init=False)
    rank_after: IntArray = field(init=False)

    def __post_init__(self) -> None:
        self.percent_before, self.rank_before = _ranked(self.before)
        self.percent_after, self.rank_after = _ranked(self.rescored.sheets)

    def changed(self) -> IntArray:
        """Positions of the sheets whose percentage or grade is another, the largest change first."""
        known = self.before.known & self.rescored.sheets.known
        moved = known & (
            (self.percent_before != self.percent_after) | (self._before_names() != self._after_names())
        )
        rows = np.flatnonzero(moved | (self.before.known != self.rescored.sheets.known))
        size = np.abs(self.percent_after[rows] - self.percent_before[rows])
        return rows[np.lexsort((rows, -size))]

    def crossings(self) -> dict[tuple[str, str], int]:
        """How many sheets went from which grade to which, "" for none."""
        before, after = self._before_names(), self._after_names()
        places = [np.unique(each, return_inverse=True) for each in (before, after)]
        (olds, old_places), (news, new_places) = places
        counts = np.bincount(old_places * len(news) + new_places, minlength=len(olds) * len(news))
        return {
            (str(olds[number // len(news)]), str(news[number % len(news)])): int(count)
            for number, count in enumerate(counts)
            if count
        }

    def grades_at(self, row: int) -> tuple[str, str]:
        return (
            _name(self.old.scheme, int(self.grade_before[row])),
            _name(self.target.program.scheme, int(self.rescored.grade[row])),
        )

    def _before_names(self) -> IntArray:
        return _names(self.old.scheme, self.grade_before)

    def _after_names(self) -> IntArray:
        return _names(self.target.program.scheme, self.rescored.grade)


def study_of(old: Program, target: Target, blocks: Iterable[tuple[Sequence[str], PackedRows]]) -> FileStudy:
    """``blocks`` are names and packed answers of the old scheme."""
    names: list[str] = []
    totals: list[IntArray] = []
    maxima: list[IntArray] = []
    known: list[IntArray] = []
    grades: list[IntArray] = []
    nothing = np.zeros(0, dtype=np.int64)
    rescoring = Rescoring(target, SheetTotals(nothing, nothing, np.zeros(0, dtype=bool)))
    for called, rows in blocks:
        names += called
        result = old.score_arrays(old.columns_from_packed(rows), criteria=False)
        positions = rescoring.grow(SheetTotals(result.total, result.assessed_max, result.complete))
        rescoring.add(old, positions, rows)
        totals.append(result.total)
        maxima.append(result.assessed_max)
        known.append(result.complete)
        grades.append(result.grade)
    before = SheetTotals(
        np.concatenate([nothing, *totals]),
        np.concatenate([nothing, *maxima]),
        np.concatenate([np.zeros(0, dtype=bool), *known]),
    )
    return FileStudy(old, target, names, before, np.concatenate([nothing, *grades]), rescoring.finish())


def _ranked(sheets: SheetTotals) -> tuple[IntArray, IntArray]:
    """The score in hundredths of a percent, and the ranks by it."""
    percent = half_up(sheets.total.astype(object) * 100, np.maximum(sheets.maximum, 1), SHOWN_PLACES)
    shown = np.where(sheets.known, percent, 0).astype(np.int64)
    return shown, ranks(shown, sheets.known)


def _names(scheme: Scheme, grades: IntArray) -> IntArray:
    names = np.array([*(band.key for band in scheme.grades), ""])
    return names[grades]


def _name(scheme: Scheme, grade: int) -> str:
    return "" if grade == NO_GRADE else scheme.grades[grade].key
