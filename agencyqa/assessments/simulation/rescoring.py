"""Past sheets scored by another scheme, or with other points for its criteria, block by block. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from agencyqa.assessments.simulation.mapping import Gap, Mapped, PackedRows, answers_at, map_answers
from agencyqa.assessments.simulation.target import Target
from agencyqa.assessments.simulation.year import SheetTotals
from agencyqa.scoring import ArrayResult, Columns, Issue, Program
from agencyqa.scoring.arrays import INT64_HIGH, IntArray, Mask

# Of a value outside the new bounds a reader wants to see a few, and to know how many there are.
EXAMPLES = 3
NO_GRADE = -1


@dataclass(frozen=True)
class Outside:
    """A value that the draft does not take: on so many sheets, with some of them by position."""

    criterion: str
    sheets: int
    examples: tuple[tuple[int, Issue], ...]


@dataclass(frozen=True)
class Rescored:
    """By sheet: the new totals, and the new grade as a position in the scheme's grades (``NO_GRADE`` for none).

    Sheets that were not scored anew keep the totals they had. ``unanswered`` counts sheets by criterion;
    ``without_answers`` are sheets whose answers were never stored.
    """

    sheets: SheetTotals
    scored: Mask
    grade: IntArray
    gaps: tuple[Gap, ...]
    unanswered: Mapping[str, int]
    outside: tuple[Outside, ...]
    without_answers: int

    @property
    def incomplete(self) -> int:
        """How many sheets have no new total."""
        return int((self.scored & ~self.sheets.known).sum())


class Rescoring:
    """Takes the sheets in blocks, so that a million of them need not lie in memory at once."""

    def __init__(self, target: Target, before: SheetTotals, *, keep: bool = False) -> None:
        self.target = target
        size = len(before.total)
        # Points beyond 64 bits are senseless, but no reason to be wrong.
        kind = object if target.maximum > INT64_HIGH else before.total.dtype
        self._total = before.total.astype(kind)
        self._maximum = before.maximum.astype(kind)
        self._known = before.known.copy()
        self._scored = np.zeros(size, dtype=bool)
        self._grade = np.full(size, NO_GRADE, dtype=np.int64)
        self._gaps: dict[tuple[str, str, str, str], Gap] = {}
        self._unanswered: dict[str, int] = {}
        self._outside: dict[str, int] = {}
        self._examples: dict[str, list[tuple[int, Issue]]] = {}
        self._without_answers = 0
        # The answers as the target takes them, with the positions of their sheets, where they are wanted.
        self.kept: list[tuple[IntArray, Columns]] | None = [] if keep else None

    def grow(self, before: SheetTotals) -> IntArray:
        """Further sheets behind those known so far; gives their positions."""
        first, size = len(self._total), len(before.total)
        self._total = np.concatenate([self._total, before.total.astype(self._total.dtype)])
        self._maximum = np.concatenate([self._maximum, before.maximum.astype(self._maximum.dtype)])
        self._known = np.concatenate([self._known, before.known])
        self._scored = np.concatenate([self._scored, np.zeros(size, dtype=bool)])
        self._grade = np.concatenate([self._grade, np.full(size, NO_GRADE, dtype=np.int64)])
        return np.arange(first, first + size)

    def add(self, old: Program, positions: IntArray, rows: PackedRows) -> ArrayResult | None:
        """``rows`` are the packed answers of the sheets at these positions, all of the old scheme.

        Gives the result over the sheets that have answers, None where none has.
        """
        answered = np.array([bool(row) for row in rows], dtype=bool)
        self._scored[positions] = True
        self._maximum[positions] = self.target.maximum
        self._known[positions] = False
        self._total[positions] = 0
        if not answered.all():
            self._without_answers += int((~answered).sum())
            positions, rows = positions[answered], [row for row in rows if row]
        if not len(positions):
            return None
        mapped = map_answers(old, self.target.program, rows, assume=self.target.assume)
        result = self.target.program.score_arrays(mapped.columns)
        self._total[positions] = np.where(result.complete, result.total, 0)
        self._maximum[positions] = np.where(result.complete, result.assessed_max, self.target.maximum)
        self._known[positions] = result.complete
        self._grade[positions] = result.grade
        self._note(mapped, result, positions)
        if self.kept is not None:
            self.kept.append((positions, mapped.columns))
        return result

    def finish(self) -> Rescored:
        return Rescored(
            sheets=SheetTotals(self._total, self._maximum, self._known),
            scored=self._scored,
            grade=self._grade,
            gaps=tuple(self._gaps.values()),
            unanswered=dict(self._unanswered),
            outside=tuple(
                Outside(key, count, tuple(self._examples.get(key, ())))
                for key, count in self._outside.items()
            ),
            without_answers=self._without_answers,
        )

    def _note(self, mapped: Mapped, result: ArrayResult, positions: IntArray) -> None:
        for gap in mapped.gaps:
            place = (gap.kind, gap.criterion, gap.input, gap.choice)
            before = self._gaps[place].sheets if place in self._gaps else 0
            self._gaps[place] = Gap(gap.kind, gap.criterion, gap.input, before + gap.sheets, gap.choice)
        if result.complete.all():
            return
        for key in self.target.program.criterion_keys:
            if empty := int(result.missing[key].sum()):
                self._unanswered[key] = self._unanswered.get(key, 0) + empty
            wrong = np.flatnonzero(result.invalid[key])
            if len(wrong):
                self._outside[key] = self._outside.get(key, 0) + len(wrong)
                self._keep_examples(key, mapped, wrong, positions)

    def _keep_examples(self, key: str, mapped: Mapped, wrong: IntArray, positions: IntArray) -> None:
        kept = self._examples.setdefault(key, [])
        for row in wrong[: EXAMPLES - len(kept)]:
            answers, entered = answers_at(self.target.program, mapped.columns, int(row))
            issues = self.target.program.score(answers, entered).criterion(key).issues
            kept += [(int(positions[row]), issue) for issue in issues if issue.code != "missing"][:1]
